"""With the application's database password one may write the index and add versions: the record's verification names each."""

from __future__ import annotations

import hashlib
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection, connections

from muniment.record.verify import verify
from support.charts import add_patient, add_stay, client_of, condition, document, file, file_note, new_version
from support.house import build_house

pytestmark = pytest.mark.forges


@pytest.fixture
def stay(house: Any) -> Any:
    return add_stay(add_patient(house.hospital), house.hospital)


@pytest.fixture
def entry(stay: Any) -> Any:
    """A note in two versions, the second of them unsigned; beside it something signed and something in one event with others."""
    note = file_note(stay)
    file(stay, new_version(document("Corrected."), stay, entry_id=note, text="Corrected."))
    file_note(stay, title="Signed note", signed_by_source="Ines Moreau, MD")
    file(stay, new_version(condition(), stay), new_version(condition("Asthma", "J45"), stay))
    return note


def run(sql: str, *values: object) -> None:
    with connection.cursor() as cursor:
        cursor.execute(sql, values)


def test_the_index_is_rebuilt_as_it_was_signatures_and_lost_rows_included(stay: Any, entry: Any) -> None:
    from muniment.record import actions
    from muniment.record.models import Entry
    from support.house import system_actor

    names = [one.attname for one in Entry._meta.concrete_fields]
    before = list(Entry.objects.order_by("entry_id").values_list(*names))
    run("UPDATE record_entry SET signed_at = now(), number = 1, occurred_at = NULL, encounter_id = NULL")
    run("UPDATE record_entry SET patient_id = gen_random_uuid() WHERE entry_id = %s", entry)
    assert actions.rebuild(actor=system_actor(), patient_id=stay.patient_id) == len(before)
    assert list(Entry.objects.filter(patient_id=stay.patient_id).order_by("entry_id").values_list(*names)) == before
    assert any("which was never filed" in fault for fault in verify().faults)  # the row that was carried off stays to be named


def test_what_was_filed_through_the_door_agrees(entry: Any) -> None:
    assert verify().faults == []


@pytest.mark.parametrize(
    ("forgery", "says"),
    [
        ("UPDATE record_entry SET number = 1 WHERE entry_id = %s", "as its last version says"),
        (
            "UPDATE record_entry SET pending_since = now() WHERE entry_id = %s",
            "as pending since another time than its versions say",
        ),
        ("UPDATE record_entry SET retracted = true WHERE entry_id = %s", "as its last version says"),
        ("UPDATE record_entry SET author_id = gen_random_uuid() WHERE entry_id = %s", "as its last version says"),
        ("UPDATE record_entry SET encounter_id = NULL WHERE entry_id = %s", "as its last version says"),
        ("UPDATE record_entry SET label = 'Other' WHERE entry_id = %s", "as its last version says: label"),
        ("UPDATE record_entry SET facility_id = NULL WHERE entry_id = %s", "as its last version says: facility_id"),
        ("UPDATE record_entry SET media_type = 'x', keys = '{}' WHERE entry_id = %s", "last version says: media_type, keys"),
        ("UPDATE record_entry SET author_name = 'x' WHERE entry_id = %s", "as its last version says: author_name"),
        ("UPDATE record_entry SET sha256 = '\\x00' WHERE entry_id = %s", "as its last version says"),
        ("UPDATE record_entry SET entry_id = gen_random_uuid() WHERE entry_id = %s", "the index does not list it"),
        ("UPDATE record_entry SET entry_id = gen_random_uuid() WHERE entry_id = %s", "which was never filed"),
        ("UPDATE record_entry SET signed_at = now() WHERE entry_id = %s", "as signed, its signatures say otherwise"),
        ("UPDATE record_entry SET closed_at = now() WHERE entry_id = %s", "as closed, its closures say otherwise"),
        ("UPDATE record_entry SET signed_at = NULL WHERE %s::uuid IS NOT NULL", "as unsigned, its signatures say otherwise"),
    ],
)
def test_each_change_of_the_index_is_named(entry: Any, forgery: str, says: str) -> None:
    run(forgery, entry)
    assert any(says in fault for fault in verify().faults)


