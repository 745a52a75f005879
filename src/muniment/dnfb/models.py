"""What keeps a discharged stay from its final bill."""

from __future__ import annotations

from django.db import models

from muniment.accounts.models import Facility, Practitioner
from muniment.core.models import MunimentModel, Placement
from muniment.dnfb.rules import Owner
from muniment.identity.models import Patient
from muniment.kernel.ids import uuid7


class Hold(MunimentModel):
    """One reason for which a stay waits, as the rule had it when it was placed. Released, never removed."""

    placement = Placement.PATIENT
    witnessed = True
    changing = ("released_at", "released_by", "released_why", "event_id", "revision")

    pk = models.CompositePrimaryKey("patient_id", "id")
    id = models.UUIDField(default=uuid7)
    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, db_index=False, related_name="+")
    encounter_id = models.UUIDField()
    facility = models.ForeignKey(Facility, on_delete=models.PROTECT, db_index=False, related_name="+")
    reason = models.CharField(max_length=40)
    name = models.CharField(max_length=120)
    owner = models.CharField(max_length=16, choices=[(one.value, one.value) for one in Owner])
    practitioner = models.ForeignKey(Practitioner, null=True, on_delete=models.PROTECT, db_index=False, related_name="+")
    stops = models.BooleanField()
    note = models.CharField(max_length=400, blank=True)
    citation = models.CharField(max_length=400)
    placed_at = models.DateTimeField()
    placed_by_id = models.UUIDField(null=True)
    placed_by = models.CharField(max_length=200)
    due_on = models.DateField()
    released_at = models.DateTimeField(null=True)
    released_by = models.CharField(max_length=200, blank=True)
    released_why = models.CharField(max_length=400, blank=True)
    event_id = models.UUIDField()  # the lifecycle event of its last change
    revision = models.PositiveIntegerField(default=1)

    class Meta:
        db_table = "dnfb_hold"
        constraints = [
            models.UniqueConstraint(
                fields=["patient", "encounter_id", "reason"],
                name="hold_once_a_reason",
                condition=models.Q(released_at__isnull=True),
            ),
        ]
        indexes = [
            # one hold from its address
            models.Index(fields=["id"], name="hold_by_id"),
            # a facility's holds, oldest first, and their counts by reason
            models.Index(fields=["facility", "placed_at"], name="hold_open", condition=models.Q(released_at__isnull=True)),
        ]
