"""Queues and work items: everything a person must do, once, for every function of the department."""

from __future__ import annotations

from django.conf import settings
from django.db import models

from muniment.core.models import MunimentModel, Placement
from muniment.kernel.ids import uuid7
from muniment.work.rules import State


class Queue(MunimentModel):
    """A kind of work and who does it. ``pools`` are the roles that may pull from it."""

    placement = Placement.DEPARTMENT

    code = models.SlugField(primary_key=True, max_length=60)
    name = models.CharField(max_length=120)
    definition = models.TextField()
    pools = models.JSONField(default=list)
    personal = models.BooleanField(default=False)  # items always belong to one person: nothing to pull
    order = models.SmallIntegerField(default=0)

    class Meta:
        db_table = "work_queue"
        ordering = ["order", "code"]

    def __str__(self) -> str:
        return self.name


class WorkItem(MunimentModel):
    """One thing to do about one subject. Changed only by ``work.actions``; its history is kept in WorkStep."""

    placement = Placement.DEPARTMENT
    witnessed = True

    id = models.UUIDField(primary_key=True, default=uuid7)
    queue = models.ForeignKey(Queue, on_delete=models.PROTECT, db_index=False)
    facility_id = models.UUIDField(null=True)
    subject_type = models.CharField(max_length=60)
    subject_id = models.CharField(max_length=200)
    patient_id = models.UUIDField(null=True)
    encounter_id = models.UUIDField(null=True)
    title = models.CharField(max_length=200)
    reason = models.CharField(max_length=400)  # why it is here, in words
    citation = models.CharField(max_length=200, blank=True)  # of the rule that set it
    priority = models.SmallIntegerField(default=0)  # higher first
    due_at = models.DateTimeField(null=True)
    state = models.CharField(max_length=12, choices=[(one.value, one.value) for one in State], default=State.OPEN)
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, db_index=False, related_name="+")
    deferred_until = models.DateTimeField(null=True)
    created_at = models.DateTimeField()
    changed_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True)
    revision = models.PositiveIntegerField(default=1)  # somebody else's change shows as a higher one

    class Meta:
        db_table = "work_item"
        constraints = [
            # the same thing is never twice in the same queue
            models.UniqueConstraint(
                fields=["queue", "subject_type", "subject_id"],
                name="work_one_active_item",
                condition=models.Q(state__in=["open", "assigned", "deferred"]),
            ),
        ]
        indexes = [
            # pull next, and a queue's list in order
            models.Index(
                fields=["queue", "state", "-priority", "due_at", "id"],
                name="work_next",
                condition=models.Q(state__in=["open", "assigned", "deferred"]),
            ),
            # "mine", in order of due date
            models.Index(
                fields=["owner", "due_at", "id"],
                name="work_mine",
                condition=models.Q(state__in=["assigned", "deferred", "open"], owner__isnull=False),
            ),
            # what comes back now (every minute)
            models.Index(fields=["deferred_until", "id"], name="work_deferred", condition=models.Q(state="deferred")),
            # is anything still open on this subject?
            models.Index(fields=["subject_id", "subject_type"], name="work_by_subject"),
        ]

    def __str__(self) -> str:
        return self.title


class WorkStep(MunimentModel):
    """An item's history: one row a step."""

    placement = Placement.DEPARTMENT
    indelible = True
    witnessed = True

    id = models.UUIDField(primary_key=True, default=uuid7)
    item = models.ForeignKey(WorkItem, on_delete=models.PROTECT, related_name="steps")
    at = models.DateTimeField()
    step = models.CharField(max_length=12)
    actor_id = models.UUIDField(null=True)
    actor_name = models.CharField(max_length=200)
    owner_id = models.UUIDField(null=True)  # who has it after this step
    reason = models.CharField(max_length=400, blank=True)

    class Meta:
        db_table = "work_step"


class Tally(MunimentModel):
    """Finished items per person, day and queue: the productivity counter."""

    placement = Placement.DEPARTMENT

    id = models.BigAutoField(primary_key=True)
    day = models.DateField()
    actor_id = models.UUIDField()
    queue = models.ForeignKey(Queue, on_delete=models.PROTECT, db_index=False)
    completed = models.PositiveIntegerField(default=0)
    deferred = models.PositiveIntegerField(default=0)

    class Meta:
        db_table = "work_tally"
        constraints = [models.UniqueConstraint(fields=["actor_id", "day", "queue"], name="work_tally_one_row")]
