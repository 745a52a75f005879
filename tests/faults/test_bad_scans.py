"""Files that are no scans, or harm: each is refused in words, kept, and put before somebody; none breaks anything."""

from __future__ import annotations

import io
import struct
import time
import zlib

import pikepdf
import pytest
from PIL import Image

from muniment.kernel.errors import Unreadable
from muniment.record import blobs
from muniment.scanning import assembly, checking, reader, renderer
from muniment.scanning.models import Batch
from muniment.scanning.reader import Reader
from muniment.work.models import WorkItem
from support import page_readers, scans


def made(change=lambda pdf: None, *, size=(612, 792), pages=1, **saving) -> bytes:
    pdf = pikepdf.new()
    for _ in range(pages):
        pdf.add_blank_page(page_size=size)
    change(pdf)
    out = io.BytesIO()
    pdf.save(out, **saving)
    return out.getvalue()


def bomb(pdf):
    """A picture of 30,000 by 30,000 dots in a few bytes."""
    stream = pikepdf.Stream(pdf, zlib.compress(b"\0" * 1000))
    stream.stream_dict = pikepdf.Dictionary(
        Type=pikepdf.Name.XObject, Subtype=pikepdf.Name.Image, Width=30000, Height=30000, ColorSpace=pikepdf.Name.DeviceGray,
        BitsPerComponent=8, Filter=pikepdf.Name.FlateDecode,
    )  # fmt: skip
    pdf.pages[0].obj["/Resources"] = pikepdf.Dictionary(XObject=pikepdf.Dictionary(Im0=pdf.make_indirect(stream)))


def one_dot() -> bytes:
    out = io.BytesIO()
    Image.new("1", (1, 1)).save(out, "TIFF")
    return out.getvalue()


def broken_tiff() -> bytes:
    whole = scans.tiff(scans.picture("x"))
    return whole[:8] + b"\xff" * 40 + whole[60:]


def one_dot_on_letter() -> bytes:
    """A letter page whose only content is a picture of one dot."""

    def put(pdf):
        stream = pikepdf.Stream(pdf, b"\0")
        stream.stream_dict = pikepdf.Dictionary(
            Type=pikepdf.Name.XObject, Subtype=pikepdf.Name.Image, Width=1, Height=1, ColorSpace=pikepdf.Name.DeviceGray, BitsPerComponent=8
        )  # fmt: skip
        pdf.pages[0].obj["/Resources"] = pikepdf.Dictionary(XObject=pikepdf.Dictionary(Im0=pdf.make_indirect(stream)))
        pdf.pages[0].obj["/Contents"] = pdf.make_stream(b"q 612 0 0 792 0 0 cm /Im0 Do Q")

    return made(put)


def directories(count: int, *, back: bool = False) -> bytes:
    """A TIFF of so many directories that all describe one grey dot. ``back``: the last one leads to the first again."""
    tags = [
        (256, 3, 1, 1),
        (257, 3, 1, 1),
        (258, 3, 1, 8),
        (259, 3, 1, 1),
        (262, 3, 1, 1),
        (273, 4, 1, 8),
        (278, 3, 1, 1),
        (279, 4, 1, 1),
    ]
    size, first = 2 + 12 * len(tags) + 4, 16
    body = struct.pack("<H", len(tags)) + b"".join(struct.pack("<HHII", *one) for one in tags)
    following = [first + size * (place + 1) for place in range(count - 1)] + [first if back else 0]
    return struct.pack("<4sI", b"II*\0", first) + b"\0" * 8 + b"".join(body + struct.pack("<I", one) for one in following)


def picture_as(kind: str, size: tuple[int, int] = (800, 800)) -> bytes:
    out = io.BytesIO()
    Image.effect_noise(size, 60).save(out, kind)
    return out.getvalue()


def larger_jpeg() -> bytes:
    """A small picture whose frame header (SOF0) says that it has 65,000 × 65,000 dots."""
    content = bytearray(picture_as("JPEG"))
    at = content.index(b"\xff\xc0")
    content[at + 5 : at + 9] = struct.pack(">HH", 65_000, 65_000)
    return bytes(content)


def moving() -> bytes:
    out = io.BytesIO()
    frames = [Image.new("L", (800, 800), shade) for shade in (0, 255)]
    frames[0].save(out, "PNG", save_all=True, append_images=frames[1:])
    return out.getvalue()


