"""What coders made of suggestions. The suggestions themselves are read off the chart anew and kept nowhere."""

from __future__ import annotations

from enum import StrEnum

from django.db import models

from muniment.core.models import MunimentModel, Placement
from muniment.identity.models import Patient
from muniment.kernel.ids import uuid7


class Why(StrEnum):
    """Why a suggestion was refused."""

    MEANS_OTHERWISE = "the text means something else"
    NOT_THEIRS = "it is denied, past or somebody else’s"
    OTHER_CODE = "another code says it better"
    NOT_CODED = "it is not coded in this stay"


class Verdict(MunimentModel):
    """One suggestion taken into a draft, or refused with a reason; ``words`` are those it rested on."""

    placement = Placement.PATIENT
    indelible = True
    witnessed = True

    pk = models.CompositePrimaryKey("patient_id", "id")
    id = models.UUIDField(default=uuid7)
    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, db_index=False, related_name="+")
    encounter_id = models.UUIDField()
    facility_id = models.UUIDField()
    code = models.CharField(max_length=12)
    words = models.CharField(max_length=200)
    taken = models.BooleanField()
    reason = models.CharField(max_length=80, blank=True)
    at = models.DateTimeField()
    actor_id = models.UUIDField()
    actor_name = models.CharField(max_length=200)
    event_id = models.UUIDField()

    class Meta:
        db_table = "suggestions_verdict"
        indexes = [
            # what was decided of a stay's suggestions
            models.Index(fields=["patient", "encounter_id"], name="verdict_of_stay"),
            # how often suggestions of a code were taken and refused
            models.Index(fields=["code", "taken"], name="verdict_of_code"),
        ]
