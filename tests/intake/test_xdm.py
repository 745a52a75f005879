"""IHE XDM packages: documents filed with their metadata, held against hash and size; nothing leads out of the ZIP or blows up."""

from __future__ import annotations

import io
import struct
import zipfile
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from muniment.identity.models import Patient
from muniment.intake import xdm
from muniment.intake.desk import Desk, Outcome
from muniment.intake.models import Input
from muniment.kernel import zips
from muniment.kernel.errors import Problem
from muniment.kernel.fhir.canonical import decode
from muniment.record import blobs
from muniment.record.models import Entry, Version
from support import charts
from support.ccda_documents import document as ccda
from support.house import system_actor
from support.letters import SENDER, letter
from support.packages import entry, package

PDF = b"%PDF-1.7 a letter"
SUMMARY = ccda()


def take(house: Any, content: bytes) -> list[Outcome]:
    return Desk(actor=system_actor(), source="direct", facility=house.hospital).take(content, "a.zip")


def test_documents_are_filed_with_their_metadata(house: Any) -> None:
    patient = charts.add_patient(house.hospital, number="MRN-77", assigner="1.2.3.4.6")
    content = package(
        {"LETTER.PDF": PDF, "DOC.XML": SUMMARY}, entry("LETTER.PDF", PDF), entry("DOC.XML", SUMMARY, media_type="text/xml", number="1.2.3.99.2")
    )  # fmt: skip
    told = take(house, content)
    assert [one.status for one in told] == ["filed", "filed", "filed"], told
    whole = Input.objects.get(kind="XDM package")
    assert blobs.get(bytes(whole.sha256)) == content
    assert {one.envelope_id for one in Input.objects.exclude(id=whole.id)} == {whole.id}
    row = Entry.objects.get(patient_id=patient.id, media_type="application/pdf")
    assert blobs.get(bytes(row.document_sha256)) == PDF
    assert (row.origin, row.standing, row.occurred[:10]) == ("Sample Clinic", "waiting", "2026-03-14")
    said = decode(Version.objects.get(entry_id=row.entry_id).content.encode())
    assert said["type"]["coding"] == [{"system": "http://loinc.org", "code": "18842-5", "display": "Discharge summary"}]
    assert said["masterIdentifier"]["value"] == "urn:oid:1.2.3.99.1"
    assert said["description"] == "Discharge letter"
    assert said["author"] == [{"display": "Ada Writer"}]
    assert Patient.objects.count() == 1
    assert [one.status for one in take(house, content)] == ["duplicate"]


def test_a_patient_nobody_knows_is_registered_with_what_the_metadata_say(house: Any) -> None:
    take(house, package({"LETTER.PDF": PDF}, entry("LETTER.PDF", PDF)))
    found = Patient.objects.get()
    assert found.display_name == "SAMPLETON, Tessa Q"
    assert str(found.birth) == "1950-02-03"


@pytest.mark.parametrize(
    ("said", "words"),
    [
        ({"size": "3"}, "its metadata say 3"),
        ({"hash": "0" * 40}, "whose hash its metadata say"),
        ({"patient": ""}, "no patient number"),
    ],
)
def test_what_does_not_agree_waits_with_a_sentence_and_the_others_go_on(house: Any, said: dict[str, str], words: str) -> None:
    other = b"%PDF-1.7 another"
    told = take(house, package(
        {"A.PDF": PDF, "B.PDF": other}, entry("A.PDF", PDF, **said), entry("B.PDF", other, number="1.2.3.99.2")
    ))  # fmt: skip
    assert [one.status for one in told] == ["filed", "quarantined", "filed"]
    row = Input.objects.get(status="quarantined")
    assert words in row.reason
    assert blobs.get(bytes(row.sha256)) == PDF


def test_a_document_that_is_missing_is_said(house: Any) -> None:
    told = take(house, package({}, entry("A.PDF", PDF)))
    assert [one.status for one in told] == ["filed", "quarantined"]
    assert "does not hold a document" in Input.objects.get(status="quarantined").reason


def test_what_no_metadata_name_is_left_to_the_package(house: Any) -> None:
    take(house, package({"A.PDF": PDF, "EXTRA.TXT": b"x"}, entry("A.PDF", PDF)))
    assert "no metadata name it" in " ".join(Input.objects.get(kind="XDM package").remarks)


def test_names_are_found_however_they_are_spelt_and_in_pieces() -> None:
    read = xdm.read(package({"SUB/Letter.pdf": PDF}, entry(("2|/LETTER.PDF", "1|sub"), PDF)))  # type: ignore[arg-type]
    assert [one.problem for one in read.entries] == [None]


@pytest.mark.parametrize("uri", ["../../INDEX.HTM", "/etc/passwd", "..", ""])
def test_metadata_do_not_lead_out_of_their_folder(uri: str) -> None:
    [found] = xdm.read(package({"A.PDF": PDF}, entry(uri, PDF))).entries
    assert found.problem is not None
    assert found.content == b""


