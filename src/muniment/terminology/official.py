"""The files CDC and CMS publish of a code system, told apart by what stands in them, and read line by line. Pure: nothing is written.

The alphabetic indexes and tables are told here and read by ``publications``, AHRQ's by ``ahrq``. Layouts: ICD-10-CM and ICD-10-PCS order files
(order number, code, whether it is a code, short and long title in fixed columns), code files, the CDC's tabular XML, the list of codes exempt
from present-on-admission reporting, Table 5 of the IPPS final rule.
"""

from __future__ import annotations

import csv
import hashlib
import io
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from pathlib import Path

from muniment.kernel.errors import Unreadable
from muniment.kernel.zips import MAX_ENTRY, open_zip
from muniment.terminology import ahrq_files

MOST_FILES = 500  # in all that was named
_HEAD = 4000  # characters looked at to tell a file
_EXEMPT_AT_LEAST = 5000  # lines: the lists of what was added to it and deleted from it have the same heading


class Kind(StrEnum):
    """What a file is. The value is how people are told."""

    TABULAR = "ICD-10-CM tabular list"
    CM_ORDER = "ICD-10-CM order file"
    CM_CODES = "ICD-10-CM list of codes"
    PCS_ORDER = "ICD-10-PCS order file"
    PCS_CODES = "ICD-10-PCS list of codes"
    EXEMPT = "codes exempt from present-on-admission reporting"
    TABLE_5 = "MS-DRG weights (Table 5)"
    CCSR = "CCSR for diagnoses"
    ELIXHAUSER = "Elixhauser comorbidities"
    CM_INDEX = "ICD-10-CM index to diseases and injuries"
    CM_INDEX_CSV = "ICD-10-CM index to diseases and injuries, as a table"
    CM_CAUSES = "ICD-10-CM index to external causes"
    CM_NEOPLASMS = "ICD-10-CM table of neoplasms"
    CM_DRUGS = "ICD-10-CM table of drugs and chemicals"


@dataclass(frozen=True, slots=True)
class Recognised:
    """A file that can be used. ``begins``: the day its content is in force from, where its name or its content says so."""

    name: str
    kind: Kind
    content: bytes
    begins: date | None

    @property
    def mark(self) -> str:
        """Its name with the beginning of its SHA-256: what a release says it comes from."""
        return f"{self.name} ({hashlib.sha256(self.content).hexdigest()[:12]})"


@dataclass(frozen=True, slots=True)
class Left:
    """A file that is not used, and why."""

    name: str
    reason: str


@dataclass(frozen=True, slots=True)
class Titled:
    """A line of an order or code file. ``code`` has no dot; ``title`` is empty where the list has none; ``billable`` False: a heading."""

    code: str
    title: str
    billable: bool


_ORDER = re.compile(r"[0-9]{5} (?P<code>[0-9A-Z]{3,7}) *(?<= )(?P<billable>[01]) .{60} (?P<title>.+)")
_CM_LINE = re.compile(r"(?P<code>[A-Z][0-9A][0-9A-Z][0-9A-Z]{0,4})(?: +(?P<title>\S.+))?")
_PCS_LINE = re.compile(r"(?P<code>[0-9A-HJ-NP-Z]{7})(?: +(?P<title>\S.+))?")
_FISCAL_YEAR = re.compile(r"(?:FY ?|(?<![0-9]))(20[0-9]{2}|(?<=FY)[0-9]{2})(?![0-9])", re.IGNORECASE)
_CHANGES = re.compile(r"\s*(?:Add|Delete|Revise from|Revise to|No change)\s*:", re.IGNORECASE)


def find(paths: list[Path]) -> tuple[list[Recognised], list[Left]]:
    """Every file of the paths, folders and ZIPs: those that can be used, and the others with the reason.

    Raises Unreadable for a path that is not there, a broken or oversized ZIP, and more files than anybody publishes.
    """
    used: list[Recognised] = []
    left: list[Left] = []
    for name, content in _files(paths):
        found = recognise(name, content)
        (used if isinstance(found, Recognised) else left).append(found)  # type: ignore[arg-type]
    return used, left


