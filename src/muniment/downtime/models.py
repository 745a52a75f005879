"""Downtimes, the packs made for them, what was entered of their paper, and what was said of stays without any."""

from __future__ import annotations

from datetime import date
from zoneinfo import ZoneInfo

from django.db import models

from muniment.accounts.models import Facility
from muniment.core.models import MunimentModel, Placement
from muniment.downtime.rules import State
from muniment.kernel.ids import uuid7


class Pack(MunimentModel):
    """The newest downtime pack of a unit: made ahead, replaced every night and whenever what it is made of has changed."""

    placement = Placement.DEPARTMENT
    witnessed = True
    changing = ("as_of", "digest", "sha256", "forms", "pages", "made_at")

    id = models.UUIDField(primary_key=True, default=uuid7)
    facility = models.ForeignKey(Facility, on_delete=models.PROTECT, db_index=False, related_name="+")
    unit = models.CharField(max_length=80, blank=True)  # empty: the whole facility's
    as_of = models.DateField()
    digest = models.CharField(max_length=64)
    sha256 = models.BinaryField(null=True)  # null: no form is marked for it
    forms = models.PositiveSmallIntegerField()
    pages = models.PositiveIntegerField()
    made_at = models.DateTimeField()

    class Meta:
        db_table = "downtime_pack"
        constraints = [models.UniqueConstraint(fields=["facility", "unit"], name="downtime_one_pack_a_unit")]


class Downtime(MunimentModel):
    """Systems were down at a facility, as the administrator declared it."""

    placement = Placement.DEPARTMENT
    witnessed = True
    changing = ("state", "ended", "revision")

    id = models.UUIDField(primary_key=True, default=uuid7)
    facility = models.ForeignKey(Facility, on_delete=models.PROTECT, db_index=False, related_name="+")
    state = models.CharField(max_length=12, choices=[(one.value, one.value) for one in State], default=State.RUNNING)
    what = models.CharField(max_length=200)  # what was down
    reason = models.TextField()
    began = models.DateTimeField()
    ended = models.DateTimeField(null=True)
    declared_by = models.CharField(max_length=200)
    declared_at = models.DateTimeField()
    revision = models.PositiveIntegerField(default=1)

    class Meta:
        db_table = "downtime_downtime"
        indexes = [
            # a facility's downtimes, newest first; the one an act lies in
            models.Index(fields=["facility", "-began", "-id"], name="downtime_by_time"),
        ]

    def __str__(self) -> str:
        return self.what

    @property
    def day(self) -> date:
        """The facility's day on which it began: the rule of that day governs it."""
        return self.began.astimezone(ZoneInfo(self.facility.zone)).date()


class Paper(MunimentModel):
    """A document that was entered from a downtime's paper: typed here, or scanned. The document itself is in the record."""

    placement = Placement.DEPARTMENT
    indelible = True
    witnessed = True

    id = models.UUIDField(primary_key=True, default=uuid7)
    downtime = models.ForeignKey(Downtime, on_delete=models.PROTECT, db_index=False, related_name="papers")
    patient_id = models.UUIDField()
    encounter_id = models.UUIDField(null=True)
    entry_id = models.UUIDField()
    title = models.CharField(max_length=200)
    how = models.CharField(max_length=10)  # typed, scanned
    acted = models.DateTimeField()  # as on the paper
    entered_by = models.CharField(max_length=200)
    entered_at = models.DateTimeField()
    event_id = models.UUIDField()

    class Meta:
        db_table = "downtime_paper"
        constraints = [models.UniqueConstraint(fields=["entry_id"], name="downtime_paper_entered_once")]
        indexes = [
            # what was entered for a downtime, in the order it was
            models.Index(fields=["downtime", "-entered_at", "-id"], name="downtime_papers"),
        ]


class NoPaper(MunimentModel):
    """Somebody said that a stay has no downtime paper, and how they know. The last word stands."""

    placement = Placement.DEPARTMENT
    indelible = True
    witnessed = True

    id = models.UUIDField(primary_key=True, default=uuid7)
    downtime = models.ForeignKey(Downtime, on_delete=models.PROTECT, db_index=False, related_name="without")
    patient_id = models.UUIDField()
    encounter_id = models.UUIDField()
    reason = models.CharField(max_length=400)
    said_by = models.CharField(max_length=200)
    said_at = models.DateTimeField()
    event_id = models.UUIDField()

    class Meta:
        db_table = "downtime_no_paper"
        indexes = [
            # what was said of a downtime's stays
            models.Index(fields=["downtime", "encounter_id"], name="downtime_said"),
        ]
