"""Reads of the trail: one thing's history, one row beside its predecessor, how far the lanes have grown."""

from __future__ import annotations

from muniment.audit.models import LifecycleEvent


def history_of(subject_type: str, subject_id: str, *, limit: int = 200) -> list[LifecycleEvent]:
    """What happened to one thing, newest first."""
    found = LifecycleEvent.objects.filter(subject_type=subject_type, subject_id=subject_id)
    return list(found.order_by("-at", "-id")[:limit])
