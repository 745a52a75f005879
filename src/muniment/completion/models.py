"""Deficiencies with their history, how complete each discharged chart is, and which charts are to be analysed."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models

from muniment.accounts.models import Facility, Practitioner
from muniment.completion.rules import WRITTEN, Kind, State, Step
from muniment.core.models import MunimentModel, Placement
from muniment.identity.models import Patient
from muniment.kernel.ids import uuid7


class Deficiency(MunimentModel):
    """Something a discharged chart lacks and somebody owes. Opened, closed and reopened by analysis."""

    placement = Placement.PATIENT
    witnessed = True

    pk = models.CompositePrimaryKey("patient_id", "id")
    id = models.UUIDField(default=uuid7)
    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, db_index=False, related_name="+")
    encounter_id = models.UUIDField()
    facility = models.ForeignKey(Facility, on_delete=models.PROTECT, db_index=False, related_name="+")
    key = models.CharField(max_length=140)  # names it within its stay: rules.Finding.key
    kind = models.CharField(max_length=24, choices=[(one.value, one.value) for one in Kind])
    state = models.CharField(max_length=12, choices=[(one.value, one.value) for one in State], default=State.OPEN)
    rule_code = models.CharField(max_length=100)
    rule_number = models.PositiveIntegerField()
    citation = models.CharField(max_length=300)
    verified = models.BooleanField()  # whether the rule's text was held against its primary source
    document_code = models.CharField(max_length=40)
    document_name = models.CharField(max_length=200)
    entry_id = models.UUIDField(null=True)  # the document that lacks something; none where the document itself is missing
    sections = ArrayField(models.CharField(max_length=200), default=list)  # the names of those it lacks
    responsible = models.ForeignKey(Practitioner, null=True, on_delete=models.PROTECT, db_index=False, related_name="+")
    decided = models.BooleanField(default=False)  # a person said who is responsible: analysis leaves that alone
    why = models.TextField()
    opened_at = models.DateTimeField()
    due_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True)
    closed_why = models.CharField(max_length=400, blank=True)
    closed_entry_id = models.UUIDField(null=True)  # the document that completed it
    event_id = models.UUIDField()  # the lifecycle event of its last change
    revision = models.PositiveIntegerField(default=1)

    class Meta:
        db_table = "completion_deficiency"
        constraints = [
            # the same lack of the same stay is one row, however often it is analysed; also: a stay's deficiencies
            models.UniqueConstraint(fields=["patient", "encounter_id", "key"], name="deficiency_once_per_stay"),
        ]
        indexes = [
            # opening one from a link or a work item
            models.Index(fields=["id"], name="deficiency_by_id"),
            # a facility's open ones, most overdue first
            models.Index(fields=["facility", "due_at", "id"], name="deficiency_open", condition=models.Q(state="open")),
            # what one clinician owes
            models.Index(fields=["responsible", "due_at", "id"], name="deficiency_owed", condition=models.Q(state="open")),
        ]

    @property
    def to_write(self) -> bool:
        """Whether it is completed by writing; else by signing."""
        return self.kind in WRITTEN


class DeficiencyStep(MunimentModel):
    """A deficiency's history: one row a step."""

    placement = Placement.PATIENT
    indelible = True
    witnessed = True

    pk = models.CompositePrimaryKey("patient_id", "id")
    id = models.UUIDField(default=uuid7)
    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, db_index=False, related_name="+")
    deficiency_id = models.UUIDField()
    at = models.DateTimeField()
    step = models.CharField(max_length=12, choices=[(one.value, one.value) for one in Step])
    actor_id = models.UUIDField(null=True)
    actor_name = models.CharField(max_length=200)
    reason = models.CharField(max_length=400, blank=True)
    responsible_id = models.UUIDField(null=True)  # who owes it after this step
    event_id = models.UUIDField()

    class Meta:
        db_table = "completion_step"
        indexes = [
            # one deficiency's history
            models.Index(fields=["patient", "deficiency_id", "id"], name="deficiency_history"),
        ]


class ChartStatus(MunimentModel):
    """How complete a discharged chart is. A projection of its deficiencies and of the chart clock."""

    placement = Placement.PATIENT
    erasable = True

    pk = models.CompositePrimaryKey("patient_id", "encounter_id")
    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, db_index=False, related_name="+")
    encounter_id = models.UUIDField()
    facility = models.ForeignKey(Facility, on_delete=models.PROTECT, db_index=False, related_name="+")
    discharged_at = models.DateTimeField()
    open_count = models.PositiveIntegerField()
    complete_since = models.DateTimeField(null=True)
    delinquent_at = models.DateTimeField(null=True)  # delinquent from then on, while anything is open
    clock_citation = models.CharField(max_length=300, blank=True)

    class Meta:
        db_table = "completion_chart"
        indexes = [
            # incomplete charts by when they become delinquent
            models.Index(fields=["facility", "delinquent_at"], name="chart_incomplete", condition=models.Q(open_count__gt=0)),
        ]


class Pending(MunimentModel):
    """Charts to analyse: written in the transaction that made it necessary. A chart may stand here more than once.

    Without ``encounter_id``: every chart discharged on ``since`` or later (a rule changed).
    """

    placement = Placement.DEPARTMENT
    erasable = True

    id = models.BigAutoField(primary_key=True)
    patient_id = models.UUIDField(null=True)
    encounter_id = models.UUIDField(null=True)
    since = models.DateField(null=True)

    class Meta:
        db_table = "completion_pending"
        indexes = [
            # a chart's own entries, when it is analysed at once
            models.Index(fields=["encounter_id"], name="pending_by_encounter"),
        ]
