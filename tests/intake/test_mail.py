"""E-mail and Direct messages: opened within bounds, each thing in them taken by its own path, the whole kept, nothing twice."""

from __future__ import annotations

import os
import time
from email.message import Message
from email.mime.multipart import MIMEMultipart
from email.mime.text import MIMEText
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from muniment.channels import actions as channels
from muniment.channels import folders
from muniment.channels.actions import Setup
from muniment.channels.rules import Kind
from muniment.intake import mail
from muniment.intake.desk import Desk, Outcome
from muniment.intake.models import Input
from muniment.intake.rules import detect
from muniment.kernel.errors import Problem, Refused, Unfileable, Unreadable
from muniment.record import blobs
from muniment.record.models import Entry
from muniment.scanning.models import Batch
from muniment.work.models import WorkItem
from support import scans
from support.ccda_documents import document as ccda
from support.house import system_actor
from support.letters import SENDER, letter
from support.messages import document


def take(house: Any, message: Message | bytes, **more: Any) -> list[Outcome]:
    desk = Desk(actor=system_actor(), source="direct", facility=house.hospital, **more)
    return desk.take(message if isinstance(message, bytes) else message.as_bytes(), "a.eml")


def test_each_attachment_goes_its_way_and_the_whole_is_kept(house: Any) -> None:
    pages = scans.tiff(scans.picture("1"))
    message = letter(
        ("application/xml", "summary.xml", ccda()), ("x-application/hl7", "note.hl7", document("D1").content),
        ("image/tiff", "scan.tif", pages), ("application/octet-stream", "odd.bin", b"nothing known"),
    )  # fmt: skip
    told = take(house, message)
    assert [one.status for one in told] == ["filed", "filed", "filed", "filed", "quarantined"]
    whole = Input.objects.get(format="mail")
    assert blobs.get(bytes(whole.sha256)) == message.as_bytes()
    assert (whole.sender, whole.control_id, whole.sent_at) == (SENDER, "<1@sample-clinic.example>", "2026-03-14T09:05:00-04:00")
    assert "Delivered 14 Mar 2026, 09:06 -0400 by its Received field." in whole.remarks
    parts = Input.objects.filter(envelope_id=whole.id)
    assert {(one.format, one.status, one.sender) for one in parts} == {
        ("ccda", "filed", SENDER), ("hl7v2", "filed", SENDER), ("", "quarantined", SENDER),
    }  # fmt: skip
    batch = Batch.objects.get()
    assert (blobs.get(bytes(batch.sha256)), batch.source) == (pages, "direct")
    assert batch.came == f"Received by e-mail from {SENDER}, 14 Mar 2026, 09:05 -0400"
    assert "Okonjo" not in str([vars(one) for one in Input.objects.all()])


def test_the_sender_is_whose_records_they_are_where_the_channel_says_so(house: Any) -> None:
    take(house, letter(("application/xml", "summary.xml", ccda())), sender_is_origin=True)
    assert set(Entry.objects.values_list("origin", "standing")) == {(SENDER, "waiting")}
    assert WorkItem.objects.get(queue_id="outside-records").title == f"Outside records from {SENDER}"


def test_a_stranger_changes_no_chart_by_writing_to_us(house: Any, settings: Any, tmp_path: Path) -> None:
    """Over a channel of mail, as one can be set up, a message of HL7 v2 waits for a person, whoever it says it is from."""
    settings.MUNIMENT_CHANNELS = tmp_path
    setup = {"kind": Kind.MAIL, "folder": "direct", "facility": house.hospital}
    with pytest.raises(Refused, match="say whose records"):
        channels.open_channel(actor=house.actor("administrator"), name="direct", setup=Setup(**setup))
    channels.open_channel(actor=house.actor("administrator"), name="direct", setup=Setup(**setup, sender_is_origin=True))
    (tmp_path / "direct").mkdir()
    path = tmp_path / "direct" / "a.eml"
    path.write_bytes(letter(("application/hl7-v2", "a.hl7", document("D1").content)).as_bytes())
    os.utime(path, (1, 1))
    [place] = folders.places()
    assert [one.status for one in folders.take(system_actor(), place)] == ["quarantined"]
    assert not Entry.objects.exists()


def test_a_message_delivered_again_changes_nothing(house: Any) -> None:
    first = letter(("application/xml", "summary.xml", ccda()))
    take(house, first)
    again = letter(("application/xml", "summary.xml", ccda()), Received="from elsewhere; Sun, 15 Mar 2026 09:06:00 -0400")
    assert again.as_bytes() != first.as_bytes()
    assert [one.status for one in take(house, first)] == ["duplicate"]
    assert [one.status for one in take(house, again)] == ["duplicate"]
    assert Input.objects.count() == 2
    other = letter(("x-application/hl7", "note.hl7", document("D2").content))  # the same id, but another thing in it
    assert [one.status for one in take(house, other)] == ["filed", "filed"]


