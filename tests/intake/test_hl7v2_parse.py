"""The parser: what it forgives, what it says of it, and where it stops."""

import pytest

from muniment.intake.hl7v2.escapes import Delimiters
from muniment.intake.hl7v2.parse import Limits, build, parse
from muniment.kernel.errors import Unreadable

HEAD = rb"MSH|^~\&|APP|FAC|||20260102||ADT^A01|C1|P|2.5"


@pytest.mark.parametrize("end", [b"\r", b"\n", b"\r\n"])
@pytest.mark.parametrize("around", [(b"", b""), (b"\x0b", b"\x1c\r"), (b"\xef\xbb\xbf", b""), (b"\n\n ", b"\r\n\r\n")])
def test_line_ends_marks_and_mllp_bytes_make_no_difference(end: bytes, around: tuple[bytes, bytes]) -> None:
    data = around[0] + end.join([HEAD, b"PID|1||4711", b"ZXX|own|segment", b""]) + around[1]
    message = parse(data)
    assert [segment.name for segment in message.segments] == ["MSH", "PID", "ZXX"]
    assert message.first("PID").text(3) == "4711"  # type: ignore[union-attr]
    assert not message.remarks


def test_msh_counts_as_the_standard_counts() -> None:
    header = parse(HEAD).header
    assert (header[1], header[2], header[3], header[12]) == ("|", "^~\\&", "APP", "2.5")
    assert parse(HEAD).message_type == ("ADT", "A01", "")


def test_any_delimiters() -> None:
    message = parse(b"MSH!@$%*!APP!FAC\rPID!1!!47%S%11@@@MAIN*1.2.3*ISO@MR$99\r")
    assert message.delimiters == Delimiters("!", "@", "$", "%", "*")
    pid = message.segments[1]
    assert pid.text(3) == "47@11"
    assert [each[1] for each in pid.repetitions(3)] == ["47@11", "99"]
    assert pid.first(3).sub(4)[2] == "1.2.3"
    assert pid.value(3, component=4, subcomponent=3) == "ISO"


def test_missing_delimiters_default_and_a_doubled_escape_is_forgiven() -> None:
    assert parse(b"MSH|^~|APP").delimiters == Delimiters()
    assert parse(b"MSH|||APP").delimiters == Delimiters()
    doubled = parse(rb"MSH|^~\\&|APP")
    assert doubled.delimiters == Delimiters()
    assert "MSH-2" in doubled.remarks[0]


def test_the_2_7_truncation_character_is_no_separator() -> None:
    assert parse(b"MSH|^~\\&#|APP").delimiters == Delimiters()


def test_envelopes_are_left_out() -> None:
    data = b"FHS|^~\\&|A\rBHS|^~\\&|A\r" + HEAD + b"\rPID|1\rBTS|1\rFTS|1\r"
    assert [segment.name for segment in parse(data).segments] == ["MSH", "PID"]


def test_a_torn_line_is_joined_and_said() -> None:
    message = parse(HEAD + b"\rOBX|1|TX|N^Note||first line\nsecond line\n\nthird, after a blank|||||F\rOBX|2|TX|N||end")
    first = message.segments[1]
    assert first.narrative(5) == "first line\nsecond line\n\nthird, after a blank"
    assert first.text(10) == "F"
    assert message.remarks == ["Lines 3, 5 begin no segment; read as part of the segment before."]


def test_null_is_not_said_and_remarked() -> None:
    message = parse(HEAD + b'\rPID|1||4711||""^""||""|5"" tall')
    pid = message.segments[1]
    assert (pid.text(5), pid.text(7), pid.text(8)) == ("", "", '5"" tall')
    assert pid.repetitions(7) == []
    assert message.remarks == ['PID-5, PID-7 say "delete the value" (""); read as not said.']


@pytest.mark.parametrize(
    ("declared", "encoding", "read_as", "remark"),
    [
        ("", "utf-8", "utf-8", ""),
        ("UNICODE UTF-8", "utf-8", "utf-8", ""),
        ("8859/1", "latin-1", "iso8859_1", ""),
        ("ASCII", "cp1252", "cp1252", "not UTF-8 as MSH-18 says; it was read as cp1252"),
        ("", "cp1252", "cp1252", "not UTF-8; it was read as cp1252"),
        ("EBCDIC", "utf-8", "utf-8", "not in HL7 table 0211"),
    ],
)
def test_character_sets(declared: str, encoding: str, read_as: str, remark: str) -> None:
    data = (rf"MSH|^~\&|APP|FAC|||2026||ADT^A01|1|P|2.5||||||{declared}" + "\rPID|||1||Müller^Zoë").encode(encoding)
    message = parse(data)
    assert message.segments[1].text(5) == "Müller"
    assert message.charset == read_as
    assert (remark in message.remarks[0]) if remark else not message.remarks


def test_utf_16_with_a_mark() -> None:
    assert parse("\ufeffMSH|^~\\&|APP\rPID|||1||Müller".encode("utf-16-le")).segments[1].text(5) == "Müller"


def test_control_characters_never_reach_the_record() -> None:
    message = parse(HEAD + b"\rPID|||47\x0011\x07")
    assert message.segments[1].text(3) == "4711"
    assert "Control characters" in message.remarks[0]


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (b"", "no HL7 v2 message"),
        (b"\x00\x01\x02\x03", "no HL7 v2 message"),
        (b"<ClinicalDocument/>", "no HL7 v2 message"),
        (b"PID|1||4711", "no HL7 v2 message"),
        (b"MSH", "no HL7 v2 message"),
        (b"MSH|^^^^|A", "can't be told apart"),
        (b"MSHABCDE", "can't be told apart"),
        (HEAD + b"\r" + HEAD, "more than one message"),
    ],
)
def test_what_is_no_single_message_is_unreadable(data: bytes, says: str) -> None:
    with pytest.raises(Unreadable, match=says) as caught:
        parse(data)
    assert caught.value.remedy


@pytest.mark.parametrize(
    ("limits", "says"),
    [
        (Limits(message=1024), "larger than"),
        (Limits(segments=3), "more than 3 segments"),
        (Limits(fields=10), "more than 10 fields"),
        (Limits(field=500), "longer than 500"),
    ],
)
def test_bounds(limits: Limits, says: str) -> None:
    data = HEAD + b"\rPID|1||4711\rNTE|1||short\rNTE|2||" + b"x" * 1000
    with pytest.raises(Unreadable, match=says):
        parse(data, limits=limits)


def test_build_writes_what_parse_reads() -> None:
    data = build([("MSH", ["APP", "F|C"]), ("PID", ["1", "", [["47^11", "", "", ["MAIN", "1.2.3", "ISO"], "MR"], "99"]])])
    assert data == b"MSH|^~\\&|APP|F\\F\\C\rPID|1||47\\S\\11^^^MAIN&1.2.3&ISO^MR~99\r"
