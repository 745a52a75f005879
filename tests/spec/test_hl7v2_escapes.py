"""Escape sequences, after HL7 v2.8 §2.7."""

import pytest

from muniment.intake.hl7v2.escapes import Delimiters, escape, unescape

MEANINGS = [
    (r"a\F\b", "a|b"),
    (r"a\S\b", "a^b"),
    (r"a\T\b", "a&b"),
    (r"a\R\b", "a~b"),
    (r"a\E\b", "a\\b"),
    (r"a\P\b", "a#b"),
    (r"\H\bold\N\ plain", "bold plain"),
    (r"line one\.br\line two", "line one\nline two"),
    (r"one\.sp2\three", "one\n\nthree"),
    (r"one\.sk3\two", "one   two"),
    (r"\.in+4\indented\.ti2\\.fi\\.nf\ text", "indented text"),
    (r"title\.ce\centred", "title\ncentred"),
    (r"\X41\ and \X4A4b\ ", "A and JK "),
    (r"\XC3A9\t\XE9\ ", "été "),
    (r"\X0D0A\ ", "\n "),
    (r"a\X00\b", "ab"),
    (r"\C2842\\M2443\kept", "kept"),
    (r"\Zlocal thing\kept", "kept"),
    (r"\E\F\E\ ", "\\F\\ "),
    # what is no escape sequence stays as it was sent
    (r"C:\dir\file", r"C:\dir\file"),
    ("ends with \\", "ends with \\"),
    (r"\Xzz\ ", r"\Xzz\ "),
    (r"\.unknown\ ", r"\.unknown\ "),
    (r"C:\dir\T\x", r"C:\dir&x"),
    ("", ""),
]


@pytest.mark.parametrize(("sent", "meant"), MEANINGS)
def test_an_escape_sequence_means(sent: str, meant: str) -> None:
    assert unescape(sent) == meant


def test_other_delimiters_are_meant_by_the_same_letters() -> None:
    odd = Delimiters("!", "@", "$", "%", "*")
    assert unescape("a%F%%S%%T%%R%%E%b", odd) == "a!@*$%b"


def test_a_message_without_escape_character_has_no_escapes() -> None:
    assert unescape(r"a\F\b", Delimiters(escape="")) == r"a\F\b"


def test_text_with_delimiters_can_not_be_written_without_an_escape_character() -> None:
    with pytest.raises(ValueError, match="no escape character"):
        escape("a|b", Delimiters(escape=""))


def test_the_two_quotes_that_mean_delete_are_escaped_when_they_are_text() -> None:
    assert unescape(escape('""')) == '""'
    assert escape('""') != '""'
