"""Invariants of the canonical form: decoding is the inverse of encoding, and a number's spelling survives."""

import json
import pickle
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from muniment.kernel.errors import Unreadable
from muniment.kernel.fhir.canonical import decode, encode


def _containers(inner: st.SearchStrategy[object]) -> st.SearchStrategy[object]:
    return st.lists(inner, max_size=4) | st.dictionaries(TEXTS, inner, max_size=4)


TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
NUMBERS = st.from_regex(r"-?(0|[1-9][0-9]{0,25})(\.[0-9]{1,25})?([eE][+-]?[0-9]{1,2})?", fullmatch=True)
SCALARS = st.none() | st.booleans() | TEXTS | NUMBERS.map(lambda text: decode(text.encode()))
VALUES = st.recursive(SCALARS, _containers, max_leaves=20)


@given(VALUES)
def test_decoding_undoes_encoding(value: object) -> None:
    once = encode(value)
    assert decode(once) == value
    assert encode(decode(once)) == once


@given(NUMBERS)
def test_a_number_keeps_its_spelling_and_its_value(text: str) -> None:
    value = decode(b"[" + text.encode() + b"]")[0]
    assert encode(value) == text.encode()
    assert Decimal(value) == Decimal(text)
    assert encode(pickle.loads(pickle.dumps(value))) == text.encode()


@given(VALUES, st.sampled_from([None, 1, "\t"]), st.booleans())
def test_white_space_and_escapes_do_not_change_the_canonical_form(value: object, indent: object, ascii_only: bool) -> None:
    def spelt(number: Decimal) -> object:
        raise TypeError(number)

    try:
        other = json.dumps(value, indent=indent, ensure_ascii=ascii_only, default=spelt)
    except TypeError:
        return  # the standard library can't write an exact number
    assert encode(decode(other.encode())) == encode(value)


@given(st.dictionaries(TEXTS, st.integers(), min_size=1, max_size=5), st.booleans(), st.data())
def test_a_repeated_key_never_passes(value: dict[str, int], ascii_only: bool, data: st.DataObject) -> None:
    pairs = [*value.items(), (data.draw(st.sampled_from(sorted(value))), 0)]
    members = ",".join(f"{json.dumps(key, ensure_ascii=ascii_only)} : {number}" for key, number in pairs)
    with pytest.raises(Unreadable, match="same key twice"):
        decode(f"{{{members}}}".encode())


@given(st.binary(max_size=200) | st.text('[]{}",:0123.eE-\\u \n', max_size=60).map(str.encode))
def test_any_bytes_are_a_value_or_a_sentence(data: bytes) -> None:
    try:
        value = decode(data)
    except Unreadable:
        return
    assert decode(encode(value)) == value
