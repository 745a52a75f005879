"""The demo hospital as its systems would send it, in order of time; and the codes its coders are expected to find."""

from __future__ import annotations

import heapq
from collections.abc import Iterator
from datetime import datetime, timedelta
from functools import lru_cache

from muniment.demo.ccda import ENTERPRISE_ROOT
from muniment.demo.course import case_of, course
from muniment.demo.organisation import DEFAULT_AS_OF, FACILITIES, ORGANISATION_CODE
from muniment.demo.story import Gold
from muniment.demo.story import gold as gold_of
from muniment.demo.strays import strays
from muniment.demo.timeline import Plan, make_plan
from muniment.demo.writer import Sent

SEED = 7
# A pre-admission may be sent this long before the stay begins; nothing comes earlier.
_AHEAD = timedelta(days=22)


@lru_cache(maxsize=2)
def plan_of(seed: int, persons: int, encounters: int, as_of: datetime) -> Plan:
    return make_plan(seed, persons, encounters, as_of)


def messages(seed: int = SEED, persons: int = 2000, encounters: int = 6000, as_of: datetime = DEFAULT_AS_OF) -> Iterator[Sent]:
    """Everything sent in the eighteen months up to ``as_of`` (an aware time), oldest first.

    Memory holds the messages of about three weeks, not of the whole span. Raises ValueError for an ``as_of`` without an offset.
    """
    if as_of.tzinfo is None:
        raise ValueError("as_of needs an offset")
    plan = plan_of(seed, persons, encounters, as_of)
    return heapq.merge(_stays(seed, plan), strays(seed, plan), key=lambda sent: (sent.sent_at, sent.name))


def _stays(seed: int, plan: Plan) -> Iterator[Sent]:
    waiting: list[tuple[datetime, str, Sent]] = []
    for stay in plan.stays:
        while waiting and waiting[0][0] < stay.start - _AHEAD:
            yield heapq.heappop(waiting)[2]
        for sent in course(seed, stay, plan.as_of):
            heapq.heappush(waiting, (sent.sent_at, sent.name, sent))
    while waiting:
        yield heapq.heappop(waiting)[2]


def gold(seed: int = SEED, persons: int = 2000, encounters: int = 6000, as_of: datetime = DEFAULT_AS_OF) -> dict[str, Gold]:
    """The expected final codes by visit number, for every stay that has ended by ``as_of``."""
    plan = plan_of(seed, persons, encounters, as_of)
    return {stay.visit: gold_of(case_of(seed, stay)) for stay in plan.stays if stay.end <= plan.as_of}


def assigners() -> dict[str, str]:
    """Every spelling of an assigner that the messages use (namespace, OID, URI) → its namespace, so that identity sees one."""
    pairs = [(facility.code, facility.root) for facility in FACILITIES] + [(ORGANISATION_CODE, ENTERPRISE_ROOT)]
    return {spelling: code for code, root in pairs for spelling in (code, root, f"urn:oid:{root}")}
