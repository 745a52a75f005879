"""The times of dictated documents, side by side: a projection of the record, made anew from it at any time."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models

from muniment.accounts.models import Facility
from muniment.core.models import MunimentModel, Placement


class DictatedDocument(MunimentModel):
    """A document of a stay that says something of its dictation. ``id`` is its entry's. Times are those the systems told."""

    placement = Placement.PATIENT
    erasable = True

    pk = models.CompositePrimaryKey("patient_id", "id")
    id = models.UUIDField()
    patient_id = models.UUIDField()
    encounter_id = models.UUIDField()
    facility = models.ForeignKey(Facility, on_delete=models.PROTECT, db_index=False, related_name="+")
    code = models.CharField(max_length=120)
    name = models.CharField(max_length=400)
    service = models.CharField(max_length=40, blank=True)
    author_id = models.UUIDField(null=True)
    author_name = models.CharField(max_length=200, blank=True)
    source = models.CharField(max_length=200, blank=True)  # the sending application: the transcription service
    dictated_at = models.DateTimeField(null=True)
    transcribed_at = models.DateTimeField(null=True)
    authenticated_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "transcription_document"
        indexes = [
            # a stay's documents, when they are read anew
            models.Index(fields=["patient_id", "encounter_id"], name="dictated_of_stay"),
            # a month's transcriptions with their turnaround, and their list
            models.Index(fields=["facility", "transcribed_at", "id"], include=["dictated_at", "authenticated_at", "code", "service", "author_id", "source"], name="dictated_transcribed"),
            # a month's authentications with their turnaround, and their list
            models.Index(fields=["facility", "authenticated_at", "id"], include=["dictated_at", "transcribed_at", "code", "service", "author_id", "source"], name="dictated_authenticated"),
            # what a code is called
            models.Index(fields=["code"], include=["name"], name="dictated_named"),
            # what waits to be transcribed or authenticated now
            models.Index(fields=["facility", "dictated_at", "id"], name="dictated_waiting", condition=models.Q(authenticated_at=None)),
        ]  # fmt: skip


class KeptMonth(MunimentModel):
    """The turnarounds of a month that is over, at one facility, by the clock of a zone: ``counts`` of them took so many ``tenths`` of an hour.

    Counted from the documents; taken away when what ended in the month changes, and counted anew.
    """

    placement = Placement.DEPARTMENT
    erasable = True

    id = models.BigAutoField(primary_key=True)
    facility = models.ForeignKey(Facility, on_delete=models.PROTECT, db_index=False, related_name="+")
    step = models.CharField(max_length=20)
    zone = models.CharField(max_length=64)
    month = models.DateField()  # its first day
    tenths = ArrayField(models.IntegerField())
    counts = ArrayField(models.IntegerField())
    excluded = models.IntegerField()  # ended in the month too, but have no length

    class Meta:
        db_table = "transcription_month"
        constraints = [
            # the months of a trend
            models.UniqueConstraint(fields=["facility", "step", "zone", "month"], name="month_kept_once"),
        ]


class Pending(MunimentModel):
    """Stays whose documents are to be read anew: written in the transaction that made it necessary."""

    placement = Placement.DEPARTMENT
    erasable = True

    id = models.BigAutoField(primary_key=True)
    patient_id = models.UUIDField(null=True)
    encounter_id = models.UUIDField(null=True)
    since = models.DateField(null=True)

    class Meta:
        db_table = "transcription_pending"
        indexes = [
            # a stay's own rows, when they are taken
            models.Index(fields=["encounter_id"], name="transcription_pending_by_stay"),
        ]
