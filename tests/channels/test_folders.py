"""The folders of channels: files of every kind by the one path there is for them, put aside, and none kept back by another."""

from __future__ import annotations

import os
import time
from pathlib import Path
from typing import Any

import pytest

from muniment.channels import actions, folders, jobs
from muniment.channels.actions import Setup
from muniment.channels.models import Channel
from muniment.channels.queues import INTERFACES
from muniment.channels.rules import Fax, Kind, side_file
from muniment.intake.models import Input
from muniment.kernel.fhir.canonical import decode
from muniment.record.models import Version
from muniment.scanning import actions as scanning
from muniment.scanning import taking
from muniment.scanning.choosing import Index
from muniment.scanning.models import Batch
from muniment.work.models import WorkItem
from muniment.work.rules import ACTIVE, State
from support import scans
from support.charts import add_patient, add_stay
from support.house import system_actor
from support.messages import document


@pytest.fixture
def root(house: Any, settings: Any, tmp_path: Path) -> Path:
    settings.MUNIMENT_CHANNELS = tmp_path / "channels"
    settings.MUNIMENT_CHANNELS.mkdir()
    return settings.MUNIMENT_CHANNELS


def set_up(house: Any, name: str = "lab", **setup: Any) -> Channel:
    said = {"kind": Kind.FOLDER, "folder": name} | setup
    return actions.open_channel(actor=house.actor("database-administrator"), name=name, setup=Setup(**said))


def lay(place: Path, name: str | bytes, content: bytes, *, seconds: int = 600) -> None:
    place.mkdir(parents=True, exist_ok=True)
    path = os.path.join(os.fsencode(place), name if isinstance(name, bytes) else name.encode())
    with open(path, "wb") as file:
        file.write(content)
    os.utime(path, (time.time() - seconds,) * 2)


def taken() -> list[tuple[str, str]]:
    return [(one.name, one.status) for place in folders.places() for one in folders.take(system_actor(), place)]


def test_messages_and_scans_of_one_folder_go_each_its_way(house: Any, root: Path) -> None:
    set_up(house, facility=house.hospital)
    lay(root / "lab", "a.hl7", document("D1").content)
    lay(root / "lab", "b.tif", scans.tiff(scans.picture("1")))
    lay(root / "lab", "c.txt", b"nothing known")
    lay(root / "lab", "d.hl7", document("D2").content, seconds=1)
    lay(root / "lab", ".hidden", document("D3").content)
    assert taken() == [("a.hl7", "filed"), ("b.tif", "taken"), ("c.txt", "quarantined")]
    assert {(one.source, one.status) for one in Input.objects.all()} == {("lab", "filed"), ("lab", "quarantined")}
    assert Batch.objects.get().source == "lab"
    assert sorted(one.name for one in (root / "lab" / "taken").iterdir()) == ["a.hl7", "b.tif", "c.txt"]
    assert {one.name for one in (root / "lab").iterdir()} == {"d.hl7", ".hidden", "taken"}
    lay(root / "lab", "a.hl7", document("D1").content)
    assert taken() == [("a.hl7", "duplicate")]
    assert len(list((root / "lab" / "taken").iterdir())) == 4


def test_what_a_channel_brings_is_whose_it_says(house: Any, root: Path) -> None:
    from support.ccda_documents import document as ccda

    set_up(house, facility=house.hospital, origin="Sample Clinic")
    lay(root / "lab", "a.xml", ccda())
    assert taken() == [("a.xml", "filed")]
    assert Input.objects.get().origin == "Sample Clinic"


def test_a_channel_that_is_switched_off_takes_nothing(house: Any, root: Path) -> None:
    row = set_up(house)
    lay(root / "lab", "a.hl7", document("D1").content)
    actor = house.actor("administrator")
    actions.change_channel(
        actor=actor, channel_id=row.id, revision=row.revision, setup=Setup(kind=Kind.FOLDER, folder="lab", active=False)
    )
    assert taken() == []