def _files(paths: list[Path]) -> Iterator[tuple[str, bytes]]:
    every = [one for path in paths for one in (sorted(path.rglob("*")) if path.is_dir() else [path]) if not one.is_dir()]
    if len(every) > MOST_FILES:
        raise Unreadable(f"There are more than {MOST_FILES} files.", remedy="Name the files of one release.")
    for path in every:
        content = _content(path)
        if content[:4] == b"PK\x03\x04" and path.suffix.lower() != ".xlsx":
            for inner, unpacked in open_zip(content).items():
                yield f"{path.name}/{inner}", unpacked
        else:
            yield path.name, content


def _content(path: Path) -> bytes:
    try:
        if path.stat().st_size > 2 * MAX_ENTRY:
            raise Unreadable(
                f"{path.name} is larger than {2 * MAX_ENTRY // 2**20} MiB.", remedy="Name the file as CDC or CMS publishes it."
            )
        return path.read_bytes()
    except OSError as error:
        raise Unreadable(f"{path.name} can’t be opened.", remedy="Check the path and that it may be read.") from error


def recognise(name: str, content: bytes) -> Recognised | Left:
    """What a file is, by its content. Never raises."""
    if content[:4] == b"PK\x03\x04" and ahrq_files.is_elixhauser(content):
        return Recognised(name, Kind.ELIXHAUSER, content, ahrq_files.SINCE)
    if content[:5] == b"%PDF-" or content[:4] == b"PK\x03\x04":
        return Left(name, "a document for people, which is not read")
    head = decoded(content[: 2 * _HEAD])[:_HEAD]
    kind = _xml_kind(head) if head.lstrip("\ufeff").startswith("<?xml") else _text_kind(head)
    if kind is Kind.EXEMPT and content.count(b"\n") < _EXEMPT_AT_LEAST:
        return Left(name, "changes to the list of exempt codes; the whole list is read")
    if kind is None:
        return Left(name, _unread(head))
    return Recognised(name, kind, content, _begins(name, head))


def _xml_kind(head: str) -> Kind | None:
    if "<ICD10CM.tabular" in head:
        return Kind.TABULAR
    if "<ICD10CM.index" not in head:
        return None
    said = head.upper()
    return next((kind for mark, kind in _INDEXES.items() if mark in said), None)


# The first heading of a table, or the title of an index.
_INDEXES = {
    '<HEAD COL="1">NEOPLASM': Kind.CM_NEOPLASMS, '<HEAD COL="1">SUBSTANCE': Kind.CM_DRUGS,
    "<TITLE>ICD-10-CM EXTERNAL CAUSE": Kind.CM_CAUSES, "<TITLE>ICD-10-CM INDEX TO DISEASE": Kind.CM_INDEX,
}  # fmt: skip
_INDEX_CSV = "RowID,Letter,Level,Term,See,SeeAlso,NonEssModif,Code"


def _text_kind(head: str) -> Kind | None:
    lines = [line.rstrip("\r") for line in head.split("\n")[:-1] if line.strip()]
    if not lines:
        return None
    if "MS-DRG" in head and "TABLE 5" in head.upper():
        return Kind.TABLE_5
    if ahrq_files.is_ccsr(head):
        return Kind.CCSR
    if re.match(r"Order[0-9]*\tPOAexemptCode\tDescription", lines[0]):
        return Kind.EXEMPT
    if lines[0].lstrip("\ufeff") == _INDEX_CSV:
        return Kind.CM_INDEX_CSV
    some = lines[:20]
    if all(_ORDER.fullmatch(line) for line in some):
        return Kind.CM_ORDER if some[0][6].isalpha() else Kind.PCS_ORDER
    if not any(" " in line for line in some):
        return None  # codes without their titles
    if all(_PCS_LINE.fullmatch(line) for line in some):
        return Kind.PCS_CODES
    return Kind.CM_CODES if all(_CM_LINE.fullmatch(line) for line in some) else None


