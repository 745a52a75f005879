"""A code update of 1 October 2026: a few codes before it, and what becomes of them."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from functools import cache

from muniment.terminology.actions import install_release
from muniment.terminology.rules import System
from muniment.terminology.sources import discharge_status_rows, icd10cm_rows, icd10pcs_rows, msdrg_rows
from support.house import system_actor
from support.terminology import some_of, source

DAY = date(2026, 10, 1)


@cache
def _read():
    """The rows of the packages, once."""
    return (
        tuple(some_of(icd10cm_rows(), "I50", "I42", "I10", "J960")), tuple(some_of(icd10pcs_rows(), "0DTJ")),
        tuple(msdrg_rows(431, weights=True)), tuple(msdrg_rows(440, weights=False)),
    )  # fmt: skip


def rows(kept=lambda row: row):
    found = (kept(row) for row in _read()[0])
    return [row for row in found if row]


def changed(row):
    """I42.0 becomes a heading, which it does in fiscal year 2027; I50.9 goes, and I10 gets another title."""
    if row.code == "I420":
        return replace(row, billable=False)
    if row.code == "I10":
        return replace(row, display="Primary hypertension")
    return None if row.code == "I509" else row


def install_before():
    for one in (
        source(rows(), version="2026"),
        source(_read()[1], system=System.ICD10PCS),
        source(_read()[2], system=System.MS_DRG, version="43.1", since=date(2026, 4, 1)),
        source(discharge_status_rows(), system=System.DISCHARGE_STATUS, since=date(2015, 10, 1), until=None),
    ):
        install_release(actor=system_actor(), source=one)


def install_after(*, weights=True):
    weighed = {row.code: row.attributes for row in _read()[2]}
    drgs = [
        replace(row, attributes=weighed.get(row.code, {}) | {"weight": "2.0000"} if weights and weighed.get(row.code, {}).get("weight") else {})
        for row in _read()[3]
    ]  # fmt: skip
    for one in (
        source(rows(changed), version="2027", since=DAY, until=date(2027, 9, 30)),
        source(drgs, system=System.MS_DRG, version="44.0", since=DAY, until=date(2027, 3, 31)),
    ):
        install_release(actor=system_actor(), source=one)
