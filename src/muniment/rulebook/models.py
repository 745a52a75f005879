"""Rules and their versions: deadlines, required documents, thresholds, with citation and effective interval."""

from __future__ import annotations

from django.conf import settings
from django.db import models

from muniment.core.models import MunimentModel, Placement
from muniment.kernel.ids import uuid7
from muniment.rulebook.rules import SourceKind, Status


class Rule(MunimentModel):
    """A rule's code, under which its versions stand. What it is called and says is theirs."""

    placement = Placement.REFERENCE
    indelible = True

    code = models.CharField(primary_key=True, max_length=100)  # "completion.discharge-summary"

    class Meta:
        db_table = "rulebook_rule"
        ordering = ["code"]

    def __str__(self) -> str:
        return self.code


class RuleVersion(MunimentModel):
    """What a rule says from a day on. What it says never changes; only its steps set its status, end, reader and adopter."""

    placement = Placement.REFERENCE
    witnessed = True
    changing = ("status", "effective_to", "ends", "verified_by_id", "verified_on", "adopted_by_id", "adopted_at")

    id = models.UUIDField(primary_key=True, default=uuid7)
    rule = models.ForeignKey(Rule, on_delete=models.PROTECT, related_name="versions", db_index=False)
    number = models.PositiveIntegerField()
    status = models.CharField(max_length=12, choices=[(one.value, one.value) for one in Status], default=Status.PROPOSED)
    title = models.CharField(max_length=200)
    statement = models.TextField()  # the rule in a sentence, as it is shown
    parameters = models.JSONField(default=dict)
    citation = models.CharField(max_length=300, blank=True)
    source_kind = models.CharField(max_length=20, choices=[(one.value, one.value) for one in SourceKind])
    effective_from = models.DateField()
    effective_to = models.DateField(null=True)  # the first day it no longer governs
    ends = models.JSONField(default=list)  # each end it was given, with the time from which that was known (``rules.with_end``)
    verified_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    verified_on = models.DateField(null=True)  # when its text was held against the primary source
    proposed_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", db_index=False)
    proposed_at = models.DateTimeField()
    adopted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    adopted_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "rulebook_version"
        ordering = ["rule_id", "number"]
        constraints = [
            models.UniqueConstraint(fields=["rule", "number"], name="rule_version_numbered_once"),
            models.CheckConstraint(
                condition=models.Q(adopted_at__isnull=True) | ~models.Q(citation=""), name="rule_adopted_with_citation"
            ),
            models.CheckConstraint(
                condition=models.Q(adopted_by__isnull=True) | ~models.Q(adopted_by=models.F("proposed_by")),
                name="rule_adopted_by_another",
            ),
            models.CheckConstraint(
                condition=models.Q(effective_to__isnull=True) | models.Q(effective_to__gte=models.F("effective_from")),
                name="rule_interval_runs_forward",
            ),
        ]