def zipped(*names: str, content: bytes = b"x", attributes: int = 0) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as packed:
        for name in names:
            info = zipfile.ZipInfo(name)
            info.external_attr, info.compress_type = attributes, zipfile.ZIP_DEFLATED
            packed.writestr(info, content)
    return out.getvalue()


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (zipped("../a"), "leads out of it"),
        (zipped("/a"), "leads out of it"),
        (zipped("C:/a"), "leads out of it"),
        (zipped("a", attributes=0o120777 << 16), "a link"),
        (zipped("a"), "no XDM package"),
        (zipped(*map(str, range(1001))), "more than 1000 files"),
        (b"PK\x03\x04nonsense", "damaged"),
        (package({"A.ZIP": zipped("a")}, entry("A.ZIP", zipped("a"))), ""),
    ],
)
def test_what_is_no_sound_package_waits_with_a_sentence(house: Any, content: bytes, words: str) -> None:
    told = take(house, content)[-1]
    assert told.status == "quarantined"
    assert words in told.reason or "package inside a package" in told.reason
    assert not Entry.objects.exists()


def test_a_bomb_is_read_no_further_than_it_may_be(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(zips, "MAX_UNPACKED", 1000)
    with pytest.raises(Problem, match="when unpacked"):
        zips.open_zip(zipped("a", "b", content=bytes(600)))
    monkeypatch.setattr(zips, "MAX_ENTRY", 100)
    with pytest.raises(Problem, match="when unpacked"):
        zips.open_zip(zipped("a", content=bytes(101)))


@pytest.mark.parametrize("packing", [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_a_packing_that_one_read_unpacks_whole_is_refused(packing: int) -> None:
    """A kilobyte of bzip2 holds gigabytes, and nothing bounds what one read of it gives."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", packing) as packed:
        packed.writestr("a", bytes(2_000_000))
    with pytest.raises(Problem, match="packed in another way"):
        zips.open_zip(out.getvalue())


def test_a_list_of_files_without_names_or_end_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    nameless = b"PK\1\2" + b"\x14\0\x14\0" + bytes(38)
    end = struct.pack("<4sHHHHIIH", b"PK\5\6", 0, 0, 3, 3, 3 * len(nameless), 0, 0)
    with pytest.raises(Problem, match="damaged"):
        zips.open_zip(nameless * 3 + end)
    monkeypatch.setattr(zips.zipfile, "ZipFile", None)  # it is not even opened
    with pytest.raises(Problem, match="more than 1000 files"):
        zips.open_zip(nameless * 2001 + end)


def test_a_file_is_named_by_one_document_only(house: Any) -> None:
    """Half a million documents of one large file would be looked through one by one."""
    told = take(house, package({"A.PDF": PDF}, entry("A.PDF", PDF), entry("A.PDF", PDF, number="1.2.3.99.2")))
    assert [one.status for one in told] == ["filed", "filed", "quarantined"], told
    assert "name the same file" in told[2].reason


def test_a_number_without_end_is_no_piece_of_a_path() -> None:
    found = xdm.read(package({"A.PDF": PDF}, entry(("1" * 5000 + "|A.PDF",), PDF)))  # type: ignore[arg-type]
    assert found.entries[0].problem is not None


def test_entities_in_metadata_are_refused(house: Any) -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as packed:
        packed.writestr("IHE_XDM/SUBSET01/METADATA.XML", b'<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>')
    [told] = take(house, out.getvalue())
    assert told.status == "quarantined"
    assert "DTD" in told.reason or "DOCTYPE" in told.reason or "document type" in told.reason


@settings(deadline=None)  # the machine may be busy
@given(st.binary(max_size=200), st.integers(0, 2000))
def test_any_damage_is_a_package_or_a_sentence(noise: bytes, place: int) -> None:
    whole = package({"A.PDF": PDF}, entry("A.PDF", PDF))
    for content in (whole[:place] + noise + whole[place + len(noise) :], whole[: place + 4], b"PK\x03\x04" + noise):
        try:
            assert isinstance(xdm.read(content).entries, list)
        except Problem as told:
            assert told.what.endswith(".")  # noqa: PT017 either way is right


def test_a_package_attached_to_a_direct_message_is_opened(house: Any) -> None:
    content = package({"A.PDF": PDF}, entry("A.PDF", PDF))
    desk = Desk(actor=system_actor(), source="direct", facility=house.hospital, sender_is_origin=True)
    told = desk.take(letter(("application/zip", "xdm.zip", content)).as_bytes(), "a.eml")
    assert [one.status for one in told] == ["filed"] * 3, told
    assert Entry.objects.get(media_type="application/pdf").origin == SENDER
