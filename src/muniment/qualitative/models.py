"""Findings of qualitative analysis, and which stays are to be looked at."""

from __future__ import annotations

from django.db import models

from muniment.accounts.models import Facility
from muniment.core.models import MunimentModel, Placement
from muniment.identity.models import Patient
from muniment.kernel.ids import uuid7
from muniment.qualitative.rules import Kind, State


class QualitativeFinding(MunimentModel):
    """Places of a discharged chart that contradict one another. Opened and closed by analysis, muted by people."""

    placement = Placement.PATIENT
    witnessed = True

    pk = models.CompositePrimaryKey("patient_id", "id")
    id = models.UUIDField(default=uuid7)
    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, db_index=False, related_name="+")
    encounter_id = models.UUIDField()
    facility = models.ForeignKey(Facility, on_delete=models.PROTECT, db_index=False, related_name="+")
    key = models.CharField(max_length=40)  # rules.Finding.key
    kind = models.CharField(max_length=12, choices=[(one.value, one.value) for one in Kind])
    state = models.CharField(max_length=8, choices=[(one.value, one.value) for one in State], default=State.OPEN)
    sentence = models.TextField()
    evidence = models.JSONField()  # of rules.Evidence, as ``analysis.written`` puts it
    rule_code = models.CharField(max_length=100)
    rule_number = models.PositiveIntegerField()
    citation = models.CharField(max_length=300)
    verified = models.BooleanField()  # whether the rule's text was held against its primary source
    found_at = models.DateTimeField()
    gone_at = models.DateTimeField(null=True)
    muted_at = models.DateTimeField(null=True)
    muted_by = models.CharField(max_length=200, blank=True)
    muted_why = models.CharField(max_length=400, blank=True)
    event_id = models.UUIDField()  # the lifecycle event of its last change
    revision = models.PositiveIntegerField(default=1)

    class Meta:
        db_table = "qualitative_finding"
        constraints = [
            # the same contradiction of the same stay is one row; also: a stay's findings
            models.UniqueConstraint(fields=["patient", "encounter_id", "key"], name="finding_once_per_stay"),
        ]
        indexes = [
            # opening one from a link
            models.Index(fields=["id"], name="finding_by_id"),
            # a facility's list, newest first
            models.Index(fields=["facility", "state", "-found_at", "-id"], name="finding_listed"),
        ]


class Pending(MunimentModel):
    """Stays to look at: written in the transaction that made it necessary. A stay may stand here more than once.

    Without ``encounter_id``: every stay discharged on ``since`` or later (a rule changed).
    """

    placement = Placement.DEPARTMENT
    erasable = True

    id = models.BigAutoField(primary_key=True)
    patient_id = models.UUIDField(null=True)
    encounter_id = models.UUIDField(null=True)
    since = models.DateField(null=True)

    class Meta:
        db_table = "qualitative_pending"
        indexes = [
            # a stay's own entries, when it is looked at at once
            models.Index(fields=["encounter_id"], name="qualitative_pending_by_stay"),
        ]
