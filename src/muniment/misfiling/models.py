"""Moves of entries that were in the wrong chart, and everybody who received or viewed them there."""

from __future__ import annotations

from django.db import models

from muniment.core.models import MunimentModel, Placement
from muniment.kernel.ids import uuid7
from muniment.record.rules import Holder


class Move(MunimentModel):
    """One move out of one patient's chart, into another's or, of a scan, back to be indexed again."""

    placement = Placement.DEPARTMENT
    indelible = True
    witnessed = True

    id = models.UUIDField(primary_key=True, default=uuid7)
    at = models.DateTimeField()
    actor_id = models.UUIDField(null=True)
    actor_name = models.CharField(max_length=200)
    reason = models.CharField(max_length=400)
    title = models.CharField(max_length=400)  # of the entry that was pointed at
    from_patient_id = models.UUIDField()
    from_encounter_id = models.UUIDField(null=True)
    from_facility_id = models.UUIDField(null=True)
    to_patient_id = models.UUIDField(null=True)  # None: it was taken out, and nobody knows yet whose it is
    to_encounter_id = models.UUIDField(null=True)
    to_facility_id = models.UUIDField(null=True)
    event_id = models.UUIDField()

    class Meta:
        db_table = "misfiling_move"
        indexes = [
            # has anything of this patient ever been moved away?
            models.Index(fields=["from_patient_id"], name="move_by_origin"),
        ]


class MovedEntry(MunimentModel):
    """One entry of a move: what it was, up to which version, and what it became. The entry that was pointed at comes first."""

    placement = Placement.DEPARTMENT
    indelible = True
    witnessed = True

    id = models.UUIDField(primary_key=True, default=uuid7)
    move = models.ForeignKey(Move, on_delete=models.PROTECT, related_name="entries")
    from_entry_id = models.UUIDField()
    from_number = models.PositiveIntegerField()  # the version that was moved; the retraction is the next
    to_entry_id = models.UUIDField(null=True)

    class Meta:
        db_table = "misfiling_entry"
        ordering = ["id"]
        indexes = [
            # the notice over an entry: what it became, where it came from
            models.Index(fields=["from_entry_id"], name="moved_by_origin"),
            models.Index(fields=["to_entry_id"], name="moved_by_outcome"),
        ]


class Receiver(MunimentModel):
    """Who received or viewed what was in the wrong chart, and whether they have been told."""

    placement = Placement.DEPARTMENT
    witnessed = True
    changing = ("told_at", "told_by", "told_how", "revision")

    id = models.UUIDField(primary_key=True, default=uuid7)
    move = models.ForeignKey(Move, on_delete=models.PROTECT, related_name="receivers")
    kind = models.CharField(max_length=12, choices=[(one.value, one.value) for one in Holder])
    user_id = models.UUIDField(null=True)
    name = models.CharField(max_length=200)
    role = models.CharField(max_length=40, blank=True)
    what = models.CharField(max_length=200)  # what they did, or the production's number
    times = models.PositiveIntegerField(default=1)
    first_at = models.DateTimeField()
    last_at = models.DateTimeField()
    told_at = models.DateTimeField(null=True)
    told_by = models.CharField(max_length=200, blank=True)
    told_how = models.CharField(max_length=200, blank=True)
    revision = models.PositiveIntegerField(default=1)

    class Meta:
        db_table = "misfiling_receiver"
        ordering = ["-kind", "id"]
