"""How the database answers: which indexes a statement reads, where reading the whole table is ruled out."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from django.db import connection
from django.db.models import QuerySet


def indexes_of(found: QuerySet[Any, Any]) -> set[str]:
    """The indexes by which the rows are found. One that only holds them in order, or only tells facilities apart, is none of these."""
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
    plan = json.loads(found.explain(format="json"))[0]["Plan"]
    return {node["Index Name"] for node in _nodes(plan) if "Index Cond" in node}


def _nodes(plan: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield plan
    for one in plan.get("Plans", ()):
        yield from _nodes(one)
