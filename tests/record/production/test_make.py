"""A certified production: every page named and numbered, nothing dropped, PDF/A as far as it can be checked here, the same twice."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pikepdf
import pytest
from django.db import connections

from support.charts import document, file, file_note, new_version
from support.house import build_house
from support.productions import (
    a_stay,
    adopt_definition,
    file_bytes,
    full_chart,
    manifest_of,
    pdf_of,
    produce,
    texts_of,
    typeset_pdf,
)


@pytest.fixture
def stay(house: Any) -> Any:
    adopt_definition(house)
    return a_stay(house)


@pytest.fixture
def full(house: Any, stay: Any, folder: Path) -> Any:
    """A production of everything: its row, its PDF, the text of each page, its entries by name."""
    kept = full_chart(stay)
    row = produce(house, stay, trail=True)
    assert row.standing == "ready", row.problem
    path = pdf_of(row, folder)
    return row, path, texts_of(path), kept


def test_every_page_names_patient_facility_and_its_number(full: Any) -> None:
    row, _, texts, _ = full
    assert row.pages == len(texts) > 20
    for number, text in enumerate(texts, 1):
        assert "OKONJO, Ada" in text
        assert "MRN 0042213 (HOSP)" in text
        assert "Test Hospital" in text
        assert f"{row.number} born" in text or row.number in text
        assert f"page {number} of {len(texts)}" in text


def test_title_certificate_and_contents_come_first(full: Any) -> None:
    _, _, texts, _ = full
    assert "Certified copy of the legal health record" in texts[0]
    assert "version 1 of the definition" in texts[0]
    assert "regular course" not in texts[0]
    assert "Custodian’s certificate" in texts[1]
    assert "true and complete copy of the legal health record of OKONJO, Ada" in texts[1]
    assert "Administrator, RHIT" in texts[1]
    assert "Contents" in texts[2]


def test_hostile_text_stands_as_text(full: Any) -> None:
    _, _, texts, _ = full
    page = next(text for text in texts if "= Title #panic() *x*" in text and "= Heading" in text)
    for said in ('#panic("x")', "$x^2$", "*b*", "`raw`", "@ref", "<label>", '#read("/etc/passwd")', "// comment", "[U+0007]"):
        assert said in page
    assert "root:" not in "".join(texts)
    assert "stand as their Unicode number" in texts[1] + texts[2]


def test_contents_lead_to_the_pages_they_name(full: Any) -> None:
    row, path, texts, _ = full
    named = {entry["title"]: entry["versions"][-1].get("pages") for entry in manifest_of(row)["contents"]["entries"]}
    first = named["Consent"][0]
    assert "Scanned consent, signed in ink." in texts[first - 1]
    assert re.search(rf"Consent, 3 Mar 2026[^…]*?{first}\b", texts[2] + texts[3])
    with pikepdf.open(path) as made:
        notes = [note for page in made.pages[:5] for note in page.obj.get("/Annots", [])]
        pages = {page.obj.objgen: place for place, page in enumerate(made.pages, 1)}
        targets = {pages[note.Dest[0].objgen] for note in notes}
        assert first in targets
        assert all("/A" not in note for note in notes)
        with made.open_outline() as outline:
            assert "Discharge summaries" in [item.title for item in outline.root]


def test_earlier_versions_stand_in_full_with_who_when_and_why(full: Any) -> None:
    _, _, texts, _ = full
    body = next(place for place, text in enumerate(texts) if "Second wording." in text)
    appendix = next(place for place, text in enumerate(texts) if "FIRST WORDING of the plan." in text)
    assert appendix > body
    assert "Consultation: version 1, superseded" in texts[appendix]
    changes = next(
        text for text in texts if "List of changes" not in text and "Dose corrected by its author" in text and "Kind" in text
    )
    assert "amendment" in changes
    assert "Wrong patient" in changes


def test_a_retracted_document_is_in_the_appendix_only(full: Any) -> None:
    row, _, texts, _ = full
    where = [place for place, text in enumerate(texts) if "WRITTEN IN ERROR" in text]
    versions = next(place for place, text in enumerate(texts) if "Each earlier version follows in full" in text)
    assert where
    assert min(where) > versions
    assert row.counts["retracted"] == 1


def test_what_cannot_be_set_has_a_page_with_its_hash_and_is_attached(full: Any) -> None:
    row, path, texts, kept = full
    page = next(text for text in texts if "Consent in RTF" in text and "can't be shown" in text.replace("’", "'"))
    entry = next(one for one in manifest_of(row)["contents"]["entries"] if one["entry"] == str(kept["strange"]))
    digest = entry["versions"][0]["document_sha256"]
    assert digest in page.replace("\u200b", "").replace(" ", "")
    assert "locked by a password" in " ".join(texts)
    assert row.counts["not set"] == 2
    with pikepdf.open(path) as made:
        assert made.attachments[f"{digest[:16]}.bin"].get_file().read_bytes() == rb"{\rtf1 words}"
        assert len(made.Root.AF) == 2
        assert {str(one.AFRelationship) for one in made.Root.AF} == {"/Source"}


def test_pages_of_others_keep_their_drawing_or_become_pictures(full: Any) -> None:
    row, path, _, kept = full
    entries = {one["entry"]: one["versions"][0] for one in manifest_of(row)["contents"]["entries"]}
    assert "pages_as_pictures" not in entries[str(kept["typeset"])]
    assert entries[str(kept["plain"])]["pages_as_pictures"] == [1]
    assert entries[str(kept["scripted"])]["pages_as_pictures"] == [1]
    assert len(entries[str(kept["fax"])]["pages"]) == 2
    assert entries[str(kept["fax"])]["pages"][1] - entries[str(kept["fax"])]["pages"][0] == 2
    with pikepdf.open(path) as made:
        wide = made.pages[entries[str(kept["lying"])]["pages"][0] - 1]
        assert wide.mediabox[2] > wide.mediabox[3]


def test_tables_are_decoded(full: Any) -> None:
    _, _, texts, _ = full
    results = next(text for text in texts if "Sodium" in text and "132 mmol/L" in text and "Reference" in text)
    assert "135 to 145" in results
    assert "low" in results
    assert "Furosemide" in " ".join(texts)
    codes = next(text for text in texts if "As published" in text)
    assert "LOINC" in codes
    assert "I50.9" in codes


def test_it_is_pdfa_as_far_as_pikepdf_can_tell(full: Any) -> None:
    _, path, _, _ = full
    with pikepdf.open(path) as made:
        assert made.check_pdf_syntax() == []
        said = made.open_metadata()
        assert (said["pdfaid:part"], said["pdfaid:conformance"]) == ("3", "B")
        assert said.pdfa_status == "3B"
        assert str(made.Root.OutputIntents[0].S) == "/GTS_PDFA1"
        assert not made.is_encrypted
        assert "/ID" in made.trailer
        assert "/OpenAction" not in made.Root
        assert "/AA" not in made.Root
        for kept in made.objects:
            if isinstance(kept, pikepdf.Dictionary | pikepdf.Stream):
                check_pdfa_object(kept)


def check_pdfa_object(kept: Any) -> None:
    assert kept.get("/S") not in ("/JavaScript", "/Launch", "/URI")
    assert "/LZWDecode" not in str(kept.get("/Filter", ""))
    if kept.get("/Type") == "/Font" and kept.get("/Subtype") not in ("/Type0", "/Type3"):
        described = kept.FontDescriptor
        assert any(name in described for name in ("/FontFile", "/FontFile2", "/FontFile3")), kept.get("/BaseFont")
    if kept.get("/Subtype") == "/Image":
        assert not kept.get("/Interpolate", False)
        assert kept.get("/ColorSpace") != "/DeviceCMYK"


def test_signatures_say_whether_their_seal_holds(house: Any, stay: Any, folder: Path) -> None:
    from muniment.record import actions
    from muniment.record.rules import Meaning

    entry = file_note(stay)
    actions.sign(
        actor=house.actor("clinician"), patient_id=stay.patient_id, entry_id=entry, number=1, meaning=Meaning.ATTEST,
        printed_name="Karen Smith", credential="MD", zone="America/New_York",
    )  # fmt: skip
    texts = texts_of(pdf_of(produce(house, stay), folder))
    page = next(text for text in texts if "Signer and credential" in text)
    assert "Karen Smith, MD" in page
    assert "attest (author: Ines Moreau, MD)" in page
    assert "holds" in page
    assert re.search(r"E[SD]T", page)


def test_the_trail_says_what_was_seen_and_only_where_it_is_asked_for(house: Any, stay: Any, folder: Path) -> None:
    from muniment.record import actions

    entry = file_note(stay)
    actions.note_view(
        actor=house.actor("coder"), patient_id=stay.patient_id, subject=("entry", str(entry)), shown="version 1",
        facility_id=stay.facility_id,
    )  # fmt: skip
    without = " ".join(texts_of(pdf_of(produce(house, stay), folder)))
    assert "Who saw and did what" not in without
    texts = texts_of(pdf_of(produce(house, stay, trail=True), folder))
    trail = " ".join(text for text in texts[3:] if "Who saw and did what" in text)
    assert "record.view" in trail
    assert "version 1" in trail
    assert "Test Coder, RHIT" in trail


def test_as_of_a_time_shows_what_stood_then(house: Any, stay: Any, folder: Path) -> None:
    entry = file_note(stay, "FIRST WORDING.")
    between = datetime.now(UTC)
    file(stay, new_version(document("Second wording."), stay, entry_id=entry, text="Second wording."))
    later = file_note(stay, "Came afterwards.", title="Progress note", code="11506-3")
    row = produce(house, stay, as_of=between)
    text = " ".join(texts_of(pdf_of(row, folder)))
    assert "FIRST WORDING." in text
    assert "Second wording." not in text
    assert "Came afterwards." not in text
    listed = {one["entry"] for one in manifest_of(row)["contents"]["entries"]}
    assert str(later) not in listed


def test_as_of_a_time_it_carries_the_name_and_numbers_of_then(house: Any, stay: Any, folder: Path) -> None:
    from muniment.identity import actions as identity
    from muniment.identity.statements import Demographics
    from support.house import system_actor

    file_note(stay)
    between = datetime.now(UTC)
    married = Demographics(names=({"family": "Brandt", "given": ["Ada"]},), birth="1943-03-15")
    more = [identity.Number("OTHER", "777-1", "MR")]
    identity.update(actor=system_actor(), patient_id=stay.patient_id, said=married, numbers=more)
    then, now = (texts_of(pdf_of(produce(house, stay, as_of=at), folder)) for at in (between, None))
    assert all("OKONJO, Ada" in text and "BRANDT" not in text for text in then[1:])
    assert "Known today as BRANDT, Ada, born 15 Mar 1943" in then[0]
    assert "777-1" not in " ".join(then)
    assert "which records are this person’s, is given as it was known on" in " ".join(then)
    assert all("BRANDT, Ada" in text for text in now)
    assert "777-1" in now[0]
    assert "Known today as" not in now[0]
    assert "is given as it was known on" not in " ".join(now)


def test_part_2_records_left_out_are_not_betrayed_by_saying_so(house: Any, stay: Any, folder: Path) -> None:
    """42 CFR 2.13(c)(2): no answer reveals that somebody was treated for substance use."""
    file_note(stay)
    file(stay, new_version(document("Group session.", title="Counselling", code="part-2-record"), stay, text="Group session."))
    row = produce(house, stay)
    said = " ".join(texts_of(pdf_of(row, folder))) + str(manifest_of(row)["contents"]["left_out"])
    assert "types kept apart" in said
    for word in ("Part 2", "part 2", "ubstance", "Counselling"):
        assert word not in said
    held = " ".join(texts_of(pdf_of(produce(house, stay, part2=True), folder)))
    assert "42 CFR part 2 prohibits unauthorized use or disclosure of these records." in held


def test_the_same_order_gives_the_same_contents_and_the_same_row_the_same_bytes(house: Any, stay: Any, folder: Path) -> None:
    from muniment.record.models import Production
    from muniment.record.production.dossier import gather
    from muniment.record.production.make import make

    full_chart(stay)
    at = datetime.now(UTC)
    one, other = produce(house, stay, as_of=at), produce(house, stay, as_of=at)
    assert one.contents_sha256 == other.contents_sha256
    assert one.number != other.number
    again = folder / "again"
    again.mkdir()
    made = make(gather(Production.objects.get(id=one.id)), again, lambda done, total: None)
    assert made.pdf_sha256 == bytes(one.pdf_sha256)


@pytest.mark.forges
def test_a_tampered_version_is_said_to_be_one(own_database: str, folder: Path) -> None:
    """Whoever takes the triggers down and changes a byte: the certificate and the hash manifest say so."""
    house = build_house()
    adopt_definition(house)
    stay = a_stay(house)
    entry = file_note(stay)
    with connections["owner"].cursor() as cursor:
        cursor.execute("ALTER TABLE record_version DISABLE TRIGGER USER")
        cursor.execute(
            "UPDATE record_version SET content = replace(content, 'current', 'Current') WHERE entry_id = %s", [entry]
        )
    row = produce(house, stay)
    text = " ".join(texts_of(pdf_of(row, folder)))
    assert row.counts["faults"] == 1
    assert "do NOT have the digest" in text
    assert "DOES NOT MATCH WHAT IS KEPT" in text


def test_nothing_is_left_in_the_scratch_folder(
    house: Any, stay: Any, monkeypatch: pytest.MonkeyPatch, settings: Any, folder: Path
) -> None:
    from muniment.record.production import make, scratch

    settings.DATA = folder
    file_note(stay)
    assert produce(house, stay).standing == "ready"
    assert list(scratch.place().iterdir()) == []
    monkeypatch.setattr(make, "_tally", lambda work: 1 / 0)
    row = produce(house, stay)
    assert row.standing == "failed"
    assert "ZeroDivisionError" in row.problem
    assert list(scratch.place().iterdir()) == []


def test_a_damaged_document_is_named_and_the_rest_is_produced(house: Any, stay: Any, folder: Path) -> None:
    from muniment.record import blobs
    from muniment.record.models import Version

    entry = file_bytes(stay, b"%PDF-1.7 broken", "application/pdf", title="Broken consent")
    big = file_bytes(stay, b"text " * 20_000, "text/plain", title="Long consent")
    digest = bytes(Version.objects.get(entry_id=big).document_sha256)
    blobs.path_of(digest).write_bytes(b"spoilt")
    row = produce(house, stay)
    text = " ".join(texts_of(pdf_of(row, folder)))
    assert "This PDF is damaged and can't be opened." in text.replace("’", "'")
    assert "The stored bytes of this document are damaged." in text
    assert {str(entry), str(big)} <= {one["entry"] for one in manifest_of(row)["contents"]["entries"]}
    assert row.counts["not set"] == 2


def test_an_earlier_version_names_its_own_author_title_and_time(house: Any, stay: Any, folder: Path) -> None:
    from datetime import timedelta

    from support.charts import BEGUN

    entry = file(stay, new_version(document("FIRST WORDING.", title="Consultation", code="11488-4"), stay, text="FIRST WORDING.", author="Alba First, MD"))[0]  # fmt: skip
    second = document("Second wording.", title="Consultation of cardiology", code="11488-4", at=BEGUN + timedelta(days=2))
    file(stay, new_version(second, stay, entry_id=entry, text="Second wording.", author="Bertha Second, MD"))
    texts = texts_of(pdf_of(produce(house, stay), folder))
    page = next(text for text in texts if "FIRST WORDING." in text)
    assert "Alba First, MD" in page
    assert "Bertha Second" not in page
    assert "Consultation: version 1, superseded" in page
    changes = next(text for text in texts if "Each earlier version follows in full" in text)
    assert re.search(
        r"Consultation of cardiology, 5 Mar 2026, .*Bertha Second, MD .*update by the source .*none given", changes
    )


def test_what_can_only_be_read_as_text_stands_with_its_text(house: Any, stay: Any, folder: Path) -> None:
    file(stay, new_version(document(title="Letter in RTF", code="11506-3"), stay, document=rb"{\rtf1 words}", media_type="application/rtf", text="EXTRACTED WORDS of the letter."))  # fmt: skip
    row = produce(house, stay)
    page = next(
        text for text in texts_of(pdf_of(row, folder)) if "Letter in RTF" in text and "can't be shown" in text.replace("’", "'")
    )
    assert "EXTRACTED WORDS of the letter." in page


def test_each_document_says_when_it_was_recorded_and_that_it_is_late(house: Any, stay: Any, folder: Path) -> None:
    """The time of the act and the time of the entry both stand on paper, as on the screen (EHR-S FM RI.1.1.1#05)."""
    late = document("Given at the bedside.", title="Nursing note", code="34746-8", description="Nursing note, late entry from downtime paper")  # fmt: skip
    file(stay, new_version(late, stay, text="Given at the bedside."))
    texts = texts_of(pdf_of(produce(house, stay), folder))
    page = next(text for text in texts if "Given at the bedside." in text)
    assert re.search(r"Recorded \d+ \w{3} \d{4}, \d\d:\d\d; filed \d+ days after the time it states", page)
    assert "late entry from downtime paper" in page
    hashes = next(text for text in texts if "SHA-256 (FIPS 180-4)" in text)
    assert re.search(r"Nursing note 1 \d+ \w{3} \d{4},", hashes)


def test_what_another_system_authenticated_says_when_that_was_received(house: Any, stay: Any, folder: Path) -> None:
    file(stay, new_version(document("Seen."), stay, text="Seen.", signed_by_source="Ines Moreau, MD"))
    texts = texts_of(pdf_of(produce(house, stay), folder))
    assert re.search(
        r"Signed: Ines Moreau, MD, authenticated in the sending system, received \d",
        next(text for text in texts if "Seen." in text),
    )
    assert re.search(
        r"authenticated in the sending system received \d", next(text for text in texts if "Signer and credential" in text)
    )


@pytest.mark.parametrize("apart", [True, False])
def test_the_trail_does_not_name_what_is_kept_apart(house: Any, stay: Any, folder: Path, apart: bool) -> None:
    """The department's work about a Part 2 document names it in its reason: told only where nothing is kept apart."""
    from muniment.work import actions as work
    from muniment.work.actions import NewItem
    from support.house import system_actor

    note = file_note(stay)
    kept = note
    if apart:
        kept = file(stay, new_version(document("Group session.", title="Counselling", code="part-2-record"), stay, text="Group session."))[0]  # fmt: skip
    work.define_queue(actor=system_actor(), code="unsigned", name="Unsigned", definition="Unsigned.", pools=["technician"])
    said = {"queue": "unsigned", "title": "Sign", "facility_id": stay.facility_id, "patient_id": stay.patient_id}
    for subject, reason in (("pending-document", "Not signed for 20 days."), ("deficiency", "A counselling must be signed.")):
        named = str(kept) if subject == "pending-document" else "41"
        work.create(actor=system_actor(), items=[NewItem(subject=(subject, named), reason=reason, **said)])
    trail = " ".join(
        text for text in texts_of(pdf_of(produce(house, stay, trail=True), folder))[3:] if "Who saw and did what" in text
    )
    assert "work.create" in trail
    assert ("A counselling must be signed." in trail) is not apart
    assert ("reasons of the department’s own work are left out" in trail) is apart


def test_a_document_that_was_replaced_says_so_and_so_does_the_newer_with_both_dates(
    house: Any, stay: Any, folder: Path
) -> None:
    old = file_note(stay, "OLDER WORDING.")
    between = datetime.now(UTC)
    relation = [{"code": "replaces", "target": {"reference": f"DocumentReference/{old}"}}]
    said = document("Newer wording.", title="Discharge summary, corrected", relatesTo=relation)
    new = file(stay, new_version(said, stay, text="Newer wording."))[0]
    row = produce(house, stay)
    texts = texts_of(pdf_of(row, folder))
    moment = r"\d+ \w{3} \d{4}, \d\d:\d\d"
    older = next(text for text in texts if "OLDER WORDING." in text)
    words = f"Replaced: in its place stands “Discharge summary, corrected”, recorded {moment}; this one was recorded {moment}"
    assert re.search(words, " ".join(older.split()))
    assert "replaced by a newer one" in older  # at the foot, which a placed scan has too
    newer = next(text for text in texts if "Newer wording." in text)
    assert re.search(
        f"Replaces “Discharge summary”, recorded {moment}; this one was recorded {moment}", " ".join(newer.split())
    )
    listed = {one["entry"]: one for one in manifest_of(row)["contents"]["entries"]}
    assert (listed[str(old)]["replaced"]["by"], listed[str(new)]["replaces"]) == (str(new), [str(old)])
    before = produce(house, stay, as_of=between)
    assert "Replaced" not in " ".join(texts_of(pdf_of(before, folder)))
    assert "replaced" not in next(iter(manifest_of(before)["contents"]["entries"]))


def test_a_newer_document_that_is_not_in_the_copy_is_told_without_its_name(house: Any, stay: Any, folder: Path) -> None:
    old = file_note(stay, "OLDER WORDING.")
    relation = [{"code": "replaces", "target": {"reference": f"DocumentReference/{old}"}}]
    said = document("Newer wording.", title="Committee’s reading", code="peer-review", relatesTo=relation)
    file(stay, new_version(said, stay, text="Newer wording."))
    row = produce(house, stay)
    whole = " ".join(" ".join(texts_of(pdf_of(row, folder))).split())
    assert "Replaced: in its place stands a newer document, which is not in this copy, recorded" in whole
    assert "Committee’s reading" not in whole
    assert all(one.get("replaced", {"by": ""})["by"] == "" for one in manifest_of(row)["contents"]["entries"])


def test_a_placed_page_says_when_it_was_recorded(house: Any, stay: Any, folder: Path) -> None:
    """A scan has no heading of ours: its own foot says it."""
    file_bytes(stay, typeset_pdf("PLACED PAGE", pages=1), "application/pdf", title="Consent")
    page = next(text for text in texts_of(pdf_of(produce(house, stay), folder)) if "PLACED PAGE" in text)
    assert re.search(r"Consent · .*recorded \d+ \w{3} \d{4}, \d\d:\d\d", page)