def _unread(head: str) -> str:
    if _CHANGES.match(head):
        return "changes since the release before; the whole list is read"
    if "<ICD10CM.index" in head or "<ICD10PCS." in head:
        return "an index or table, which is not used"
    return "not a list of codes as CDC or CMS publish it"


def _begins(name: str, head: str) -> date | None:
    """1 October before the fiscal year that is named, or its 1 April where that is named too."""
    said = re.search(r"<version>(20[0-9]{2})</version>", head) or re.search(r"FY ?(20[0-9]{2})", head)
    found = said or _FISCAL_YEAR.search(name.rsplit("/", 1)[-1]) or _FISCAL_YEAR.search(name)
    if found is None:
        return None
    year = int(found[1]) if len(found[1]) == 4 else 2000 + int(found[1])
    return date(year, 4, 1) if "april" in name.lower() else date(year - 1, 10, 1)


def decoded(content: bytes) -> str:
    """CDC's files are in UTF-8, CMS's also in Windows-1252."""
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return content.decode("cp1252", errors="replace")


def titled(file: Recognised) -> Iterator[Titled]:
    """The lines of an order or code file. Raises Unreadable, which names the line that is none."""
    layout = {Kind.CM_CODES: _CM_LINE, Kind.PCS_CODES: _PCS_LINE}.get(file.kind, _ORDER)
    for number, line in enumerate(decoded(file.content).splitlines(), 1):
        if not line.strip():
            continue
        found = layout.fullmatch(line.rstrip())
        if found is None:
            raise Unreadable(
                f"Line {number} is not a line of an {file.kind.value}.",
                where=file.name,
                remedy="Take the file anew from CDC or CMS.",
            )
        yield Titled(found["code"], " ".join((found["title"] or "").split()), layout is not _ORDER or found["billable"] == "1")


def exempt_codes(file: Recognised) -> frozenset[str]:
    """The codes, without dots, of which no present-on-admission indicator is reported."""
    rows = csv.reader(io.StringIO(decoded(file.content)), delimiter="\t", quoting=csv.QUOTE_NONE)
    next(rows)
    return frozenset(row[1].strip().replace(".", "") for row in rows if len(row) >= 2)


def weights(file: Recognised) -> dict[int, dict[str, object]]:
    """MS-DRG → relative weight (the capped one where there are two) and mean lengths of stay in days, each None where none is published."""
    found: dict[int, dict[str, object]] = {}
    columns: dict[str, int] = {}
    for row in csv.reader(io.StringIO(decoded(file.content)), delimiter="\t"):
        cells = [cell.strip() for cell in row]
        columns = columns or _columns(cells)
        if columns and cells and cells[0].isdigit() and len(cells) > max(columns.values()):
            found[int(cells[0])] = {name: _figure(cells[place]) for name, place in columns.items() if name not in _FLAGS} | {
                name: cells[columns[name]] == "Yes" for name in _FLAGS if name in columns
            }
    if not found:
        raise Unreadable("There is no MS-DRG in it.", where=file.name, remedy="Take Table 5 as text, tab by tab, from CMS.")
    return found


_FLAGS = {"post_acute": "post-acute", "special_pay": "special pay"}
_HEADINGS = {"gmlos": "geometric mean", "amlos": "arithmetic mean", "type": "type"}


def _columns(cells: list[str]) -> dict[str, int]:
    """Where each figure stands, by the headings of the table; nothing for a line that is not its heading."""
    if not cells or cells[0].upper() != "MS-DRG":
        return {}
    heads = [" ".join(cell.lower().split()) for cell in cells]
    found = {
        name: next((place for place, head in enumerate(heads) if said in head), -1)
        for name, said in (_FLAGS | _HEADINGS).items()
    }
    weighed = [place for place, head in enumerate(heads) if head.startswith("weights")]
    found["weight"] = weighed[-1] if weighed else -1
    return {name: place for name, place in found.items() if place >= 0}


def _figure(text: str) -> str | None:
    """A decimal kept as text, so that 0.7000 stays 0.7000."""
    return text if text.replace(".", "", 1).isdigit() else (text or None) if text.isalpha() else None