BAD = {
    "encrypted": (lambda: made(encryption=pikepdf.Encryption(owner="o", user="u")), "is encrypted"),
    "one dot": (one_dot, "too small"),
    "one point": (lambda: made(size=(3, 3)), "too small"),
    "a wall": (lambda: made(size=(14400, 14400)), "no more than 60"),
    "20,000 pages": (lambda: made(pages=20_000), "20,000 pages; at most 2,000"),
    "no page": (lambda: made(pages=0), "no page"),
    "not a PDF": (lambda: b"PK\x03\x04 a document of another program", "begins like a ZIP or Office file"),
    "empty": (lambda: b"", "it is empty"),
    "malformed TIFF": (broken_tiff, "malformed"),
    "cut short": (lambda: made()[:60], "damaged"),
    "encrypted with AES-256": (lambda: made(encryption=pikepdf.Encryption(owner="o", user="u", R=6)), "is encrypted"),
    "one dot on a letter page": (one_dot_on_letter, "a picture of 1 × 1 dots"),
    "20,000 pages of TIFF": (lambda: directories(20_000), "20,000 pages; at most 2,000"),
    "a TIFF that leads back to its first page": (lambda: directories(3, back=True), "malformed"),
    "a TIFF that begins beyond its end": (lambda: struct.pack("<4sI", b"II*\0", 9_999_999), "malformed"),
    "a JPEG cut short": (lambda: picture_as("JPEG")[:-400], "The JPEG is damaged"),
    "a PNG cut short": (lambda: picture_as("PNG")[:-40], "The PNG is damaged"),
    "a JPEG of another size than its picture": (lambda: larger_jpeg(), "larger than any scan"),
    "a stamp": (lambda: picture_as("JPEG", (40, 60)), "40 × 60 dots: too small"),
    "a moving picture": (lambda: moving(), "moving picture"),
    "GIF": (lambda: picture_as("GIF"), "begins like GIF"),
    "pixel bomb": (lambda: made(bomb), "larger than any scan"),
}


@pytest.mark.parametrize("name", BAD)
def test_a_bad_file_is_refused_in_words(name):
    content, words = BAD[name][0](), BAD[name][1]
    with pytest.raises(checking.Unreadable) as told:
        checking.check(content, "scan.pdf")
    assert words in told.value.what
    assert told.value.remedy


def test_a_file_of_too_many_pages_is_told_without_opening_them():
    """The check runs while somebody waits for their upload."""
    begun = time.process_time()
    with pytest.raises(checking.Unreadable, match="200,000 pages"):
        checking.check(directories(200_000), "scan.tif")
    assert time.process_time() - begun < 5


def test_a_refused_file_is_kept_and_put_before_somebody(house):
    outcome = scans.take(house, b"PK\x03\x04 not a scan", name="scan.pdf")
    row = Batch.objects.get()
    assert (outcome.status, row.state) == ("refused", "refused")
    assert blobs.get(bytes(row.sha256)) == b"PK\x03\x04 not a scan"
    item = WorkItem.objects.get(queue_id="scan-exceptions")
    assert (item.subject_id, item.reason) == (str(row.id), row.reason)


def acting(pdf):
    pdf.Root.OpenAction = pikepdf.Dictionary(S=pikepdf.Name.JavaScript, JS="app.alert(1)")
    pdf.Root.Names = pikepdf.Dictionary(
        JavaScript=pikepdf.Dictionary(Names=pikepdf.Array(["a", pikepdf.Dictionary(S=pikepdf.Name.JavaScript, JS="1")]))
    )
    pdf.attachments["a.exe"] = b"MZ"
    launch = pikepdf.Dictionary(
        Type=pikepdf.Name.Annot,
        Subtype=pikepdf.Name.Link,
        Rect=[0, 0, 9, 9],
        A=pikepdf.Dictionary(S=pikepdf.Name.Launch, F="calc.exe"),
    )
    script = pikepdf.Dictionary(S=pikepdf.Name.JavaScript, JS="app.alert(2)")
    field = pdf.make_indirect(pikepdf.Dictionary(T="field", AA=pikepdf.Dictionary(K=script)))
    widget = pikepdf.Dictionary(Type=pikepdf.Name.Annot, Subtype=pikepdf.Name.Widget, Rect=[0, 0, 9, 9], Parent=field)
    field.Kids = pikepdf.Array([pdf.make_indirect(widget)])
    pdf.Root.AcroForm = pikepdf.Dictionary(Fields=pikepdf.Array([field]))
    pdf.pages[0].obj.Annots = pikepdf.Array([pdf.make_indirect(launch), field.Kids[0]])