def test_no_link_is_followed(house: Any, root: Path) -> None:
    set_up(house, facility=house.hospital)
    set_up(house, "far", facility=house.hospital)
    outside = root.parent / "outside"
    lay(outside, "secret.hl7", document("D1").content)
    (root / "far").symlink_to(outside)
    (root / "lab").mkdir()
    (root / "lab" / "a.hl7").symlink_to(outside / "secret.hl7")
    assert taken() == []
    lay(root / "lab", "b.hl7", document("D2").content)
    (root / "lab" / "taken").symlink_to(outside)
    assert taken() == [("b.hl7", "left")]
    assert [one.name for one in outside.iterdir()] == ["secret.hl7"]


@pytest.mark.forges
@pytest.mark.parametrize("folder", ["absolute", "../outside", "..", ""])
def test_a_folder_that_was_written_past_the_actions_is_not_touched(house: Any, root: Path, tmp_path: Path, folder: str) -> None:
    """With the database's password one may write any folder into the row; no file of the server is read or moved for that."""
    row, outside = set_up(house), tmp_path / "outside"
    for place in (outside, root, tmp_path):
        lay(place, "a.hl7", document("D1").content)
    Channel.objects.filter(id=row.id).update(folder=str(outside) if folder == "absolute" else folder)
    assert taken() == []
    assert all((place / "a.hl7").exists() for place in (outside, root, tmp_path))
    assert not Input.objects.exists()