def test_a_text_alone_is_a_document_to_be_indexed(house: Any) -> None:
    told = take(house, letter(text="Ada Okonjo, born 14 Mar 1943, was seen today."))
    assert [(one.source, one.status) for one in told] == [("a.eml", "filed"), ("a.eml#its text", "filed")]
    batch = Batch.objects.get()
    assert batch.media_type == "application/pdf"
    assert b"%PDF" in blobs.get(bytes(batch.sha256))[:16]


@pytest.mark.parametrize("text", ["x\n" * 5002, "word " * 40_001])
def test_a_text_of_hundreds_of_pages_waits_instead_of_being_set(house: Any, text: str) -> None:
    """A megabyte of empty lines would be twenty thousand pages and gigabytes of memory."""
    told = take(house, f"From: {SENDER}\r\nMessage-ID: <long@example.org>\r\n\r\n{text}".encode())
    assert [one.status for one in told] == ["filed", "quarantined"]
    assert "not set as pages" in told[1].reason
    assert not Batch.objects.exists()


def test_a_message_that_holds_nothing_waits_in_quarantine(house: Any) -> None:
    [told] = take(house, letter(text=" "))
    assert (told.status, told.reason) == ("quarantined", "The message holds nothing: no attachment and no text.")
    assert WorkItem.objects.get(queue_id="quarantine").title == "E-mail message from direct, not filed"


@pytest.mark.parametrize(
    ("kind", "words"),
    [
        ('application/pkcs7-mime; smime-type="enveloped-data"', "is encrypted"),
        ("application/x-pkcs7-mime", "is encrypted"),
        ('multipart/encrypted; protocol="application/pgp-encrypted"; boundary="x"', "is encrypted"),
        ('application/pkcs7-mime; smime-type="signed-data"', "wrapped in its signature"),
    ],
)
def test_an_encrypted_message_waits_with_a_sentence(house: Any, kind: str, words: str) -> None:
    content = f"From: {SENDER}\r\nMessage-ID: <2@x>\r\nContent-Type: {kind}\r\n\r\n--x\r\n\r\nMIAGCSqGSIb3DQEHA6CAMIACAQ\r\n--x--\r\n".encode()
    [told] = take(house, content)
    assert told.status == "quarantined"
    assert words in told.reason
    assert "HISP" in Input.objects.get().remedy


def test_a_signed_message_is_read_without_its_signature() -> None:
    content = letter(("application/xml", "a.xml", ccda()), ("application/pkcs7-signature", "smime.p7s", b"\x30\x80")).as_bytes()
    assert [one.name for one in mail.read(content).attachments] == ["a.xml"]


def test_a_message_inside_a_message_is_opened() -> None:
    outer = letter(text="Forwarded")
    outer.add_attachment(letter(("application/xml", "a.xml", ccda())))
    assert [one.name for one in mail.read(outer.as_bytes()).attachments] == ["a.xml"]


def test_a_broken_attachment_waits_and_the_others_go_on(house: Any) -> None:
    whole = letter(("application/xml", "a.xml", ccda()), ("application/pdf", "b.pdf", b"%PDF-1.7 " * 9)).as_bytes()
    head, _, tail = whole.rpartition(b"JVBERi0xLjcg")
    told = take(house, head + b"J" + tail)
    assert [one.status for one in told] == ["filed", "filed", "quarantined"]
    assert Input.objects.get(status="quarantined").place == "part 3"


def test_bounds() -> None:
    many = MIMEMultipart()
    for number in range(mail.MAX_PARTS + 1):
        many.attach(MIMEText(str(number)))
    with pytest.raises(Unreadable, match="more than 200 parts"):
        mail.read(many.as_bytes())
    deep: Message = MIMEText("x")
    for _ in range(mail.MAX_DEPTH + 1):
        around = MIMEMultipart()
        around.attach(deep)
        deep = around
    with pytest.raises(Unreadable, match="nested deeper"):
        mail.read(deep.as_bytes())


@pytest.mark.parametrize("charset", [b"undefined", b"idna", b"punycode", b"bz2", b"utf-8\0x"])
def test_a_character_set_that_is_none_is_read_as_text_all_the_same(charset: bytes) -> None:
    found = mail.read(b"From: a@example.org\r\nContent-Type: text/plain; charset=" + charset + b"\r\n\r\nhello\r\n")
    assert found.text == "hello"


def test_a_character_that_is_none_in_the_header_keeps_nothing_back(house: Any) -> None:
    """The database holds no such character; a message with one in its id once stopped the channel it came over."""
    content = b"From: a\0@example.org\r\nMessage-ID: <a\0b@example.org>\r\nSubject: \0\r\n\r\nhello"
    assert [one.status for one in take(house, content)] == ["filed", "filed"]
    assert Input.objects.get(format="mail").control_id == "<a\ufffdb@example.org>"


