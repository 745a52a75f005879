"""Damaged documents read, or are refused with a sentence: never anything else."""

import random
from datetime import UTC

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from muniment.intake.ccda.datatypes import number
from muniment.intake.ccda.read import read
from muniment.intake.ccda.render import render
from muniment.kernel.errors import Problem
from support.ccda_documents import TEMPLATE, allergy, document, drug, organizer, problem, result, section, snomed
from support.corpora import corpus

_VALUE = snomed("value", "44054006", "Diabetes", kind="CD")
_SAMPLE = document(
    section("11450-4", problem(_VALUE, time='<low value="2010"/>')),
    section("48765-2", allergy("416098002", '<code code="7980" codeSystem="2.16.840.1.113883.6.88"/>')),
    section("30954-2", organizer(result('<value xsi:type="PQ" value="72.50" unit="mg/dL"/>'))),
    section("10160-0", drug(inner='<effectiveTime xsi:type="PIVL_TS"><period value="12" unit="h"/></effectiveTime>')),
    section("47519-4", f'<procedure moodCode="EVN"><templateId root="{TEMPLATE}14"/>{snomed("code", "80146002")}</procedure>'),
)
_WORDS = (
    b'"',
    b"<",
    b">",
    b"/",
    b"\0",
    b"\xff",
    b'nullFlavor="UNK"',
    b'value="99999999999999"',
    b'value="1e999"',
    b'value="-"',
    b'code=""',
)


def attempt(data: bytes) -> None:
    """Anything but a Problem with a sentence fails the test."""
    refused: list[Problem] = []
    for door in (lambda: read(data, zone_of=lambda _: UTC), lambda: render(data)):
        try:
            door()
        except Problem as problem_:
            refused.append(problem_)
    assert all(each.what.endswith(".") for each in refused)


@settings(max_examples=150)
@given(st.integers(0, len(_SAMPLE)), st.integers(0, 60), st.sampled_from(_WORDS))
@example(0, 0, b"\0")
def test_a_damaged_place(at: int, gone: int, instead: bytes) -> None:
    attempt(_SAMPLE[:at] + instead + _SAMPLE[at + gone :])


@settings(max_examples=200)
@given(
    st.sampled_from([b'value="', b'code="', b'root="', b'xsi:type="', b'extension="', b'unit="', b'moodCode="']),
    st.integers(0, 40),
    st.text(max_size=12),
)
def test_any_attribute_says_anything(name: bytes, which: int, text: str) -> None:
    clean = "".join(each for each in text if each.isprintable() and each not in '<>&"')
    parts = _SAMPLE.split(name)
    if which + 1 < len(parts):
        parts[which + 1] = clean.encode() + b'"' + parts[which + 1].split(b'"', 1)[1]
    attempt(name.join(parts))


@settings(max_examples=100)
@given(st.binary(max_size=300))
def test_anything_at_all(data: bytes) -> None:
    attempt(data)


@given(st.decimals(allow_nan=False, allow_infinity=False, places=4, min_value=-(10**9), max_value=10**9))
def test_a_decimal_comes_out_as_it_went_in(value: object) -> None:
    assert str(number(str(value))) == str(value)


@pytest.mark.corpora
def test_mutated_corpora() -> None:
    """Shuffle the order of lines and drop some: what is still well-formed is often odd."""
    chance = random.Random(7)
    found = (path.read_bytes() for path in sorted(corpus("ccda").rglob("*.xml")))
    documents = [data for data in found if b"<ClinicalDocument" in data]
    for data in chance.sample(documents, 40):
        lines = data.splitlines(keepends=True)
        for _ in range(2):
            kept = [each for each in lines if chance.random() > 0.004]
            attempt(b"".join(kept))
            spot = chance.randrange(len(lines))
            attempt(b"".join([*lines[:spot], chance.choice(lines), *lines[spot:]]))
