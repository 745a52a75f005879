"""The channels over which records come, as the house has set them up."""

from __future__ import annotations

from django.db import models

from muniment.accounts.models import Facility
from muniment.channels.rules import Kind
from muniment.core.models import MunimentModel, Placement
from muniment.kernel.ids import uuid7


class Channel(MunimentModel):
    """One interface: its name is the source of what it brings. ``folder`` lies under MUNIMENT_CHANNELS."""

    placement = Placement.DEPARTMENT
    witnessed = True
    changing = (
        "kind", "folder", "facility_id", "origin", "sender_is_origin", "expected_minutes", "active", "changed_at", "revision",
    )  # fmt: skip

    id = models.UUIDField(primary_key=True, default=uuid7)
    name = models.CharField(max_length=40, unique=True)
    kind = models.CharField(max_length=10, choices=[(one.value, one.value) for one in Kind])
    folder = models.CharField(max_length=80, blank=True)
    facility = models.ForeignKey(Facility, null=True, on_delete=models.PROTECT, db_index=False, related_name="+")
    origin = models.CharField(max_length=200, blank=True)  # whose records it brings, where they are not our own
    sender_is_origin = models.BooleanField(default=False)  # each message's sender is whose they are
    expected_minutes = models.PositiveIntegerField(null=True)  # something comes at least so often; None: not watched
    active = models.BooleanField(default=True)
    opened_at = models.DateTimeField()
    changed_at = models.DateTimeField()
    revision = models.PositiveIntegerField(default=1)

    class Meta:
        db_table = "channels_channel"
        constraints = [
            # two channels never take from one folder
            models.UniqueConstraint(fields=["folder"], name="channel_folder_once", condition=~models.Q(folder="")),
        ]

    def __str__(self) -> str:
        return self.name
