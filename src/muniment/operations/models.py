"""What operations keeps of its own: the verifications of the audit chain."""

from __future__ import annotations

from django.db import models

from muniment.core.models import MunimentModel, Placement
from muniment.kernel.ids import uuid7
from muniment.operations.rules import Standing


class Verification(MunimentModel):
    """One walk over the whole chain: who asked for it, how far it is, what it found."""

    placement = Placement.DEPARTMENT
    witnessed = True

    id = models.UUIDField(primary_key=True, default=uuid7)
    asked_at = models.DateTimeField()
    asked_by = models.CharField(max_length=200)
    started_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)
    changed_at = models.DateTimeField()
    standing = models.CharField(max_length=12, choices=[(one.value, one.value) for one in Standing])
    walked = models.BigIntegerField(default=0)  # events
    total = models.BigIntegerField(default=0)  # events there were when it began
    anchors = models.IntegerField(default=0)
    heads = models.JSONField(default=dict)  # lane → last row when it began: every row up to there was walked
    breaks = models.JSONField(
        default=list
    )  # a sentence for the first broken row of each lane, each row and sign-in that does not hold
    documents = models.BigIntegerField(null=True)  # whose bytes were read again; None where nobody asked for it
    damaged = models.JSONField(default=list)  # a sentence for each of them that is not what was kept

    class Meta:
        db_table = "operations_verification"
        indexes = [
            # the last one
            models.Index(fields=["-asked_at"], name="verification_by_time"),
        ]
