"""What CDC and CMS publish is told apart by its content, and a file that is none is a sentence."""

import io
import zipfile
from datetime import date
from pathlib import Path

import pytest

from muniment.kernel.errors import Unreadable
from muniment.terminology.official import Kind, Left, Recognised, exempt_codes, find, recognise, titled, weights
from support import official
from support.corpora import corpus

OCTOBER_2025 = date(2025, 10, 1)


@pytest.mark.parametrize(
    ("name", "text", "kind", "begins"),
    [
        ("icd10cm-order-2026.txt", official.CM_ORDER, Kind.CM_ORDER, OCTOBER_2025),
        ("icd10cm-order-April-2026.txt", official.CM_ORDER, Kind.CM_ORDER, date(2026, 4, 1)),
        ("a.dat", official.CM_ORDER, Kind.CM_ORDER, None),
        ("icd10pcs_order_2027.txt", official.PCS_ORDER, Kind.PCS_ORDER, date(2026, 10, 1)),
        ("codes FY26.txt", official.CM_CODES, Kind.CM_CODES, OCTOBER_2025),
        ("POAexemptCodesFY26.txt", official.EXEMPT, Kind.EXEMPT, OCTOBER_2025),
        ("table.txt", official.TABLE_5, Kind.TABLE_5, OCTOBER_2025),
        ("x.xml", official.TABULAR.format(year=2026), Kind.TABULAR, OCTOBER_2025),
        ("FY25/x.xml", official.TABULAR.format(year=2026), Kind.TABULAR, OCTOBER_2025),
    ],
)
def test_a_file_is_told_by_what_stands_in_it(name: str, text: str, kind: Kind, begins: date | None) -> None:
    found = official.recognised(name, text)
    assert (found.kind, found.begins) == (kind, begins)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        (b"", "not a list of codes"),
        (b"\x00\xff" * 3000, "not a list of codes"),
        (b"%PDF-1.7", "a document for people"),
        (b"PK\x03\x04....", "a document for people"),
        (b"I5020\nI509\n", "not a list of codes"),
        (b"Add:  I50.99 Heart failure of a new kind\n", "changes since the release before"),
        (b'<?xml version="1.0"?><ICD10CM.index><version>2026</version></ICD10CM.index>', "an index or table"),
        (official.EXEMPT[:400].encode(), "changes to the list of exempt codes"),
        (official.CM_ORDER.replace("00002 I502 ", "2 I502").encode(), "not a list of codes"),
    ],
)
def test_what_is_not_used_says_why(text: bytes, reason: str) -> None:
    found = recognise("a.txt", text)
    assert isinstance(found, Left)
    assert reason in found.reason


def test_a_line_in_the_middle_that_is_none_is_named() -> None:
    lines = [official.order_line(n, f"I{n:04d}", "x") for n in range(100)]
    found = official.recognised("icd10cm-order-2026.txt", "\n".join([*lines[:60], "ha", *lines[60:], ""]))
    with pytest.raises(Unreadable, match="Line 61 is not a line of an ICD-10-CM order file") as told:
        list(titled(found))
    assert told.value.where == "icd10cm-order-2026.txt"


def test_titles_exempt_codes_and_weights_are_read() -> None:
    rows = list(titled(official.recognised("icd10cm-order-2026.txt", official.CM_ORDER)))
    assert [(rows[0].code, rows[0].billable), (rows[-1].code, rows[-1].billable)] == [("I50", False), ("I5099", True)]
    assert rows[-1].title == "Heart failure of a new kind"
    assert "I509" in exempt_codes(official.recognised("POAexemptCodesFY26.txt", official.EXEMPT))
    figures = weights(official.recognised("table.txt", official.TABLE_5))
    assert (figures[291]["weight"], figures[291]["gmlos"], figures[291]["post_acute"]) == ("1.2000", "3.9", True)
    assert (figures[998]["weight"], figures[998]["gmlos"]) == (None, None)


def test_zips_and_folders_are_looked_through_and_nothing_is_unpacked_without_bound(tmp_path: Path) -> None:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as into:
        into.writestr("icd10cm-order-2026.txt", official.CM_ORDER)
        into.writestr("readme.pdf", "%PDF-1.4")
    (tmp_path / "release.zip").write_bytes(packed.getvalue())
    (tmp_path / "inner").mkdir()
    (tmp_path / "inner" / "icd10pcs_order_2026.txt").write_text(official.PCS_ORDER)
    used, left = find([tmp_path])
    assert sorted((one.name, one.kind) for one in used) == [
        ("icd10pcs_order_2026.txt", Kind.PCS_ORDER),
        ("release.zip/icd10cm-order-2026.txt", Kind.CM_ORDER),
    ]
    assert [one.name for one in left] == ["release.zip/readme.pdf"]

    bomb = io.BytesIO()
    with zipfile.ZipFile(bomb, "w", zipfile.ZIP_DEFLATED) as into:
        into.writestr("icd10cm-order-2026.txt", b"0" * (65 * 1024 * 1024))
    (tmp_path / "release.zip").write_bytes(bomb.getvalue())
    with pytest.raises(Unreadable):
        find([tmp_path / "release.zip"])
    (tmp_path / "release.zip").write_bytes(packed.getvalue()[:200])
    with pytest.raises(Unreadable, match="damaged"):
        find([tmp_path / "release.zip"])


def test_every_file_of_the_corpora_is_recognised_or_says_why_not() -> None:
    used, left = find([corpus("codesets")])
    kinds = sorted((one.kind.name, one.begins.isoformat() if one.begins else "") for one in used)
    assert kinds.count(("CM_ORDER", "2025-10-01")) + kinds.count(("CM_CODES", "2025-10-01")) >= 1
    assert {("EXEMPT", "2025-10-01"), ("CM_CODES", "2026-10-01"), ("PCS_CODES", "2026-10-01")} <= set(kinds)
    assert any(one.begins == date(2025, 4, 1) for one in used if one.kind in (Kind.CM_ORDER, Kind.CM_CODES))
    assert all(one.reason for one in left)
    assert not [one for one in used if not isinstance(one, Recognised)]