def test_what_nobody_expected_of_a_file_or_a_folder_keeps_no_other_back(
    house: Any, root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("alpha", "beta", "gamma"):
        set_up(house, name)
    lay(root / "alpha", "a.hl7", document("D1").content)
    lay(root / "beta", "b.hl7", document("D2").content)
    lay(root / "beta", "c.hl7", document("D3").content)
    whole, listed = folders._is_whole, folders._lying_in

    def breaks(path: Path) -> bool:
        if path.name == "b.hl7":
            raise UnicodeError("nobody thought of this")
        return whole(path)

    def closed(place: folders.Place) -> list[Path]:
        if place.channel == "alpha":
            raise PermissionError
        return listed(place)

    monkeypatch.setattr(folders, "_is_whole", breaks)
    monkeypatch.setattr(folders, "_lying_in", closed)
    assert taken() == [("b.hl7", "left"), ("c.hl7", "filed")]
    assert (root / "beta" / "b.hl7").exists()


def test_a_scan_of_no_facility_is_put_aside_and_not_guessed(house: Any, root: Path) -> None:
    set_up(house)
    lay(root / "lab", "b.tif", scans.tiff(scans.picture("1")))
    assert taken() == [("b.tif", "refused")]
    assert (root / "lab" / "refused" / "b.tif").exists()
    assert not Batch.objects.exists()


def test_while_the_malware_scanner_is_away_files_stay_where_they_are(house: Any, root: Path, settings: Any) -> None:
    settings.MUNIMENT_CLAMD = str(root / "nobody.sock")
    set_up(house, facility=house.hospital)
    lay(root / "lab", "a.hl7", document("D1").content)
    lay(root / "lab", "b.tif", scans.tiff(scans.picture("1")))
    assert taken() == []
    assert {one.name for one in (root / "lab").iterdir()} == {"a.hl7", "b.tif"}


@pytest.mark.parametrize(
    ("side", "content"),
    [
        ("0001.json", b'{"From": "+1 555 0100", "received": "2026-03-14 09:05"}'),
        ("0001.tif.txt", b"Caller-ID: +1 555 0100\nReceived: 2026-03-14 09:05\nPages: 2\n"),
    ],
)
def test_a_fax_keeps_who_sent_it_into_the_chart(house: Any, root: Path, side: str, content: bytes) -> None:
    set_up(house, "fax", kind=Kind.FAX, facility=house.hospital)
    lay(root / "fax", "0001.tif", scans.tiff(scans.picture("1")), seconds=30)
    assert taken() == []  # its server has not said yet who sent it
    lay(root / "fax", side, content)
    assert taken() == [("0001.tif", "taken")]
    batch = Batch.objects.get()
    came = "Received by fax from +1 555 0100, 2026-03-14 09:05"
    assert (batch.came, batch.source) == (came, "fax")
    assert sorted(one.name for one in (root / "fax" / "taken").iterdir()) == sorted(["0001.tif", side])
    patient = add_patient(house.hospital)
    stay = add_stay(patient, house.hospital)
    [found] = scans.noted(house, batch, scans.SUMMARY)
    filed = scanning.file_document(
        actor=house.actor("technician"), document_id=found.id,
        index=Index(patient_id=patient.id, encounter_id=stay.id, type_code="18842-5", original="2026-03-05"),
    )  # fmt: skip
    resource = decode(Version.objects.get(entry_id=filed.entry_id).content.encode())
    assert resource["description"].endswith("; received by fax from +1 555 0100, 2026-03-14 09:05")


@pytest.mark.parametrize("content", [b"[" * 16_000, b'{"a":' * 3000, b"1" * 16_000, b"\xff\0"])
def test_whatever_stands_beside_a_fax_is_no_error(content: bytes) -> None:
    assert side_file(content) == Fax()


def test_a_fax_whose_server_says_nothing_is_taken_after_a_while(house: Any, root: Path) -> None:
    set_up(house, "fax", kind=Kind.FAX, facility=house.hospital)
    lay(root / "fax", "0001.tif", scans.tiff(scans.picture("1")), seconds=300)
    assert taken() == [("0001.tif", "taken")]
    assert Batch.objects.get().came == "Received by fax from a number that is not known"


# The folder of scanners


@pytest.fixture
def scanners(house: Any, settings: Any, tmp_path: Path) -> Path:
    settings.MUNIMENT_SCAN_FOLDER = tmp_path
    return tmp_path


def test_the_watch_folder_takes_what_lies_whole(scanners: Path) -> None:
    place = scanners / "HOSP"
    (scanners / "elsewhere").mkdir()
    lay(place, "a.tif", scans.tiff(scans.picture("1")))
    lay(place, "b.pdf", b"broken")
    lay(place, "c.tif", b"still being written", seconds=0)
    lay(place, "d.txt", b"")
    assert taken() == [("a.tif", "taken"), ("b.pdf", "refused")]
    assert sorted(str(one.relative_to(place)) for one in place.rglob("*") if one.is_file()) == [
        "c.tif", "d.txt", "refused/b.pdf", "taken/a.tif",
    ]  # fmt: skip
    assert Batch.objects.get(state="reading").source == "watch folder"


def test_no_link_of_the_watch_folder_is_followed(scanners: Path) -> None:
    outside = scanners / "outside"
    lay(outside, "secret.tif", scans.tiff(scans.picture("1")))
    (scanners / "CLIN").symlink_to(outside)
    assert taken() == []


def test_a_file_that_cannot_be_taken_keeps_no_other_back(scanners: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    place = scanners / "HOSP"
    lay(place, "a.tif", scans.tiff(scans.picture("1")))
    lay(place, b"b\xff\xfe.tif", scans.tiff(scans.picture("2")))
    opened = os.open
    monkeypatch.setattr(
        os, "open", lambda path, *more, **named: opened(path if "a.tif" not in str(path) else "/nowhere", *more, **named)
    )
    assert taken() == [("a.tif", "left"), ("b\ufffd\ufffd.tif", "taken")]
    assert (place / "a.tif").exists()


def test_a_file_that_breaks_what_takes_it_keeps_no_other_back(
    house: Any, root: Path, scanners: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whatever is wrong with it, and in whichever channel: those behind it would wait for ever."""
    set_up(house, facility=house.hospital)
    lay(root / "lab", "a.tif", scans.tiff(scans.picture("1")))
    lay(root / "lab", "b.tif", scans.tiff(scans.picture("2")))
    lay(scanners / "HOSP", "c.tif", scans.tiff(scans.picture("3")))
    take = taking.take

    def breaking(actor: Any, arrival: Any) -> Any:
        if arrival.name == "a.tif":
            raise KeyError("unheard of")
        return take(actor, arrival)

    monkeypatch.setattr(taking, "take", breaking)
    assert taken() == [("a.tif", "left"), ("b.tif", "taken"), ("c.tif", "taken")]
    assert (root / "lab" / "a.tif").exists()


@pytest.fixture
def breaking(house: Any, root: Path, scanners: Path, monkeypatch: pytest.MonkeyPatch) -> set[str]:
    """Two channels and the scanners' folder, each with a file that breaks what takes it and one that does not."""
    broken, take, desk = {"bad.tif", "bad.hl7"}, taking.take, folders._at_the_desk

    def scanned(actor: Any, arrival: Any) -> Any:
        if arrival.name in broken:
            raise KeyError("unheard of")
        return take(actor, arrival)

    def brought(actor: Any, place: folders.Place, path: Path) -> folders.Outcome:
        if path.name in broken:
            raise RecursionError
        return desk(actor, place, path)

    monkeypatch.setattr(taking, "take", scanned)
    monkeypatch.setattr(folders, "_at_the_desk", brought)
    monkeypatch.setattr("muniment.scanning.jobs.read_soon", lambda: None)
    set_up(house, facility=house.hospital)
    set_up(house, "dictation")
    lay(root / "lab", "bad.tif", scans.tiff(scans.picture("1")))
    lay(root / "lab", "good.hl7", document("D1").content)
    lay(root / "dictation", "bad.hl7", document("D2").content)
    lay(scanners / "HOSP", "bad.tif", scans.tiff(scans.picture("2")))
    lay(scanners / "HOSP", "good.tif", scans.tiff(scans.picture("3")))
    return broken


def put_before() -> list[WorkItem]:
    return list(WorkItem.objects.filter(queue_id=INTERFACES, state__in=ACTIVE).order_by("title", "id"))


def test_a_file_that_breaks_what_takes_it_is_put_before_somebody_once(root: Path, breaking: set[str]) -> None:
    jobs.take(0)
    jobs.take(0)
    jobs.look(0)
    assert [one.title for one in put_before()] == [
        f"A file can’t be taken: {one}" for one in ("dictation", "lab", "watch folder")
    ]
    assert all("It broke what takes it (" in one.reason and "bad." in one.reason for one in put_before())
    assert (root / "lab" / "bad.tif").exists() and (root / "lab" / "taken" / "good.hl7").exists()


def test_its_item_goes_when_the_file_is_taken_or_taken_away(root: Path, scanners: Path, breaking: set[str]) -> None:
    jobs.take(0)
    (root / "lab" / "bad.tif").unlink()
    breaking.discard("bad.hl7")
    jobs.take(0)
    assert [one.title for one in put_before()] == ["A file can’t be taken: watch folder"]
    gone = WorkItem.objects.exclude(id__in=[one.id for one in put_before()])
    assert {one.state for one in gone} == {State.DONE}
    assert (root / "dictation" / "taken" / "bad.hl7").exists()


def test_while_a_folder_is_away_what_it_holds_is_not_taken_for_gone(
    root: Path, breaking: set[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    jobs.take(0)
    listed = folders._lying_in

    def away(place: folders.Place) -> list[Path]:
        if place.channel == "lab":
            raise PermissionError
        return listed(place)

    monkeypatch.setattr(folders, "_lying_in", away)
    jobs.take(0)
    assert len(put_before()) == 3


def test_what_was_left_of_a_channel_that_is_switched_off_is_put_before_nobody(house: Any, breaking: set[str]) -> None:
    jobs.take(0)
    row = Channel.objects.get(name="lab")
    setup = Setup(kind=Kind.FOLDER, folder="lab", facility=house.hospital, active=False)
    actions.change_channel(actor=house.actor("administrator"), channel_id=row.id, revision=row.revision, setup=setup)
    jobs.take(0)
    assert [one.title for one in put_before()] == ["A file can’t be taken: dictation", "A file can’t be taken: watch folder"]


def test_a_folder_that_cannot_be_looked_into_keeps_no_other_back(
    house: Any, root: Path, scanners: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    set_up(house, facility=house.hospital)
    (root / "lab").mkdir()
    lay(scanners / "HOSP", "c.tif", scans.tiff(scans.picture("3")))
    looked = Path.iterdir

    def away(self: Path) -> Any:
        if self == root / "lab":
            raise PermissionError("the share is away")
        return looked(self)

    monkeypatch.setattr(Path, "iterdir", away)
    assert taken() == [("c.tif", "taken")]


def test_what_a_fax_server_says_may_be_anything(house: Any, root: Path) -> None:
    set_up(house, "fax", kind=Kind.FAX, facility=house.hospital)
    lay(root / "fax", "0001.tif", scans.tiff(scans.picture("1")))
    lay(root / "fax", "0001.json", b"[" * 16_000)
    assert taken() == [("0001.tif", "taken")]