def test_what_acts_is_taken_out_of_the_working_copy_and_said(house):
    content = made(acting)
    row = scans.take(house, content).batch
    assert blobs.get(bytes(row.sha256)) == content
    working = blobs.get(bytes(row.working_sha256))
    with pikepdf.open(io.BytesIO(working)) as pdf:
        text = b"".join(one.unparse(resolved=True) for one in pdf.objects if isinstance(one, pikepdf.Dictionary))
    assert not [word for word in (b"/JavaScript", b"/Launch", b"/EmbeddedFiles", b"/OpenAction") if word in text]
    assert len([one for one in row.remarks if one.startswith("Taken out")]) == 3


def test_nothing_that_acts_is_filed():
    filed = assembly.assemble(made(acting), "application/pdf", [assembly.Leaf(1)])
    with pikepdf.open(io.BytesIO(filed)) as pdf:
        text = b"".join(one.unparse(resolved=True) for one in pdf.objects if isinstance(one, pikepdf.Dictionary))
    assert b"/Widget" in text
    assert not [word for word in (b"/JavaScript", b"/Launch", b"/OpenAction", b"/AA") if word in text]


def test_a_wrong_name_is_said_and_the_bytes_decide():
    found = checking.check(made(), "scan.tif")
    assert (found.media_type, len(found.remarks)) == ("application/pdf", 1)


def test_a_page_that_breaks_the_reader_costs_that_page_only(monkeypatch):
    """The child is killed while it reads the second page: that page is said to be unreadable, the third is read."""
    monkeypatch.setattr(reader, "read_page", page_readers.dies_on_two)
    content = scans.tiff(scans.picture(), scans.picture(), scans.picture())
    with Reader(content, "image/tiff") as reading:
        found = list(reading.pages([1, 2, 3]))
    assert [bool(one.trouble) for one in found] == [False, True, False]
    assert "broke the reader" in found[1].trouble


def test_a_page_that_never_ends_is_given_up(monkeypatch):
    monkeypatch.setattr(reader, "read_page", page_readers.sleeps)
    with Reader(scans.tiff(scans.picture()), "image/tiff", seconds=1) as reading:
        assert "took too long" in next(reading.pages([1])).trouble


def test_a_page_whose_picture_is_broken_has_its_sentence():
    whole = scans.tiff(scans.picture("text"), scans.picture("more"))
    with Reader(whole[: len(whole) // 3], "image/tiff") as reading:
        assert next(reading.pages([2])).trouble


@pytest.mark.parametrize("draw", [page_readers.draws_nothing_and_dies, page_readers.draws_for_ever])
def test_a_picture_that_breaks_its_process_costs_that_picture_only(monkeypatch, draw):
    """What broke the reader is looked at on screen afterwards: it may not break the site."""
    content = scans.tiff(scans.picture("text"))
    shot = renderer.Shot(b"1", "image/tiff", 1)
    with monkeypatch.context() as broken:
        broken.setattr(renderer, "draw", draw)
        broken.setattr(renderer, "SECONDS", 1)
        with pytest.raises(Unreadable, match="can't be opened"):
            renderer.picture(shot, lambda: content)
    assert renderer.picture(shot, lambda: content).startswith(b"\x89PNG")
    asked = []
    renderer.picture(shot, lambda: asked.append(1) or content)
    assert asked == []  # the child has it open


def test_a_page_that_cannot_be_drawn_is_said_and_the_next_file_is_drawn():
    with pytest.raises(Unreadable) as told:
        renderer.picture(renderer.Shot(b"2", "application/pdf", 7), lambda: scans.pdf(scans.picture("text")))
    assert told.value.where == "page 7"
    assert renderer.picture(renderer.Shot(b"3", "image/tiff", 1), lambda: scans.tiff(scans.picture("text")))


def test_a_child_ends_with_its_parent():
    """A service that was killed leaves no reader behind."""
    import os
    import signal
    import subprocess
    import sys
    import time

    code = (
        "from muniment.scanning import reader\n"
        "if __name__ == '__main__':\n"
        "    child = reader.begin_child(reader.bound, ())\n"
        "    import os; print(child.submit(os.getpid).result(), flush=True)\n"
        "    import time; time.sleep(60)\n"
    )
    parent = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True)
    assert parent.stdout is not None
    child = int(parent.stdout.readline())
    parent.send_signal(signal.SIGKILL)
    parent.communicate()
    until = time.monotonic() + 20
    while time.monotonic() < until and os.path.exists(f"/proc/{child}"):
        time.sleep(0.2)
    assert not os.path.exists(f"/proc/{child}")
