"""Trigger events: what each ADT event says happened (HL7 v2.8 §3.3), and what other messages are filed as."""

from datetime import UTC

import pytest

from muniment.intake.hl7v2.read import read
from muniment.intake.submission import MovementKind
from muniment.kernel.errors import Unfileable

PID = "PID|1||4711^^^MAIN^MR||Test^Tess"
MRG = "MRG|4712^^^MAIN^MR"

ADT = [
    ("A01", MovementKind.ADMIT),
    ("A02", MovementKind.TRANSFER),
    ("A03", MovementKind.DISCHARGE),
    ("A04", MovementKind.REGISTER),
    ("A05", MovementKind.PREADMIT),
    ("A06", MovementKind.CHANGE_TO_INPATIENT),
    ("A07", MovementKind.CHANGE_TO_OUTPATIENT),
    ("A08", MovementKind.UPDATE),
    ("A11", MovementKind.CANCEL_ADMIT),
    ("A12", MovementKind.CANCEL_TRANSFER),
    ("A13", MovementKind.CANCEL_DISCHARGE),
    ("A38", MovementKind.CANCEL_PREADMIT),
    ("A27", MovementKind.CANCEL_PREADMIT),
    ("A28", MovementKind.UPDATE_PERSON),
    ("A31", MovementKind.UPDATE_PERSON),
    ("A54", MovementKind.UPDATE),
    ("A60", MovementKind.UPDATE),
    ("A18", MovementKind.MERGE),
    ("A34", MovementKind.MERGE),
    ("A40", MovementKind.MERGE),
]


def message(kind: str, *segments: str) -> bytes:
    return "\r".join([rf"MSH|^~\&|ADT|MAIN|HIM|MAIN|20260102030405||{kind}|C1|P|2.5", *segments]).encode()


@pytest.mark.parametrize(("trigger", "kind"), ADT)
def test_an_adt_event_is_a_movement(trigger: str, kind: MovementKind) -> None:
    found = read(message(f"ADT^{trigger}", f"EVN|{trigger}|202601020300||||202601020200", PID, MRG), zone_of=lambda _: UTC)
    assert found.movement is not None
    assert found.movement.kind is kind
    assert str(found.movement.recorded_at) == "2026-01-02T03:00:00+00:00"
    assert str(found.movement.occurred_at) == "2026-01-02T02:00:00+00:00"


@pytest.mark.parametrize("trigger", ["A23", "A29", "A43", "A45", "A47"])
def test_an_event_that_moves_nobody_is_kept_with_a_remark(trigger: str) -> None:
    found = read(message(f"ADT^{trigger}", PID), zone_of=lambda _: UTC)
    assert found.movement is None
    assert any(trigger in remark for remark in found.remarks)


@pytest.mark.parametrize(
    "kind", ["ORU^R01", "MDM^T02", "ORM^O01", "VXU^V04", "DFT^P03", "SIU^S12", "BAR^P01", "PPR^PC1", "RDE^O11"]
)
def test_other_messages_move_nobody(kind: str) -> None:
    found = read(message(kind, PID), zone_of=lambda _: UTC)
    assert found.kind == kind
    assert found.movement is None


@pytest.mark.parametrize(
    ("sent", "read_as"),
    [
        ("ORU", "ORU^R01"),
        ("ORU^^ORU_R01", "ORU^R01"),
        ("adt^a08", "ADT^A08"),
        ("ADT^A28^ADT_A05", "ADT^A28"),
        ("MDM^T02^MDM_T02", "MDM^T02"),
    ],
)
def test_elder_and_sloppy_ways_to_say_the_kind(sent: str, read_as: str) -> None:
    assert read(message(sent, PID), zone_of=lambda _: UTC).kind == read_as


def test_a_2_1_adt_names_its_event_in_evn() -> None:
    assert read(message("ADT", "EVN|A03|20260102", PID), zone_of=lambda _: UTC).kind == "ADT^A03"


@pytest.mark.parametrize(
    ("kind", "segments", "says", "where"),
    [
        ("", [PID], "does not say what kind", "MSH-9"),
        ("{}", [PID], "does not say what kind", "MSH-9"),
        ("ADT", [PID], "does not name its trigger event", "MSH-9"),
        ("ACK^A01", [], "Messages of type ACK hold nothing", "MSH-9"),
        ("RSP^K22", [PID], "Messages of type RSP hold nothing", "MSH-9"),
        ("ADT^A01", [], "no PID segment", "PID"),
        ("ADT^A01", ["PID|1||||Test^Tess"], "no identifier", "PID-3, line 2"),
        ("ADT^A40", [PID], "names no retired patient", "MRG"),
        ("ADT^A40", [PID, "MRG|"], "does not say which identifier is retired", "MRG-1, line 3"),
        ("ADT^A17", [PID, "PV1|1|I", "PID|1||99^^^MAIN^MR", "PV1|1|I"], "speaks of 2 patients", "PID, line 4"),
    ],
)
def test_what_can_not_be_filed_says_what_where_and_the_remedy(kind: str, segments: list[str], says: str, where: str) -> None:
    with pytest.raises(Unfileable) as caught:
        read(message(kind, *segments), zone_of=lambda _: UTC)
    assert says in caught.value.what
    assert caught.value.where == where
    assert caught.value.remedy.endswith(".")
    assert "Tess" not in str(caught.value)
