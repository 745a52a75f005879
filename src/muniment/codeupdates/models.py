"""A year of final codings grouped once more by another version, for what an update would change. Never what is claimed."""

from __future__ import annotations

from enum import StrEnum

from django.db import models

from muniment.core.models import MunimentModel, Placement
from muniment.kernel.ids import uuid7


class State(StrEnum):
    RUNNING = "running"
    DONE = "done"


class Regrouping(MunimentModel):
    """One run over the final codings in force of stays discharged from ``since`` until before ``day``, by the version of that day.

    ``figures`` and ``usage`` are sums of what was looked at so far (``regrouping.Tally``); ``cursor_*`` names the last stay of it.
    """

    placement = Placement.DEPARTMENT
    witnessed = True
    changing = ("state", "done", "cursor_patient", "cursor_encounter", "figures", "usage", "heard_at")

    id = models.UUIDField(primary_key=True, default=uuid7)
    day = models.DateField()
    since = models.DateField()
    version = models.PositiveSmallIntegerField()  # 440 for v44.0
    state = models.CharField(max_length=8, choices=[(one.value, one.value) for one in State], default=State.RUNNING)
    total = models.PositiveIntegerField()  # stays
    done = models.PositiveIntegerField(default=0)
    cursor_patient = models.UUIDField(null=True)
    cursor_encounter = models.UUIDField(null=True)
    figures = models.JSONField(default=dict)
    usage = models.JSONField(default=dict)
    started_at = models.DateTimeField()
    started_by = models.CharField(max_length=200)
    heard_at = models.DateTimeField()

    class Meta:
        db_table = "codeupdates_run"
        indexes = [
            # the last run for an update
            models.Index(fields=["day", "-id"], name="run_by_day"),
        ]


class RegroupedStay(MunimentModel):
    """A stay whose MS-DRG the run changed. ``after`` is empty where the codes are no claim any more; ``why`` says so."""

    placement = Placement.DEPARTMENT
    indelible = True
    witnessed = True

    id = models.UUIDField(primary_key=True, default=uuid7)
    run = models.ForeignKey(Regrouping, on_delete=models.PROTECT, db_index=False, related_name="+")
    patient_id = models.UUIDField()
    encounter_id = models.UUIDField()
    facility_id = models.UUIDField()
    service = models.CharField(max_length=120, blank=True)
    before = models.CharField(max_length=3)
    after = models.CharField(max_length=3, blank=True)
    before_weight = models.DecimalField(max_digits=8, decimal_places=4, null=True)
    after_weight = models.DecimalField(max_digits=8, decimal_places=4, null=True)
    why = models.CharField(max_length=200, blank=True)

    class Meta:
        db_table = "codeupdates_stay"
        indexes = [
            # the stays of a run, page by page
            models.Index(fields=["run", "id"], name="regrouped_of_run"),
        ]
