"""What is typed into find, and how it is read."""

from __future__ import annotations

from datetime import date

import pytest

from muniment.identity.lookup import Sought, read

BORN = date(1943, 3, 14)
READ = [
    ("okonjo", Sought(("okonjo",), None, "okonjo"), "name"),
    ("Okonjo, Ada", Sought(("okonjo", "ada"), None, "Okonjo, Ada"), "name"),
    ("O'Brien-Núñez", Sought(("obrien", "nunez"), None, "O'Brien-Núñez"), "name"),
    ("okonjo 3/14/1943", Sought(("okonjo",), BORN), "name and birth date"),
    ("14 Mar 1943, okonjo", Sought(("okonjo",), BORN), "name and birth date"),
    ("1943-03-14", Sought((), BORN), "birth date"),
    ("00422", Sought((), None, "00422"), "number"),
    ("A-17", Sought((), None, "A-17"), "number"),
    ("MRN0042213", Sought((), None, "MRN0042213"), "number"),
    ("0042213", Sought((), None, "0042213", "0042213"), "number or telephone"),
    ("+1 (555) 010-4432", Sought((), None, "+1 (555) 010-4432", "5550104432"), "number or telephone"),
    ("", Sought(), "nothing"),
    ("o", Sought(), "nothing"),
    ("\0", Sought(), "nothing"),
]


@pytest.mark.parametrize(("text", "expected", "kind"), READ)
def test_read(text: str, expected: Sought, kind: str) -> None:
    assert read(text) == expected
    assert read(text).kind == kind
