"""Queries to clinicians: how each stands now, every version of its text with the linter's result, and every step."""

from __future__ import annotations

from django.db import models

from muniment.accounts.models import Facility, Practitioner
from muniment.core.models import MunimentModel, Placement
from muniment.identity.models import Patient
from muniment.kernel.ids import uuid7
from muniment.querying.rules import Form, State, Step, Timing


class Query(MunimentModel):
    """One query as it stands."""

    placement = Placement.PATIENT
    witnessed = True

    pk = models.CompositePrimaryKey("patient_id", "id")
    id = models.UUIDField(default=uuid7)
    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, db_index=False, related_name="+")
    encounter_id = models.UUIDField()
    facility = models.ForeignKey(Facility, on_delete=models.PROTECT, db_index=False, related_name="+")
    service = models.CharField(max_length=120, blank=True)
    title = models.CharField(max_length=120)
    form = models.CharField(max_length=20, choices=[(one.value, one.value) for one in Form])
    timing = models.CharField(max_length=20, choices=[(one.value, one.value) for one in Timing])
    version = models.PositiveIntegerField(default=1)  # of its text
    follows_id = models.UUIDField(null=True)  # the query it asks again about
    entry_id = models.UUIDField(null=True)  # the document it concerns
    state = models.CharField(max_length=12, choices=[(one.value, one.value) for one in State], default=State.OPEN)
    responsible = models.ForeignKey(Practitioner, null=True, on_delete=models.PROTECT, db_index=False, related_name="+")
    asked_by_id = models.UUIDField(null=True)
    asked_by = models.CharField(max_length=200)
    asked_at = models.DateTimeField()
    due_at = models.DateTimeField()
    citation = models.CharField(max_length=400)  # of the rule that set the due date
    escalated_at = models.DateTimeField(null=True)
    answered_at = models.DateTimeField(null=True)
    answered_by = models.CharField(max_length=200, blank=True)
    supported = models.BooleanField(null=True)  # whether the answer is one the indicators support
    response_id = models.UUIDField(null=True)  # the document that holds the answer
    revision = models.PositiveIntegerField(default=1)

    class Meta:
        db_table = "querying_query"
        indexes = [
            # opening a query from a link or a work item
            models.Index(fields=["id"], name="query_by_id"),
            # a stay's queries, and whether one holds it
            models.Index(fields=["patient", "encounter_id"], name="query_of_stay"),
            # a facility's queries, newest first: list and figures
            models.Index(fields=["facility", "-asked_at", "-id"], name="query_by_asking"),
            # what is overdue
            models.Index(fields=["due_at"], name="query_open", condition=models.Q(state="open")),
        ]


class QueryVersion(MunimentModel):
    """The text of a query as it was sent: canonical JSON with its SHA-256, and the rule it was checked by with the result."""

    placement = Placement.PATIENT
    indelible = True

    pk = models.CompositePrimaryKey("patient_id", "query_id", "number")
    patient_id = models.UUIDField()
    query_id = models.UUIDField()
    number = models.PositiveIntegerField()
    content = models.TextField()
    sha256 = models.BinaryField()
    checked_by = models.CharField(max_length=120)  # rule and version
    checks = models.JSONField()  # each check and what it found: nothing, or it would not have been sent
    at = models.DateTimeField()
    actor_id = models.UUIDField(null=True)
    actor_name = models.CharField(max_length=200)
    event_id = models.UUIDField()

    class Meta:
        db_table = "querying_version"


class QueryStep(MunimentModel):
    """What somebody did about a query. ``said`` is an answer's choice, words and document."""

    placement = Placement.PATIENT
    indelible = True
    witnessed = True

    pk = models.CompositePrimaryKey("patient_id", "id")
    id = models.UUIDField(default=uuid7)
    patient_id = models.UUIDField()
    query_id = models.UUIDField()
    step = models.CharField(max_length=12, choices=[(one.value, one.value) for one in Step])
    at = models.DateTimeField()
    actor_id = models.UUIDField(null=True)
    actor_name = models.CharField(max_length=200)
    responsible = models.CharField(max_length=200, blank=True)  # whose it is after this step
    reason = models.CharField(max_length=400, blank=True)
    said = models.JSONField(default=dict)
    event_id = models.UUIDField()

    class Meta:
        db_table = "querying_step"
        indexes = [
            # one query's history
            models.Index(fields=["patient_id", "query_id", "at"], name="query_steps"),
        ]
