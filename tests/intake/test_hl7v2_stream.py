"""Messages out of files: batches, places, flat memory."""

import io
import tracemalloc
from collections.abc import Iterator

import pytest

from muniment.intake.hl7v2.parse import parse
from muniment.intake.hl7v2.stream import split
from muniment.kernel.errors import Unreadable

ONE = b"MSH|^~\\&|A|B|||2026||ADT^A01|1|P|2.5\rPID|1||4711\r"
TWO = b"MSH|^~\\&|A|B|||2026||ADT^A03|2|P|2.5\nPID|1||4711\nZZZ|x\n"


def test_messages_with_their_places() -> None:
    assert list(split(io.BytesIO(ONE + TWO + ONE))) == [
        ("message 1, line 1", ONE),
        ("message 2, line 3", TWO),
        ("message 3, line 6", ONE),
    ]


def test_batch_envelopes_are_left_out_and_counted_as_lines() -> None:
    data = b"FHS|^~\\&|A\r\nBHS|^~\\&|A\r\n" + ONE + b"BTS|1\r\nBHS|^~\\&\r\n" + TWO + b"BTS|1\r\nFTS|2\r\n"
    assert list(split(io.BytesIO(data))) == [("message 1, line 3", ONE), ("message 2, line 7", TWO)]


def test_mllp_frames_in_a_file() -> None:
    found = list(split(io.BytesIO(b"\x0b" + ONE + b"\x1c\r\x0b" + TWO + b"\x1c\r")))
    assert [place for place, _ in found] == ["message 1, line 1", "message 2, line 4"]
    assert [len(parse(data).segments) for _, data in found] == [2, 3]


def test_what_stands_before_the_first_message_is_given_too() -> None:
    found = list(split(io.BytesIO(b"PID|1||lost\r" + ONE)))
    assert found == [("before the first message, line 1", b"PID|1||lost\r"), ("message 1, line 2", ONE)]


def test_a_text_line_that_only_begins_like_a_header_is_no_message() -> None:
    data = ONE + b"NTE|1||see\nMSH is the header\nMSHx|\r"
    assert [place for place, _ in split(io.BytesIO(data))] == ["message 1, line 1"]


def test_utf_16_files() -> None:
    found = list(split(io.BytesIO((ONE + TWO).decode().encode("utf-16"))))
    assert [data for _, data in found] == [b"\xef\xbb\xbf" + ONE, TWO] or [data for _, data in found] == [ONE, TWO]


@pytest.mark.parametrize("size", [1, 7, 64])
def test_chunks_may_cut_anywhere(size: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("muniment.intake.hl7v2.stream._CHUNK", size)
    data = ONE.replace(b"\r", b"\r\n") + TWO + b"BTS|1\r\n" + ONE
    whole = [("message 1, line 1", ONE.replace(b"\r", b"\r\n")), ("message 2, line 3", TWO), ("message 3, line 7", ONE)]
    assert list(split(io.BytesIO(data))) == whole


def test_an_oversized_message_is_cut_where_parse_refuses_it_and_the_next_is_whole() -> None:
    large = ONE + b"NTE|1||" + b"x" * 300_000 + b"\r"
    found = [data for _, data in split(io.BytesIO(large + TWO), limit=100_000)]
    assert [len(found[0]), found[1]] == [100_001, TWO]
    assert parse(TWO)


class Endless(io.RawIOBase):
    """A file of many messages that is never in memory at once."""

    def __init__(self, chunks: Iterator[bytes]) -> None:
        self._chunks = chunks

    def read(self, size: int = -1) -> bytes:
        return next(self._chunks, b"")


def test_memory_does_not_grow_with_the_file() -> None:
    chunk = ONE * 2000
    tracemalloc.start()
    count = sum(1 for _ in split(Endless(chunk for _ in range(25))))  # type: ignore[arg-type]
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert count == 50_000
    assert peak < 4 * len(chunk)


def test_a_line_without_end_stays_bounded() -> None:
    endless = Endless(part for part in [ONE + b"NTE|1||", *[b"x" * 100_000] * 200])
    tracemalloc.start()
    found = list(split(endless, limit=200_000))  # type: ignore[arg-type]
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert len(found[0][1]) == 200_001
    assert peak < 3_000_000


def test_nothing_in_nothing_out() -> None:
    assert list(split(io.BytesIO(b""))) == []
    assert list(split(io.BytesIO(b"\r\n \r\n"))) == []


def test_no_message_at_all_is_given_to_be_refused() -> None:
    [(place, data)] = split(io.BytesIO(b"%PDF-1.7 not a message"))
    assert place == "before the first message, line 1"
    with pytest.raises(Unreadable):
        parse(data)