@pytest.mark.parametrize(
    ("event", "says"),
    [("event_id", "says otherwise of what was filed"), ("gen_random_uuid()", "which is not in the audit trail")],
)
def test_a_version_put_in_by_hand_is_named_though_its_hash_is_right(entry: Any, event: str, says: str) -> None:
    content = '{"resourceType":"DocumentReference","status":"current"}'
    run(
        "INSERT INTO record_version (patient_id, entry_id, number, resource_type, kind, content, sha256, recorded_at, reason, event_id,"
        " author_name, source_key, media_type, origin)"
        f" SELECT patient_id, %s, 1, resource_type, kind, %s, %s, recorded_at, '', {event}, '', '', '', '' FROM record_version"
        " WHERE entry_id = %s AND number = 1",
        uuid4(), content, hashlib.sha256(content.encode()).digest(), entry,
    )  # fmt: skip
    assert any(says in fault for fault in verify().faults)


FACTS = (
    "kind = 'retraction'", "author_id = gen_random_uuid()", "author_name = 'x'", "encounter_id = NULL", "facility_id = NULL",
    "document_sha256 = NULL", "text_sha256 = NULL", "origin = 'x'", "media_type = ''", "source_key = 'x'", "source_id = gen_random_uuid()", "reason = 'x'",
    "recorded_at = recorded_at - interval '1 day'",
)  # fmt: skip


@pytest.fixture(scope="module")
def built(own_database: str) -> Any:
    return build_house()


def test_each_fact_of_a_version_is_bound_to_the_event_that_filed_it(built: Any) -> None:
    """Whoever may take the triggers down still does not have the key that the event is sealed with."""
    hospital = built.hospital
    stay = add_stay(add_patient(hospital), hospital)
    notes = [file_note(stay) for _ in FACTS]
    assert verify().faults == []
    with connections["owner"].cursor() as cursor:
        cursor.execute("ALTER TABLE record_version DISABLE TRIGGER USER")
    for count, (note, change) in enumerate(zip(notes, FACTS, strict=True), 1):
        with connections["owner"].cursor() as cursor:
            cursor.execute(f"UPDATE record_version SET {change} WHERE entry_id = %s", [note])
        assert sum("which says otherwise of what was filed" in fault for fault in verify().faults) == count, change


def test_a_document_marked_as_signed_by_hand_is_not_shown_as_signed(house: Any, stay: Any, entry: Any) -> None:
    run("UPDATE record_entry SET signed_at = now() WHERE entry_id = %s", entry)
    shown = client_of(house, "coder").get(f"/charts/{stay.id}/documents/{entry}/").context["document"]
    assert shown.state == "Signature does not verify"


def test_an_earlier_version_keeps_its_own_author_and_time(house: Any, stay: Any) -> None:
    from muniment.accounts import actions
    from support.house import system_actor

    said = [("urn:npi", "1234567893")]
    moreau = actions.list_practitioner(actor=system_actor(), family="Moreau", given="Ines", identifiers=said)
    note = file(stay, new_version(document(), stay, text="First.", author_id=moreau.id))[0]
    second = document("Second.", date="2026-03-09T10:00:00Z")
    file(stay, new_version(second, stay, entry_id=note, text="Second.", author="Noor Haddad, MD"))
    page = client_of(house, "coder").get(f"/charts/{stay.id}/documents/{note}/?version=1").context["document"]
    assert "Moreau" in page.author
    assert page.when.startswith("3 Mar 2026")
    now = client_of(house, "coder").get(f"/charts/{stay.id}/documents/{note}/").context["document"]
    assert (now.author, now.when[:10]) == ("Noor Haddad, MD", "9 Mar 2026")


CLOSED = (
    "event_id = gen_random_uuid()", "reason = 'x'", "number = 1", "closed_by_id = gen_random_uuid()", "closed_at = now()",
    "entry_id = gen_random_uuid()",
)  # fmt: skip


def test_a_closure_is_held_against_its_event(built: Any) -> None:
    from muniment.record import actions

    stay = add_stay(add_patient(built.hospital, number="0099"), built.hospital, number="V99")
    notes = [file_note(stay) for _ in CLOSED]
    for note in notes:
        file(stay, new_version(document("Corrected."), stay, entry_id=note, text="Corrected."))
        actions.close(actor=built.actor("administrator"), patient_id=stay.patient_id, entry_id=note, number=2, reason="Left.")
    with connections["owner"].cursor() as cursor:
        cursor.execute("ALTER TABLE record_closure DISABLE TRIGGER USER")
    assert not any("administrative closure" in fault for fault in verify().faults)
    for count, (note, change) in enumerate(zip(notes, CLOSED, strict=True), 1):
        with connections["owner"].cursor() as cursor:
            cursor.execute(f"UPDATE record_closure SET {change} WHERE entry_id = %s", [note])
        assert sum("administrative closure" in fault for fault in verify().faults) == count, change
