"""Holding the rows that may change against the events that changed them last (ADR 0016).

Each change of a ``witnessed`` table seals with its event how the row stands afterwards. Whoever changes, adds or carries off a row
past the actions can't seal an event, so the row is not what its last event says.
"""

from __future__ import annotations

from collections.abc import Iterator

from django.db import connection

from muniment.core.actions import STANDS
from muniment.core.models import MunimentModel, witnessed_models
from muniment.core.standing import fields_of, said_in

# one statement a table: the row and its last event are read in the same instant. The sort lies on the server's disk.
_HELD = """
SELECT last.key, last.said, last.event_id, row.id, {columns}
FROM (SELECT DISTINCT ON (one.key) one.key, one.said, event.id AS event_id
      FROM audit_event AS event CROSS JOIN LATERAL jsonb_each_text(event.after->%s->%s) AS one (key, said)
      ORDER BY one.key, split_part(one.said, ':', 1)::bigint DESC, event.id DESC) AS last
FULL JOIN "{table}" AS row ON row.id::text = last.key
"""


def rows_astray(count: list[int]) -> Iterator[str]:
    """A sentence for each row that does not stand as its last event says. ``count[0]`` grows by the rows that were read."""
    for model in witnessed_models():
        yield from _astray(model, count)


def _astray(model: type[MunimentModel], count: list[int]) -> Iterator[str]:
    table = model._meta.db_table
    columns = ", ".join(f'row."{one.column}"' for one in fields_of(model))
    with connection.chunked_cursor() as cursor:
        cursor.execute(_HELD.format(columns=columns, table=table), [STANDS, table])
        for key, said, event_id, present, *values in cursor:
            count[0] += 1
            if present is None:
                yield f"{table}: row {key} is gone; event {event_id} left it there."
            elif said is None:
                yield f"{table}: row {present} was made by no event."
            elif said_in(model, values) != said:
                yield f"{table}: row {key} is not as event {event_id} left it."
