"""What people decide about late charts: pauses, letters as they were sent, suspensions. Ages and figures are computed."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models

from muniment.accounts.models import Facility, Practitioner
from muniment.core.models import MunimentModel, Placement
from muniment.delinquency.rules import OPEN, AbsenceKind, State
from muniment.kernel.ids import uuid7


class Absence(MunimentModel):
    """A practitioner's absence, days included at both ends. Withdrawn, never changed."""

    placement = Placement.DEPARTMENT
    witnessed = True
    changing = ("withdrawn_at", "withdrawn_by", "withdrawn_why", "event_id", "revision")

    id = models.UUIDField(primary_key=True, default=uuid7)
    practitioner = models.ForeignKey(Practitioner, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=12, choices=[(one.value, one.value) for one in AbsenceKind])
    first = models.DateField()
    last = models.DateField()
    reason = models.CharField(max_length=300)
    recorded_at = models.DateTimeField()
    recorded_by = models.CharField(max_length=200)
    withdrawn_at = models.DateTimeField(null=True)
    withdrawn_by = models.CharField(max_length=200, blank=True)
    withdrawn_why = models.CharField(max_length=300, blank=True)
    event_id = models.UUIDField()  # the lifecycle event of its last change
    revision = models.PositiveIntegerField(default=1)

    class Meta:
        db_table = "delinquency_pause"
        indexes = [
            # the absences that may touch a span of days
            models.Index(fields=["last"], name="pause_by_end"),
        ]


class LetterBatch(MunimentModel):
    """One facility's letters of one moment: a PDF with a letter a page."""

    placement = Placement.DEPARTMENT
    indelible = True
    witnessed = True

    id = models.UUIDField(primary_key=True, default=uuid7)
    facility = models.ForeignKey(Facility, on_delete=models.PROTECT, db_index=False, related_name="+")
    made_at = models.DateTimeField()
    made_by = models.CharField(max_length=200)
    letters = models.PositiveIntegerField()
    sha256 = models.BinaryField()  # of the PDF, in the record's blobs
    event_id = models.UUIDField()

    class Meta:
        db_table = "delinquency_batch"
        indexes = [
            # a facility's batches, newest first
            models.Index(fields=["facility", "-made_at"], name="batch_by_time"),
        ]


class Letter(MunimentModel):
    """What one practitioner was sent of one level."""

    placement = Placement.DEPARTMENT
    indelible = True
    witnessed = True

    id = models.UUIDField(primary_key=True, default=uuid7)
    batch = models.ForeignKey(LetterBatch, on_delete=models.PROTECT, related_name="rows")
    practitioner = models.ForeignKey(Practitioner, on_delete=models.PROTECT, db_index=False, related_name="+")
    level = models.PositiveSmallIntegerField()
    day = models.PositiveSmallIntegerField()  # from which the rule has this level
    title = models.CharField(max_length=200)
    rule_number = models.PositiveIntegerField()  # the version of delinquency.letters
    citation = models.CharField(max_length=400)

    class Meta:
        db_table = "delinquency_letter"


class LetterLine(MunimentModel):
    """One chart of a letter, as it stood when the letter was made. ``owed`` are the words of the letter."""

    placement = Placement.DEPARTMENT
    indelible = True
    witnessed = True

    id = models.UUIDField(primary_key=True, default=uuid7)
    letter = models.ForeignKey(Letter, on_delete=models.PROTECT, related_name="lines")
    practitioner_id = models.UUIDField()
    facility_id = models.UUIDField()
    patient_id = models.UUIDField()
    encounter_id = models.UUIDField()
    level = models.PositiveSmallIntegerField()
    day = models.PositiveSmallIntegerField()  # from which the rule of its time has this level
    days = models.PositiveIntegerField()  # that counted
    patient = models.CharField(max_length=300)
    number = models.CharField(max_length=160)
    discharged = models.DateField()
    owed = ArrayField(models.CharField(max_length=300))

    class Meta:
        db_table = "delinquency_line"
        constraints = [
            # a level is sent once for a practitioner's part of a chart; also: what was sent already
            models.UniqueConstraint(fields=["practitioner_id", "encounter_id", "day"], name="level_once_per_chart"),
        ]


class Suspension(MunimentModel):
    """A suspension of a practitioner at a facility: proposed, decided by somebody else, ended."""

    placement = Placement.DEPARTMENT
    witnessed = True

    id = models.UUIDField(primary_key=True, default=uuid7)
    practitioner = models.ForeignKey(Practitioner, on_delete=models.PROTECT, db_index=False, related_name="+")
    facility = models.ForeignKey(Facility, on_delete=models.PROTECT, db_index=False, related_name="+")
    state = models.CharField(max_length=12, choices=[(one.value, one.value) for one in State])
    charts = ArrayField(models.UUIDField())  # the stays it was proposed for
    citation = models.CharField(max_length=400)
    proposed_at = models.DateTimeField()
    proposed_by_id = models.UUIDField(null=True)  # none: the rule, by the worker
    proposed_by = models.CharField(max_length=200)
    proposed_why = models.CharField(max_length=400)
    decided_at = models.DateTimeField(null=True)
    decided_by = models.CharField(max_length=200, blank=True)
    decided_why = models.CharField(max_length=400, blank=True)
    ended_at = models.DateTimeField(null=True)
    ended_by = models.CharField(max_length=200, blank=True)
    ended_why = models.CharField(max_length=400, blank=True)
    by_hand = models.BooleanField(default=False)  # a person refused or lifted it: that stands for these charts
    event_id = models.UUIDField()
    revision = models.PositiveIntegerField(default=1)

    class Meta:
        db_table = "delinquency_suspension"
        constraints = [
            # at most one that is proposed or in force; also: the list of those
            models.UniqueConstraint(
                fields=["facility", "practitioner"],
                condition=models.Q(state__in=[str(one) for one in OPEN]),
                name="one_open_suspension",
            ),
        ]
        indexes = [
            # a facility's history, newest first
            models.Index(fields=["facility", "-proposed_at"], name="suspension_by_time"),
        ]
