"""Who may see and do what, in one table: role × data category → grade (45 CFR 164.514(d)(2), EHR-S FM TI.1.3). Pure.

The table is ``matrix.csv`` beside this file: it is read once, shown at /access, and every endpoint is tested against it.
Whatever it does not grant is refused.
"""

from __future__ import annotations

import csv
from enum import IntEnum, StrEnum
from functools import cache
from pathlib import Path


class Grade(IntEnum):
    NONE = 0
    READ = 1
    WRITE = 2


class Category(StrEnum):
    WORK = "work"  # queues and items of the role's pools
    IDENTITY = "identity"  # finding patients, possible matches
    RECORD = "record"  # charts: documents, results, timeline
    COMPLETION = "completion"  # deficiencies; write: sign
    CODING = "coding"  # abstracts, codes, groups
    INTAKE = "intake"  # what arrived, quarantine
    RULES = "rules"  # the rule book
    BOARD = "board"  # the administrator's figures
    AUDIT = "audit"  # the lifecycle-event trail
    ACCOUNTS = "accounts"  # people and their roles
    SYSTEM = "system"  # health of the database and jobs; write: channels, infected originals
    ACCESS_TABLE = "access-table"  # this table itself
    RELEASE = "release"  # certified productions
    PAPER = "paper"  # volumes of paper charts
    PRIVACY = "privacy"  # screenings of what was in the wrong chart
    DELINQUENCY = "delinquency"  # late charts: figures, letters, suspensions; turnaround of dictated documents
    FORMS = "forms"  # the inventory of forms
    DOWNTIME = "downtime"  # downtimes and their paper
    OPEN_REVIEW = "open-review"  # review of open records: draws, worksheets, findings, figures


MEANINGS = {
    Category.WORK: "Queues and work items of the role's pools; changing: pull, defer, complete",
    Category.IDENTITY: "Finding patients, possible matches; changing: link and unlink",
    Category.RECORD: "Charts: documents, results, timeline",
    Category.COMPLETION: "What charts lack and who owes it; changing: sign, decline",
    Category.CODING: "Abstracts, codes, groups; changing: code and finalise",
    Category.INTAKE: "What arrived, and the quarantine; changing: correct and replay",
    Category.RULES: "The rule book; changing: propose, adopt, end",
    Category.BOARD: "The figures of the department",
    Category.AUDIT: "The trail of lifecycle events",
    Category.ACCOUNTS: "People and their roles; changing: add, assign, close",
    Category.SYSTEM: "Health of the database and of jobs; changing: channels, infected originals",
    Category.ACCESS_TABLE: "This table",
    Category.RELEASE: "Certified productions of the record; changing: produce, stop",
    Category.PAPER: "Volumes of paper charts and where they are; changing: charge out, return, search",
    Category.PRIVACY: "Screenings of what was in the wrong chart, and who saw it; changing: tell, close",
    Category.DELINQUENCY: "Late charts: figures, absences, letters, suspensions; changing: administer (administrator), decide",
    Category.DOWNTIME: "Downtimes, their packs and paper; changing: enter and reconcile, declare and close (administrator)",
    Category.OPEN_REVIEW: "Review of open records: draws, reviews, findings, figures; changing: review, look again",
    Category.FORMS: "Forms and document types, abbreviations; changing: propose, review, approve and retire (administrator)",
}


@cache
def matrix() -> dict[tuple[str, Category], Grade]:
    """(role, category) → grade."""
    with (Path(__file__).parent / "matrix.csv").open(newline="") as file:
        rows = csv.DictReader(file)
        return {
            (row["role"], category): Grade[row[category.value].upper()]
            for row in rows
            for category in Category
        }  # fmt: skip


def grade(role: str, category: Category) -> Grade:
    return matrix().get((role, category), Grade.NONE)
