"""Only character sets of documents are taken at a sender's word."""

from __future__ import annotations

import pytest

from muniment.kernel.charsets import known


@pytest.mark.parametrize(
    ("name", "codec"),
    [("UTF-8", "utf-8"), ("latin1", "iso8859-1"), ("windows-1252", "cp1252"), ("utf-16", "utf-16"), ("gb18030", "gb18030"), ("utf-7", "utf-7")],
)  # fmt: skip
def test_character_sets_are_known_by_any_of_their_names(name: str, codec: str) -> None:
    assert known(name) == codec


@pytest.mark.parametrize(
    "name", ["", None, "nothing-known", "undefined", "idna", "punycode", "unicode_escape", "raw-unicode-escape", "bz2", "base64", "rot13", "utf-8\0x"]
)  # fmt: skip
def test_what_is_none_is_none(name: str | None) -> None:
    assert known(name) == ""


@pytest.mark.parametrize("name", ["undefined", "idna", "punycode"])
def test_a_document_that_names_none_can_be_read_all_the_same(name: str) -> None:
    """A page that fails on it would hide a document, or an input in quarantine, for good."""
    from muniment.intake.web import originals
    from muniment.record import viewers

    rendered = viewers.render(f"text/plain; charset={name}", b"Plain words, caf\xe9.")
    assert rendered is not None
    assert rendered.text == "Plain words, café."
    content = f'<?xml version="1.0" encoding="{name}"?><a>'.encode() + b"\xff</a>"
    assert originals.show(content, "ccda").kind is originals.Kind.BYTES
