"""What the department did about documents that stand without their author's signature."""

from __future__ import annotations

from django.db import models

from muniment.core.models import MunimentModel, Placement
from muniment.kernel.ids import uuid7
from muniment.pending.rules import Step


class PendingStep(MunimentModel):
    """One step about one pending document. Its closure, its retraction and its signature are in the record itself."""

    placement = Placement.PATIENT
    indelible = True
    witnessed = True

    pk = models.CompositePrimaryKey("patient_id", "id")
    id = models.UUIDField(default=uuid7)
    patient_id = models.UUIDField()
    entry_id = models.UUIDField()
    number = models.PositiveIntegerField()  # the version it was about
    step = models.CharField(max_length=12, choices=[(one.value, one.value) for one in Step])
    at = models.DateTimeField()
    actor_id = models.UUIDField(null=True)
    actor_name = models.CharField(max_length=200)
    told = models.CharField(max_length=200, blank=True)  # whom
    reason = models.CharField(max_length=400)
    until = models.DateField(null=True)  # an extension's last day, by the facility's clock
    event_id = models.UUIDField()

    class Meta:
        db_table = "pending_step"
        indexes = [
            # one document's steps
            models.Index(fields=["patient_id", "entry_id", "at"], name="pending_steps"),
        ]
