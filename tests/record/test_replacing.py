"""A document that a newer one replaces: its reader is told and led to the newer, which stands in its place; the older is kept."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from muniment.kernel.fhir.canonical import decode
from muniment.record.models import Version
from muniment.record.replacing import replacing
from muniment.record.rules import VersionKind
from support.charts import BEGUN, add_patient, add_stay, client_of, document, file, file_note, new_version
from support.house import system_actor

NOTICE = "A newer version of this document stands in the chart."


@pytest.fixture
def stay(house: Any) -> Any:
    return add_stay(add_patient(house.hospital), house.hospital)


def newer(stay: Any, old: Any, *, days: int = 1, **more: Any) -> Any:
    """A document that says it replaces ``old``: an entry, or an identifier."""
    target = {"identifier": old} if isinstance(old, dict) else {"reference": f"DocumentReference/{old}"}
    said = document("Amended text.", at=BEGUN + timedelta(days=days), relatesTo=[{"code": "replaces", "target": target}])
    return file(stay, new_version(said, stay, text="Amended text.", **more))[0]


def retract(stay: Any, entry: Any) -> None:
    content = decode(Version.objects.get(entry_id=entry, number=1).content.encode()) | {"status": "entered-in-error"}
    file(stay, new_version(content, stay, entry_id=entry, kind=VersionKind.RETRACTION, reason="Failed its check."))


def newest(stay: Any) -> dict[Any, Any]:
    found = replacing(system_actor(), [stay.patient_id]).newest
    return {old: last.entry_id for old, last in found.items()}


def read(house: Any, stay: Any, entry: Any, tail: str = "") -> str:
    return client_of(house, "technician").get(f"/charts/{stay.id}/documents/{entry}/{tail}").content.decode()


def test_the_reader_of_the_older_is_led_to_the_newer_and_back(house: Any, stay: Any) -> None:
    old = file_note(stay)
    assert NOTICE not in read(house, stay, old)
    new = newer(stay, old)
    shown = read(house, stay, old)
    assert NOTICE in shown
    assert f'href="/charts/{stay.id}/documents/{new}/"' in shown
    other = read(house, stay, new)
    assert NOTICE not in other
    assert "This document replaces an older one, which is kept." in other
    assert f'href="/charts/{stay.id}/documents/{old}/"' in other
    assert len(Version.objects.filter(entry_id=old)) == 1  # nothing was written into it


def test_the_newer_stands_in_its_place_and_the_older_beneath_it(house: Any, stay: Any) -> None:
    old = file_note(stay, at=BEGUN + timedelta(days=3))
    between = file_note(stay, "Between.", at=BEGUN + timedelta(days=2))
    new = newer(stay, old, days=1)
    client = client_of(house, "technician")
    (group,) = client.get(f"/charts/{stay.id}/").context["groups"]
    assert [(one.entry_id, one.replaced) for one in group.lines] == [(between, False), (new, False), (old, True)]
    assert group.lines[2].state == "Replaced by a newer version"
    lines = client.get(f"/charts/{stay.id}/?tab=timeline").context["lines"]
    assert [one.entry_id for one in lines if one.replaced] == [old]


def test_of_several_versions_the_last_is_shown(house: Any, stay: Any) -> None:
    first = file_note(stay)
    second = newer(stay, first)
    third = newer(stay, second, days=2)
    assert newest(stay) == {first: third, second: third}
    assert f"/documents/{third}/" in read(house, stay, first)


def test_a_newer_that_is_retracted_replaces_nothing(house: Any, stay: Any) -> None:
    old = file_note(stay)
    retract(stay, newer(stay, old))
    assert newest(stay) == {}
    assert NOTICE not in read(house, stay, old)


def test_a_source_that_names_the_older_by_its_number_is_understood(stay: Any) -> None:
    number = {"system": "urn:oid:1.2.3", "value": "D-1"}
    old = file(stay, new_version(document(identifier=[number]), stay))[0]
    new = newer(stay, number)
    assert newest(stay) == {old: new}
    assert replacing(system_actor(), [stay.patient_id]).older[new][0].entry_id == old


def test_a_number_without_its_assigner_names_nothing(stay: Any) -> None:
    file(stay, new_version(document(identifier=[{"value": "D-1"}]), stay))
    newer(stay, {"value": "D-1"})
    assert newest(stay) == {}


def test_others_records_replace_none_of_ours(stay: Any) -> None:
    old = file_note(stay)
    newer(stay, old, origin="Mercy Hospital")
    assert newest(stay) == {}


def test_a_circle_leaves_both_standing(stay: Any) -> None:
    number = {"system": "urn:oid:1.2.3", "value": "D-1"}
    target = {"code": "replaces", "target": {"identifier": {"system": "urn:oid:1.2.3", "value": "D-2"}}}
    first = file(stay, new_version(document(identifier=[number], relatesTo=[target]), stay))[0]
    back = document(
        identifier=[{"system": "urn:oid:1.2.3", "value": "D-2"}],
        relatesTo=[{"code": "replaces", "target": {"identifier": number}}],
    )
    second = file(stay, new_version(back, stay))[0]
    assert newest(stay) == {}
    assert first != second


def test_the_newer_of_another_stay_is_opened_in_the_persons_chart(house: Any, stay: Any) -> None:
    old = file_note(stay)
    later = add_stay(stay.patient, house.hospital, number="V200")
    new = newer(later, old)
    assert f'href="/charts/{stay.id}/documents/{new}/?scope=person"' in read(house, stay, old)
    (group,) = client_of(house, "technician").get(f"/charts/{stay.id}/").context["groups"]
    assert [(one.entry_id, one.replaced) for one in group.lines] == [(old, True)]
