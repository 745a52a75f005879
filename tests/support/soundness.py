"""What must hold of the record after any crash."""

from __future__ import annotations

from collections import Counter

from support.messages import Message


def assert_sound(messages: list[Message], acknowledged: set[str]) -> None:
    """Everything acknowledged is filed exactly once, nothing is half-filed, chain and record verify."""
    from muniment.audit.verify import verify as verify_chain
    from muniment.intake.models import Input
    from muniment.record.models import Version
    from muniment.record.verify import verify as verify_record

    wanted = {one.control_id: one for one in messages}
    rows = list(Input.objects.filter(control_id__in=wanted))
    times = Counter(row.control_id for row in rows)
    assert acknowledged <= times.keys(), sorted(acknowledged - times.keys())
    assert set(times.values()) <= {1}, [name for name, count in times.items() if count > 1]
    assert {row.status for row in rows} <= {"filed"}, [(row.control_id, row.reason) for row in rows if row.status != "filed"]
    filed = Counter(Version.objects.filter(source_id__in=[row.id for row in rows]).values_list("source_id", flat=True))
    for row in rows:
        assert (row.entries, filed[row.id]) == (wanted[row.control_id].entries,) * 2, row.control_id
    orphans = set(Version.objects.values_list("source_id", flat=True)) - set(Input.objects.values_list("id", flat=True))
    assert not orphans
    chain, record = verify_chain(), verify_record()
    assert chain.sound, chain.breaks
    assert record.faults == []