def test_a_file_name_in_no_character_set_is_a_sentence() -> None:
    with pytest.raises(Problem):
        mail.read(b"Content-Type: application/pdf\r\nContent-Disposition: attachment; filename*=undefined''a%20b\r\n\r\nx")


@pytest.mark.parametrize(
    "name", ["Content-Type: text/plain", "From: a@example.org", "Content-Disposition: attachment", "Sender: a@example.org"]
)
def test_a_header_field_without_end_is_refused_before_it_is_parsed(name: str) -> None:
    """The library takes the square of the time for one: half an hour for 200 KB."""
    begun = time.perf_counter()
    for piece in (";", "; a=b", '"a" ', ", a@b.c"):
        with pytest.raises(Unreadable, match="longer than 2,000 characters"):
            mail.read(f"{name}{piece * 60_000}\r\n\r\nx".encode())
        with pytest.raises(Unreadable, match="longer than 2,000 characters"):  # of a part too
            mail.read(
                f"Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n{name}{piece * 60_000}\r\n\r\nx\r\n--b--".encode()
            )
    assert time.perf_counter() - begun < 30
    assert mail.read(f"From: a@example.org\r\nTo: {'b@example.org, ' * 2000}\r\n\r\nhello".encode()).text == "hello"


def test_names_of_attachments_are_no_paths() -> None:
    read = mail.read(letter(("application/xml", "../../etc/passwd", b"<a/>")).as_bytes())
    assert [one.name for one in read.attachments] == ["passwd"]


@settings(deadline=None)  # the machine may be busy
@given(st.binary(max_size=400), st.integers(0, 300))
def test_any_damage_is_a_letter_or_a_sentence(noise: bytes, place: int) -> None:
    whole = letter(("application/xml", "a.xml", b"<a/>")).as_bytes()
    for content in (whole[:place] + noise + whole[place:], whole[:place] + noise, b"From: " + noise):
        try:
            read = mail.read(content)
        except Problem as told:
            assert told.what.endswith(".")  # noqa: PT017 either way is right
        else:
            assert isinstance(read.sender, str)


@pytest.mark.parametrize(
    ("head", "format"),
    [
        (b"Received: from x\r\nFrom: a@b\r\n\r\nx", "mail"), (b"Return-Path: <a@b>\nMIME-Version: 1.0\n\n", "mail"), (b"MSH|^~\\&|", "hl7v2"),
        (b"Note: from nobody\n\nFrom: x", ""), (b"<a>From: x</a>", "ccda"), (b'{"a": "From: x"}', "fhir"), (b"From here on", ""),
    ],
)  # fmt: skip
def test_messages_are_told_by_their_header(head: bytes, format: str) -> None:
    assert detect(head) == format


def test_a_maildir_is_emptied_into_taken(house: Any, settings: Any, tmp_path: Path) -> None:
    import os
    import time

    settings.MUNIMENT_CHANNELS = tmp_path
    setup = Setup(kind=Kind.MAIL, folder="direct", facility=house.hospital, sender_is_origin=True)
    channels.open_channel(actor=house.actor("administrator"), name="direct", setup=setup)
    for name in ("new", "cur", "tmp"):
        (tmp_path / "direct" / name).mkdir(parents=True)
    path = tmp_path / "direct" / "new" / "1700000000.M1P1.host,S=1"
    path.write_bytes(letter(("application/xml", "summary.xml", ccda())).as_bytes())
    os.utime(path, (time.time() - 60,) * 2)
    [place] = folders.places()
    assert [one.status for one in folders.take(system_actor(), place)] == ["filed"]
    assert (tmp_path / "direct" / "taken" / path.name).exists()
    assert Entry.objects.first().origin == SENDER


def test_a_message_in_quarantine_is_not_replayed(house: Any) -> None:
    from muniment.intake import corrections

    take(house, letter(text=" "))
    with pytest.raises(Unfileable, match="can't be replayed"):
        corrections.replay(actor=house.actor("technician"), input_id=Input.objects.get().id, reason="Try")


def test_the_message_leads_to_what_came_in_it(house: Any) -> None:
    from django.urls import reverse

    from support.web import client_of

    take(house, letter(("application/xml", "summary.xml", ccda()), ("application/octet-stream", "odd.bin", b"nothing known")))
    whole, client = Input.objects.get(format="mail"), client_of(house.users["technician"])
    page = client.get(reverse("intake-input", args=[whole.id])).content.decode()
    parts = Input.objects.filter(envelope_id=whole.id)
    assert len(parts) == 2
    for part in parts:
        assert reverse("intake-input", args=[part.id]) in page
        assert reverse("intake-input", args=[whole.id]) in client.get(reverse("intake-input", args=[part.id])).content.decode()
    assert "What became of its parts" in page
