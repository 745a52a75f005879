"""The parts of a production by themselves: HTML as blocks, the setter, bytes of others, large bytes kept and proved."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pikepdf
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from muniment.core.actions import unit_of_work
from muniment.kernel.errors import Problem
from muniment.record.production import foreign
from muniment.record.production.marked_up import LONGEST, blocks_of
from muniment.record.production.setter import set_pages
from muniment.ui.prose import prose
from support.productions import HOSTILE, image, locked_pdf, plain_pdf, scripted_pdf, texts_of, typeset_pdf

HTML = {
    "<p>One<br>two</p>": [{"k": "p", "t": "One\ntwo"}],
    "<h2>Plan</h2><p>Rest</p>": [{"k": "h", "t": "Plan"}, {"k": "p", "t": "Rest"}],
    "<pre>a   b\nc   d</pre>": [{"k": "pre", "t": "a   b\nc   d"}],
    "<ol><li>One</li><li>Two</li></ol>": [
        {"k": "li", "t": "One", "m": "1.", "d": 0, "w": 20},
        {"k": "li", "t": "Two", "m": "2.", "d": 0, "w": 20},
    ],
    "words <b>bold</b> on": [{"k": "p", "t": "words bold on"}],
    "": [],
    "<table><tr><td></td></tr></table>": [],
}


@pytest.mark.parametrize("source", HTML)
def test_html_becomes_blocks(source: str) -> None:
    assert blocks_of(source, keep_breaks=False) == HTML[source]


def test_a_table_keeps_its_cells_apart() -> None:
    (table,) = blocks_of(
        "<table><tr><th>Drug</th><th>Dose</th></tr><tr><td>Furosemide</td><td>40<br>mg</td></tr></table>", keep_breaks=False
    )
    assert (table["head"], table["rows"]) == (["Drug", "Dose"], [["Furosemide", "40\nmg"]])


def test_a_table_too_wide_becomes_lines() -> None:
    row = "".join(f"<td>{place}</td>" for place in range(12))
    assert blocks_of(f"<table><tr>{row}</tr></table>", keep_breaks=False)[0]["t"].startswith("0 | 1 | 2")


@given(st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=300))
def test_no_word_of_a_plain_text_is_lost(text: str) -> None:
    blocks = blocks_of(str(prose(text)), keep_breaks=True)
    shown = "".join(one["t"] for one in blocks)
    assert sorted(set("".join(text.split()).replace(":", ""))) == sorted(set("".join(shown.split()).replace(":", "")))


def test_a_null_byte_does_not_end_a_text() -> None:
    assert [one["t"] for one in blocks_of(str(prose("before\0after")), keep_breaks=True)] == ["before\ufffdafter"]


def test_a_long_paragraph_is_parted_and_nothing_is_lost() -> None:
    text = "word " * (LONGEST // 2)
    blocks = blocks_of(f"<p>{text}</p>", keep_breaks=False)
    assert len(blocks) == 3
    assert " ".join(one["t"] for one in blocks).split() == text.split()


def test_hostile_text_is_set_as_it_is(folder: Path) -> None:
    path, missing = set_pages(folder, "x", "text.typ", {"blocks": [{"k": "p", "t": HOSTILE}]}, seconds=0)
    assert set(missing) >= {"\x07"}
    page = texts_of(path)[0]
    assert '#read("/etc/passwd") \\ // comment /* c */ [content] "quoted" [U+0007]' in page
    assert not (folder / "x.json").exists()


@settings(max_examples=12)
@given(st.text(max_size=60))
def test_any_text_can_be_set(text: str) -> None:
    import tempfile

    said = text.encode("utf-8", "replace").decode()
    with tempfile.TemporaryDirectory() as made:
        table = {"k": "table", "cols": ["auto", "1"], "head": ["A", "B"], "rows": [[said, said]]}
        blocks = [{"k": "new", "id": "d0", "t": said, "sub": [said]}, {"k": "p", "t": said}, {"k": "pre", "t": said}, table]
        path, _ = set_pages(Path(made), "x", "text.typ", {"blocks": blocks}, seconds=0)
        assert path.stat().st_size > 1000


def test_what_cannot_be_set_says_nothing_of_the_text(folder: Path) -> None:
    with pytest.raises(Problem) as told:
        set_pages(folder, "x", "text.typ", {"blocks": [{"k": "p", "secret": "Okonjo"}]}, seconds=0)
    assert "Okonjo" not in str(told.value)
    assert "TypstError" in str(told.value)


@pytest.mark.parametrize(
    ("content", "why"),
    [(locked_pdf, "locked by a password"), (lambda: b"%PDF-1.7\nnothing", "damaged"), (lambda: b"", "damaged")],
)
def test_a_pdf_that_cannot_be_placed_says_why(folder: Path, content: Any, why: str) -> None:
    with pytest.raises(foreign.CannotPlace, match=why):
        foreign.place_pdf(content(), folder / "x.pdf")


@pytest.mark.parametrize(
    ("content", "against"),
    [
        (typeset_pdf, None), (plain_pdf, "a font of it is not embedded"), (scripted_pdf, "it carries actions"),
        (lambda: changed(typeset_pdf(), b"0 0 0 1 k"), "it uses print colours (CMYK)"), (lambda: annotated(typeset_pdf()), "it carries annotations or form fields"),
    ],
)  # fmt: skip
def test_why_a_page_becomes_a_picture(folder: Path, content: Any, against: str | None) -> None:
    placed = foreign.place_pdf(content(), folder / "x.pdf")
    assert placed.pictures.get(1) == against


def changed(content: bytes, drawing: bytes) -> bytes:
    import io

    with pikepdf.open(io.BytesIO(content)) as made:
        made.pages[0].contents_add(drawing)
        out = io.BytesIO()
        made.save(out)
        return out.getvalue()


def annotated(content: bytes) -> bytes:
    import io

    with pikepdf.open(io.BytesIO(content)) as made:
        note = pikepdf.Dictionary(Type=pikepdf.Name.Annot, Subtype=pikepdf.Name.Text, Rect=[0, 0, 9, 9])
        made.pages[0].obj.Annots = pikepdf.Array([note])
        out = io.BytesIO()
        made.save(out)
        return out.getvalue()


@pytest.mark.parametrize(
    ("kind", "mode", "size"),
    [
        ("PNG", "RGBA", (1, 1)),
        ("TIFF", "1", (1728, 2200)),
        ("GIF", "P", (30, 90)),
        ("JPEG", "CMYK", (50, 40)),
        ("PNG", "I;16", (9, 9)),
    ],
)
def test_images_of_every_mode_are_placed(folder: Path, kind: str, mode: str, size: tuple[int, int]) -> None:
    placed = foreign.place_image(image(kind, size, mode), folder / "x.pdf")
    assert len(placed.wide) == 1
    with pikepdf.open(folder / "x.pdf") as made:
        assert str(made.pages[0].Resources.XObject.Im.ColorSpace) in ("/DeviceRGB", "/DeviceGray")


def test_an_absurd_image_is_refused_in_words(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(foreign, "LARGEST_IMAGE", 100)
    with pytest.raises(foreign.CannotPlace, match="more than can be shown"):
        foreign.place_image(image(), folder / "x.pdf")
    with pytest.raises(foreign.CannotPlace, match="damaged"):
        foreign.place_image(b"II*\0nothing", folder / "x.pdf")


@pytest.mark.forges
@pytest.mark.parametrize("size", [10, 40_000, 3 * 1024 * 1024 + 17])
def test_large_bytes_are_kept_and_given_back_in_pieces(db: None, folder: Path, size: int) -> None:
    from muniment.record import blob_files, blobs

    source, target = folder / "in", folder / "out"
    source.write_bytes(os.urandom(size))
    with unit_of_work():
        digest = blob_files.put_file(source, "application/pdf")
    blob_files.copy_out(digest, target)
    assert target.read_bytes() == source.read_bytes() == blobs.get(digest)
    with unit_of_work():
        assert blob_files.put_file(source, "application/pdf") == digest


@pytest.mark.forges
@pytest.mark.parametrize(
    "spoil",
    [lambda sealed: sealed[:-1], lambda sealed: sealed[:500] + bytes([sealed[500] ^ 1]) + sealed[501:], lambda sealed: b""],
)
def test_spoilt_bytes_are_not_given_out(db: None, folder: Path, spoil: Any) -> None:
    from muniment.record import blob_files, blobs

    source, target = folder / "in", folder / "out"
    source.write_bytes(os.urandom(50_000))
    digest = blob_files.put_file(source, "application/pdf")
    blobs.path_of(digest).write_bytes(spoil(blobs.path_of(digest).read_bytes()))
    with pytest.raises(Problem, match="damaged"):
        blob_files.copy_out(digest, target)
    assert not target.exists()
