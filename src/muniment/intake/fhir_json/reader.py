"""One unit of FHIR JSON → one submission for each patient in it, and a plain problem for each thing that can't be filed."""

from __future__ import annotations

import re
from collections.abc import Iterator

from muniment.intake.fhir_json.parcels import ALL_OR_NOTHING, Parcel, open_lines, open_unit, whole_refused
from muniment.intake.fhir_json.sorting import Sorter
from muniment.intake.fhir_json.units import is_ndjson, unpack
from muniment.intake.submission import Submission
from muniment.kernel.errors import Problem, Unfileable

_FIRST_LINES = re.compile(rb"\s*(\S[^\n]*)\n\s*(\S?)")


def read(data: bytes, *, source: str, unit: str = "") -> Iterator[Submission | Problem]:
    """Read a FHIR R4 resource, a Bundle of any type or NDJSON, plain or gzip.

    ``source`` names the sending system: it scopes the logical ids of its patients. ``unit`` is the name ``units`` gave the
    bytes, so that problems count lines as the file does. Resources of no patient come first, in a submission without one.

    An invalid resource is one problem and the others go on, but a transaction, document or message stands or falls as a
    whole (FHIR R4 §3.1.0.11.2). Nothing is raised for bad input; what is wrong is yielded.
    """
    try:
        for parcel in _parcels(unpack(data), unit):
            yield from _file(parcel, source)
    except Problem as problem:
        yield problem


def _parcels(text: bytes, unit: str) -> Iterator[Parcel]:
    numbered = re.search(r"\d+", unit)
    if numbered or is_ndjson(*_two_lines(text)):
        return open_lines(text, int(numbered[0]) if numbered else 1)
    return open_unit(text)


def _two_lines(text: bytes) -> tuple[bytes, bytes]:
    """The first two lines that are not blank; of the second only its beginning."""
    found = _FIRST_LINES.match(text)
    return (found[1], found[2]) if found else (text, b"")


def _file(parcel: Parcel, source: str) -> Iterator[Submission | Problem]:
    found = list(Sorter(parcel, source).submissions())
    if parcel.problems and parcel.kind.removeprefix("Bundle/") in ALL_OR_NOTHING:
        yield whole_refused(parcel)
    elif found or parcel.problems:
        yield from parcel.problems
        yield from found
    elif parcel.kind != "NDJSON":
        yield Unfileable("The bundle holds nothing to file.", remedy="Send it with its entries.")
