"""Acknowledgements: routing turned around, the control id given back, nothing of the patient."""

import pytest

from muniment.intake.hl7v2.ack import acknowledge
from muniment.intake.hl7v2.parse import parse

MESSAGE = b"MSH|^~\\&|LAB^1.2^ISO|MAIN|HIM|HOSP|20260102||ORU^R01^ORU_R01|C77|P|2.5.1\rPID|1||4711^^^MAIN^MR||Secret^Sally\r"


def test_a_positive_acknowledgement() -> None:
    answer = parse(acknowledge(MESSAGE, "AA", "Filed", control_id="K1"))
    header, msa = answer.header, answer.segments[1]
    assert [header[n] for n in (3, 4, 5, 6, 9, 10, 11, 12)] == [
        "HIM",
        "HOSP",
        "LAB^1.2^ISO",
        "MAIN",
        "ACK^R01^ACK",
        "K1",
        "P",
        "2.5.1",
    ]
    assert (msa.name, msa[1], msa[2], msa[3]) == ("MSA", "AA", "C77", "Filed")
    assert len(answer.segments) == 2


@pytest.mark.parametrize(("version", "errors"), [("2.3", 0), ("2.4", 0), ("2.5", 1), ("2.5.1", 1), ("2.8", 1)])
def test_err_from_2_5_on(version: str, errors: int) -> None:
    answer = parse(acknowledge(MESSAGE.replace(b"2.5.1", version.encode()), "AE", "Not filed", control_id="K1"))
    assert len(answer.named("ERR")) == errors
    assert all((err.text(4), err.text(8)) == ("E", "Not filed") for err in answer.named("ERR"))


def test_nothing_of_the_patient_is_echoed() -> None:
    for code in ("AA", "AE", "AR"):
        answer = acknowledge(MESSAGE, code, "No", control_id="K1")  # type: ignore[arg-type]
        assert b"Sally" not in answer
        assert b"4711" not in answer


def test_the_senders_delimiters_are_kept_and_the_text_is_escaped() -> None:
    answer = acknowledge(b"MSH!@$%*!A@B!C!!!!!ADT@A01!9!P!2.6", "AE", "What! No $ or |?\rMSA", control_id="K1")
    again = parse(answer)
    assert again.header[5] == "A@B"
    assert again.segments[1].text(3) == "What! No $ or |? MSA"
    assert [segment.name for segment in again.segments] == ["MSH", "MSA", "ERR"]


@pytest.mark.parametrize("data", [None, b"", b"\x00\xff", b"MSH", b"garbage", b"MSH||||", b"MSH|^^^^|X"])
def test_anything_can_be_answered(data: bytes | None) -> None:
    answer = parse(acknowledge(data, "AR", "Unreadable", control_id="K1"))
    assert answer.header[12] == "2.5.1"
    assert answer.segments[1][1] == "AR"


def test_a_message_broken_behind_its_header_is_answered_by_its_control_id() -> None:
    answer = parse(acknowledge(MESSAGE + b"\r" + MESSAGE, "AR", "Two messages", control_id="K1"))
    assert answer.segments[1][2] == "C77"


def test_text_beyond_ascii_names_its_character_set() -> None:
    assert parse(acknowledge(MESSAGE, "AE", "não", control_id="K1")).header[18] == "UNICODE UTF-8"
