"""What every table says of itself: where its rows live, and whether they may ever change."""

from __future__ import annotations

from enum import StrEnum

from django.apps import apps
from django.db import models


class Placement(StrEnum):
    """Where a table's rows go when the record spreads over many machines (ADR 0005)."""

    PATIENT = "distributed by patient_id"  # every key begins with patient_id
    DEPARTMENT = "on the coordinator"  # the department's own work: queues, audit, accounts
    REFERENCE = "replicated to every node"  # small and read by all: terminology, rule book, facilities


class MunimentModel(models.Model):
    """Base of every table of ours: it must name its placement; ``indelible`` tables refuse UPDATE, DELETE and TRUNCATE.

    Rows leave a table only where it says so: ``erasable`` marks drafts, counts and notes that may go. Of a ``witnessed`` table every
    change is sealed with its event (``core.actions.stands``), so that one made past the actions shows (ADR 0016). ``changing``
    names the columns an UPDATE may set where the others are facts that never change. Of an ``indelible`` table it is the rows somebody
    adds, or carries off past the triggers, that show. A table ``filled_at_once`` may be analysed by
    the application, so that the planner knows it from the first query on.
    """

    placement: Placement
    indelible = False
    erasable = False
    witnessed = False
    changing: tuple[str, ...] = ()
    filled_at_once = False

    class Meta:
        abstract = True


def our_models() -> list[type[MunimentModel]]:
    return [model for model in apps.get_models() if issubclass(model, MunimentModel)]


def witnessed_models() -> list[type[MunimentModel]]:
    return sorted((model for model in our_models() if model.witnessed), key=lambda model: model._meta.db_table)


def erasable_tables() -> list[str]:
    return sorted(model._meta.db_table for model in our_models() if model.erasable)


def indelible_tables() -> list[str]:
    return sorted(model._meta.db_table for model in our_models() if model.indelible)
