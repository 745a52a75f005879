"""A small hospital that every test of the demo reads: told once."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from muniment.demo import Gold, Sent, gold, messages
from muniment.demo.generator import plan_of
from muniment.demo.organisation import DEFAULT_AS_OF
from muniment.demo.timeline import Plan

SMALL = {"seed": 11, "persons": 420, "encounters": 1300}


@pytest.fixture(scope="session")
def small() -> list[Sent]:
    return list(messages(**SMALL))


@pytest.fixture(scope="session")
def small_gold() -> dict[str, Gold]:
    return gold(**SMALL)


@pytest.fixture(scope="session")
def small_plan() -> Plan:
    return plan_of(SMALL["seed"], SMALL["persons"], SMALL["encounters"], DEFAULT_AS_OF)


@pytest.fixture(scope="session")
def parsed(small: list[Sent]) -> list[dict[str, list[list[str]]]]:
    """Every sound v2 message as segment name → its segments, each split at the field separator."""
    return [split(sent.content) for sent in small if sent.kind == "hl7v2" and not sent.name.startswith("Q")]


def split(content: bytes) -> dict[str, list[list[str]]]:
    segments: dict[str, list[list[str]]] = {}
    for line in _lines(content):
        fields = line.split("|")
        segments.setdefault(fields[0], []).append(fields)
    return segments


def _lines(content: bytes) -> Iterator[str]:
    return (line for line in content.decode().split("\r") if line)
