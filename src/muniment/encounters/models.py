"""Stays and their movements."""

from __future__ import annotations

from django.db import models

from muniment.accounts.models import Facility, Practitioner
from muniment.core.models import MunimentModel, Placement
from muniment.encounters.rules import Kind, Status
from muniment.identity.models import Patient
from muniment.kernel.ids import uuid7


class Encounter(MunimentModel):
    """A stay: what its movements add up to (``rules.replay``)."""

    placement = Placement.PATIENT
    witnessed = True

    pk = models.CompositePrimaryKey("patient_id", "id")
    id = models.UUIDField(default=uuid7)
    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, db_index=False, related_name="encounters")
    facility = models.ForeignKey(Facility, on_delete=models.PROTECT, db_index=False, related_name="+")
    visit_number = models.CharField(max_length=120)
    visit_system = models.CharField(max_length=200, blank=True)
    account_number = models.CharField(max_length=120, blank=True)
    status = models.CharField(max_length=12, choices=[(one.value, one.value) for one in Status])
    class_code = models.CharField(max_length=10, blank=True)
    service = models.CharField(max_length=120, blank=True)
    unit = models.CharField(max_length=80, blank=True)
    room = models.CharField(max_length=40, blank=True)
    bed = models.CharField(max_length=40, blank=True)
    attending = models.ForeignKey(Practitioner, null=True, on_delete=models.PROTECT, db_index=False, related_name="+")
    admitted_at = models.DateTimeField(null=True)
    discharged_at = models.DateTimeField(null=True)
    disposition = models.CharField(max_length=20, blank=True)
    reason = models.CharField(max_length=400, blank=True)
    revision = models.PositiveIntegerField(default=1)

    class Meta:
        db_table = "encounters_encounter"
        constraints = [
            models.UniqueConstraint(
                fields=["patient", "facility", "visit_system", "visit_number"], name="visit_number_is_one_stay"
            ),
        ]
        indexes = [
            # opening a stay from a link or a work item
            models.Index(fields=["id"], name="encounter_by_id"),
            # a facility's discharges, newest first
            models.Index(
                fields=["facility", "-discharged_at"],
                name="encounter_discharges",
                condition=models.Q(discharged_at__isnull=False),
            ),
            # who is in house at a facility
            models.Index(
                fields=["facility"],
                name="encounter_in_house",
                condition=models.Q(discharged_at__isnull=True, status="in-progress"),
            ),
        ]


class Movement(MunimentModel):
    """One thing a source said happened to a stay."""

    placement = Placement.PATIENT
    indelible = True

    pk = models.CompositePrimaryKey("patient_id", "encounter_id", "key")
    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, db_index=False, related_name="+")
    encounter_id = models.UUIDField()
    key = models.CharField(max_length=80)  # the message that said so
    kind = models.CharField(max_length=20, choices=[(one.value, one.value) for one in Kind])
    occurred_at = models.DateTimeField()
    recorded_at = models.DateTimeField()
    class_code = models.CharField(max_length=10, blank=True)
    service = models.CharField(max_length=120, blank=True)
    unit = models.CharField(max_length=80, blank=True)
    room = models.CharField(max_length=40, blank=True)
    bed = models.CharField(max_length=40, blank=True)
    attending_id = models.UUIDField(null=True)
    disposition = models.CharField(max_length=20, blank=True)
    admitted_at = models.DateTimeField(null=True)
    discharged_at = models.DateTimeField(null=True)
    event_id = models.UUIDField()

    class Meta:
        db_table = "encounters_movement"
