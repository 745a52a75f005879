"""Reading a document: its text, versions, signatures that verify, provenance, its original bytes; each view leaves an event."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import pytest

from support.charts import NOTE, add_patient, add_stay, client_of, condition, document, file, file_note, new_version
from support.queries import EVENT, GOODBYE, SIGNED_IN, asked

QUERIES = [
    *SIGNED_IN,
    "SELECT encounters_encounter",  # the stay
    "SELECT accounts_facility",  # whose numbers may be read
    "SELECT identity_identifier",  # its patient's numbers
    "SELECT record_entry",  # the entry
    "SELECT record_version",  # the version that is read
    "SELECT record_blob",  # the media type
    "SELECT record_blob",  # the bytes
    "SELECT record_signature",
    "SELECT record_version",  # whether a newer document replaces it
    "SELECT record_version",  # the versions, without content
    *EVENT,
    *GOODBYE,
]
PDF = b"%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF"


@pytest.fixture
def stay(house: Any) -> Any:
    return add_stay(add_patient(house.hospital), house.hospital)


def address(stay: Any, entry: Any, tail: str = "") -> str:
    return f"/charts/{stay.id}/documents/{entry}/{tail}"


def test_text_is_read_with_its_headings(house: Any, stay: Any) -> None:
    body = client_of(house, "coder").get(address(stay, file_note(stay))).content.decode()
    assert "<h3>ASSESSMENT AND PLAN</h3>" in body
    assert "Ines Moreau, MD" in body
    assert 'aria-label="Patient Okonjo, Ada"' in body


def test_html_of_others_comes_without_its_script(house: Any, stay: Any) -> None:
    source = (
        b"<h2>Plan</h2><script>alert(1)</script><p onclick='x()'>Rest <img src='http://x/y'></p><a href='javascript:1'>go</a>"
    )
    entry = file(stay, new_version(document(), stay, document=source, media_type="text/html"))[0]
    page = client_of(house, "coder").get(address(stay, entry)).context["document"].html
    assert page == "<h2>Plan</h2><p>Rest </p><a>go</a>"


def test_an_unknown_type_is_offered_for_download(house: Any, stay: Any) -> None:
    entry = file(stay, new_version(document(), stay, document=b"\x00\x01binary", media_type="application/x-dental"))[0]
    client = client_of(house, "coder")
    assert "can&#x27;t be shown here" in client.get(address(stay, entry)).content.decode()
    answer = client.get(address(stay, entry, "original?download=1"))
    assert answer.content == b"\x00\x01binary"
    assert answer["Content-Type"] == "application/octet-stream"
    assert answer["Content-Disposition"].startswith("attachment")
    assert "sandbox" in answer["Content-Security-Policy"]


def test_a_registered_renderer_reads_its_type(house: Any, stay: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    from muniment.record import viewers

    monkeypatch.setattr(viewers, "_renderers", {})
    viewers.register("application/x-chant", lambda content: viewers.Rendered(html="<p>Sung.</p>", text="Sung."))
    entry = file(stay, new_version(document(), stay, document=b"~", media_type="application/x-chant; v=1"))[0]
    assert "<p>Sung.</p>" in client_of(house, "coder").get(address(stay, entry)).content.decode()


@pytest.mark.parametrize(("media_type", "element"), [("application/pdf", "<iframe"), ("image/png", "<img")])
def test_pdf_and_images_are_shown_from_our_own_origin(house: Any, stay: Any, media_type: str, element: str) -> None:
    entry = file(stay, new_version(document(), stay, document=PDF, media_type=media_type))[0]
    client = client_of(house, "coder")
    assert element in client.get(address(stay, entry)).content.decode()
    answer = client.get(address(stay, entry, "original"))
    assert answer["Content-Type"] == media_type
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["X-Frame-Options"] == "SAMEORIGIN"
    assert "default-src 'none'" in answer["Content-Security-Policy"]


def test_any_version_can_be_read_and_two_compared(house: Any, stay: Any) -> None:
    entry = file_note(stay)
    newer = NOTE.replace("systolic", "diastolic") + "\nFollow up in one week."
    file(stay, new_version(document(newer), stay, entry_id=entry, text=newer, reason="Corrected by the author"))
    client = client_of(house, "coder")
    assert "diastolic" in client.get(address(stay, entry)).content.decode()
    old = client.get(address(stay, entry, "?version=1")).content.decode()
    assert "This is version 1; the current one is 2." in old
    assert "systolic heart failure" in old
    compared = client.get(address(stay, entry, "compare?older=1&newer=2")).content.decode()
    assert "<del>systolic</del>" in compared
    assert "<ins>diastolic</ins>" in compared
    assert "<ins>Follow up in one week.</ins>" in compared
    assert "2 lines differ" in compared


@pytest.mark.parametrize("tail", ["?version=9", "?version=x", "?version=-1", "compare?older=9&newer=1"])
def test_a_version_that_is_not_there_is_refused(house: Any, stay: Any, tail: str) -> None:
    answer = client_of(house, "coder").get(address(stay, file_note(stay), tail))
    assert answer.status_code == 403
    assert "no such version" in answer.content.decode()


def test_a_signature_shows_name_credential_meaning_zone_and_that_it_verifies(house: Any, stay: Any) -> None:
    from muniment.record import actions
    from muniment.record.rules import Meaning

    entry = file_note(stay)
    actions.sign(
        actor=house.actor("clinician"), patient_id=stay.patient_id, entry_id=entry, number=1, meaning=Meaning.AUTHOR,
        printed_name="Ines Moreau", credential="MD", zone="America/New_York",
    )  # fmt: skip
    body = client_of(house, "coder").get(address(stay, entry)).content.decode()
    beneath = body[body.index("<h3>Signatures</h3>") :]
    assert "<strong>Ines Moreau, MD</strong>, author" in beneath
    assert "America/New_York" in beneath
    assert "Verified" in beneath


def test_a_seal_that_another_key_made_does_not_verify(house: Any, stay: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    from muniment.core import keys

    entry = file_note(stay, signed_by_source="Ines Moreau, MD")
    client = client_of(house, "coder")
    assert "Does not verify" not in client.get(address(stay, entry)).content.decode()
    true_key = keys.named
    monkeypatch.setattr(keys, "named", lambda name: b"0" * 32 if name == "signatures" else true_key(name))
    assert "Does not verify" in client.get(address(stay, entry)).content.decode()


def test_an_entry_without_bytes_shows_its_facts_and_its_json(house: Any, stay: Any) -> None:
    entry = file(stay, new_version(condition(), stay))[0]
    body = client_of(house, "coder").get(address(stay, entry, "?tab=coded")).content.decode()
    assert "I50.9" in body
    assert "&quot;resourceType&quot;: &quot;Condition&quot;" in body


def test_htmx_gets_the_pane_and_history_the_page(house: Any, stay: Any) -> None:
    client, url = client_of(house, "coder"), address(stay, file_note(stay))
    assert "<html" not in client.get(url, headers={"HX-Request": "true"}).content.decode()
    restored = client.get(url, headers={"HX-Request": "true", "HX-History-Restore-Request": "true"})
    assert "<html" in restored.content.decode()


def test_every_view_and_download_leaves_an_event(house: Any, stay: Any) -> None:
    from muniment.audit.models import LifecycleEvent

    entry, client = file_note(stay), client_of(house, "coder")
    client.get(address(stay, entry))
    client.get(address(stay, entry, "original?download=1"))
    client.get(address(stay, entry, "compare"))
    events = LifecycleEvent.objects.filter(name="record.view", subject_id=str(entry)).order_by("at")
    assert [one.after["shown"] for one in events] == [
        "version 1",
        "original of version 1, downloaded",
        "versions 1 and 1 compared",
    ]
    assert {one.lifecycle for one in events} == {"access"}


@pytest.mark.parametrize("tail", ["", "original", "compare"])
def test_other_facilities_documents_and_none_are_refused_alike(house: Any, stay: Any, tail: str) -> None:
    theirs = add_stay(add_patient(house.clinic, number="77"), house.clinic, number="C1")
    entry, client = file_note(theirs), client_of(house, "coder")
    answers = [
        client.get(address(theirs, entry, tail)),
        client.get(address(stay, entry, tail)),
        client.get(address(stay, uuid4(), tail)),
    ]
    assert [one.status_code for one in answers] == [403, 403, 403]
    told = [one.content.decode().partition("<main")[2].partition("</main>")[0] for one in answers]
    assert told[1] == told[2] != ""


@pytest.mark.parametrize("role", ["researcher", "database-administrator"])
@pytest.mark.parametrize("tail", ["", "original", "compare"])
def test_roles_without_the_record_are_refused(house: Any, stay: Any, role: str, tail: str) -> None:
    assert client_of(house, role).get(address(stay, file_note(stay), tail)).status_code == 403


def test_the_pane_takes_these_queries(house: Any, stay: Any) -> None:
    client, url = client_of(house, "coder"), address(stay, file_note(stay))
    assert asked(lambda: client.get(url, headers={"HX-Request": "true"})) == QUERIES
