"""FHIR JSON goes in and comes out without loss, or is refused with a sentence."""

import hashlib

import pytest

from muniment.kernel.errors import Unreadable
from muniment.kernel.fhir.canonical import MAX_DEPTH, decode, digest, encode

NUMBERS = ["72.50", "1e3", "1E3", "1E+3", "1.00E2", "-0", "-0.0", "0.00", "0e0", "0.00000001", "0.12345678901234567"]
NUMBERS += ["7" * 40, "7" * 4300]


@pytest.mark.parametrize("text", NUMBERS)
def test_a_number_keeps_its_spelling(text: str) -> None:
    assert encode(decode(text.encode())) == text.encode()
    assert encode(decode(f'{{"value":{text}}}'.encode())) == f'{{"value":{text}}}'.encode()


def test_the_canonical_form_sorts_keys_and_drops_white_space() -> None:
    assert encode(decode(b'{ "b" : [1 , 2.0],\n "a":"\\u00e9" }')) == '{"a":"é","b":[1,2.0]}'.encode()


def test_the_digest_is_sha_256() -> None:
    assert digest(b"{}") == hashlib.sha256(b"{}").digest()


def test_nesting_is_bounded() -> None:
    deepest = b"[" * MAX_DEPTH + b"]" * MAX_DEPTH
    assert encode(decode(deepest)) == deepest
    with pytest.raises(Unreadable, match="64 levels"):
        decode(b"[" + deepest + b"]")


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        (b"", "not JSON"),
        (b'{"a":1', "cut off"),
        (b"{} {}", "not JSON"),
        (b"01", "not JSON"),
        (b'"a\nb"', "not JSON"),
        (b"NaN", "not a JSON number"),
        (b"[-Infinity]", "not a JSON number"),
        (b'"\xff"', "not UTF-8"),
        (b'"\xed\xa0\x80"', "not UTF-8"),
        (b"\xef\xbb\xbf{}", "byte order mark"),
        (b"\xff\xfe{\x00}\x00", "byte order mark"),
        (b'"\\ud800"', "surrogate"),
        (b'{"\\udc00 ":1}', "surrogate"),
        (b'{"a":1,"a":1}', "same key twice"),
        (b'{"a":1,"a" :2}', "same key twice"),
        (b'{"a":1,"\\u0061":2}', "same key twice"),
        (b'[{"x":"\\u003a\\u003a"},{"a":{},"b":0,"a":1}]', "same key twice"),
        (b"1e4301", "digits"),
        (b"1E+99999", "digits"),
        (b"1e999999999999999999999999", "digits"),
        (b"9" * 4301, "digits"),
        (b"0." + b"9" * 4301, "digits"),
        (b"[" * 100_000, "64 levels"),
        (b'{"a":' * 5000, "64 levels|cut off"),  # how deep the reader gets before it sees the end differs by Python
    ],
)
def test_what_is_no_exact_json_is_refused_with_a_sentence(data: bytes, sentence: str) -> None:
    with pytest.raises(Unreadable, match=sentence) as caught:
        decode(data)
    assert caught.value.remedy


def test_text_without_a_utf_8_form_is_not_written() -> None:
    with pytest.raises(Unreadable):
        encode({"a": "\ud800"})
