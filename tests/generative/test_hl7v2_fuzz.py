"""Damaged messages: whatever comes in, it is a submission or a Problem, never another exception."""

import io
from datetime import UTC

from hypothesis import given, settings
from hypothesis import strategies as st

from muniment.intake.hl7v2.ack import acknowledge
from muniment.intake.hl7v2.parse import parse
from muniment.intake.hl7v2.read import read
from muniment.intake.hl7v2.stream import split
from muniment.kernel.errors import Problem

SEEDS = [
    b"\r".join(
        [
            b"MSH|^~\\&|LAB|MAIN|||20260102030405-0500||ORU^R01|C1|P|2.5",
            b"PID|1||4711^^^MAIN&1.2.3&ISO^MR||Test^Tess^A||19700101|F|||1 St^^T^IL^6",
            b"PV1|1|I|4W^1^A|||||||MED|||||||||V1",
            b"ORC|RE|P1|F1",
            b"OBR|1|P1|F1|58410-2^CBC^LN|||202601020800|||||||||D1^Doc||||||202601020930||HM|F",
            b"OBX|1|NM|718-7^Hgb^LN||13.50|g/dL|12.0-15.5|L|||F|||20260102",
            b"NTE|1||note\\.br\\more",
            b"OBX|2|SN|2^B^L||>^1^:^5|||||F",
            b"OBX|3|ED|P^Q^L||^AP^PDF^Base64^JVBERi0=||||||F",
            b"SPM|1|S1&A^S2||1^Blood^SCT|||||||2^mL|||||20260101^20260102",
            b"",
        ]
    ),
    b"\r".join(
        [
            b"MSH|^~\\&|ADT|MAIN|||20260102||ADT^A40|C2|P|2.3",
            b"EVN|A40|20260102||||20260101",
            b"PID|||1^^^M~2^^^N||A^B~C^D^^^^^M|||||||5551234~^NET^Internet^a@b",
            b"MRG|3^^^M||4||||Old^N",
            b"NK1|1|X^Y|MTH",
            b"DG1|1|I10|A^B^I10||20260101|F",
            b"AL1|1|DA|P^Q|SV|H",
            b"IN1|1|P|C|N||||||||20260101|20261231",
            b"PR1|1||C^D||2026",
        ]
    ),
    b"\r".join(
        [
            b"MSH|^~\\&|EHR|MAIN|||20260102||MDM^T06|C3|P|2.6",
            b"PID|||1",
            b"TXA|1|DS|TX|20260102|A^B|20260102|||O^P|||D1^E|D0^E||||AU||AV|||S^T^^^^^^^^^^^^^20260102",
            b"OBX|1|TX|||line~two",
            b"OBX|2|RP|||https://example.org/x^^",
            b"PRB|AD|2026|I10^H^I10|P1||||2020|||||active",
            b"",
        ]
    ),
    b"\r".join(
        [
            b"MSH|^~\\&|R|M|||2026||SIU^S12|C4|P|2.5",
            b"SCH|1^A|2^B||||^C|^D||30|MIN|^^^202601050900^202601050930",
            b"NTE|1||c",
            b"PID|||1",
            b"AIL|1||X^1^A",
            b"AIP|1||D^E",
            b"ORC|NW|1",
            b"RXO|1^D^RXNORM|5|6|mg||^take",
            b"RXR|PO",
            b"RXE||2^E|1|2|mg||^x|||30|TAB|3",
            b"RXA|0|1|20260101||08^B^CVX|0.5|mL||00|||||||||||CP",
            b"",
        ]
    ),
]
MARKS = b'|^~\\&\r\n"\x00\x0b\x1c\xff.0Z-'


def filed_or_refused(data: bytes) -> None:
    try:
        read(data, zone_of=lambda _: UTC)
    except Problem as problem:
        refused = problem
    else:
        refused = None
    assert refused is None or (refused.what.endswith(".") and refused.remedy)
    for _, part in split(io.BytesIO(data)):
        assert part
    assert parse(acknowledge(data, "AE", "No", control_id="K")).segments[1].name == "MSA"


@given(st.binary(max_size=400))
def test_any_bytes(data: bytes) -> None:
    filed_or_refused(data)
    filed_or_refused(b"MSH|^~\\&|A|B|||2026||ADT^A01|1|P|2.5\rPID|1||4711\r" + data)


@settings(max_examples=400)
@given(
    st.sampled_from(SEEDS),
    st.lists(
        st.tuples(
            st.integers(0, 2000),
            st.binary(min_size=1, max_size=3) | st.sampled_from([MARKS[i : i + 1] for i in range(len(MARKS))]),
        ),
        max_size=12,
    ),
)
def test_flipped_bytes(seed: bytes, flips: list[tuple[int, bytes]]) -> None:
    data = bytearray(seed)
    for at, new in flips:
        at %= len(data)
        data[at : at + len(new)] = new
    filed_or_refused(bytes(data))


@given(st.sampled_from(SEEDS), st.integers(0, 1200), st.integers(0, 1200))
def test_truncated(seed: bytes, start: int, length: int) -> None:
    filed_or_refused(seed[:length])
    filed_or_refused(seed[:20] + seed[start:])


@settings(max_examples=300)
@given(st.sampled_from(SEEDS), st.sampled_from(SEEDS), st.integers(0, 1200), st.integers(0, 1200))
def test_spliced(one: bytes, other: bytes, at: int, onward: int) -> None:
    filed_or_refused(one[:at] + other[onward:])


@settings(max_examples=300)
@given(st.sampled_from(SEEDS), st.integers(1, 15), st.integers(1, 40), st.text(max_size=30))
def test_any_field_replaced(seed: bytes, segment: int, number: int, text: str) -> None:
    lines = seed.split(b"\r")
    fields = lines[segment % len(lines)].split(b"|")
    fields[number % len(fields)] = text.encode("utf-8", errors="replace")
    lines[segment % len(lines)] = b"|".join(fields)
    filed_or_refused(b"\r".join(lines))
