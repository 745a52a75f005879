"""Every real message there is: filed or refused with a sentence, and what is filed is FHIR R4 in shape."""

import io
import json
from collections.abc import Iterator
from datetime import UTC
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from muniment.intake.hl7v2.read import read
from muniment.intake.hl7v2.stream import split
from muniment.intake.submission import Submission
from muniment.kernel.errors import Problem
from muniment.kernel.fhir.structure import validate
from support.corpora import corpus

pytestmark = pytest.mark.corpora

# Of the messages that name a patient with an identifier and a kind that belongs in a record, all must read.
NOT_OURS = (
    "no patient",
    "no identifier",
    "hold nothing",
    "does not say what kind",
    "trigger event",
    "no HL7 v2 message",
    "told apart",
    "no retired",
)


def messages(folder: Path) -> Iterator[bytes]:
    for path in sorted(folder.rglob("messages.ndjson")):
        for line in path.read_text().splitlines():
            yield from (data for _, data in split(io.BytesIO(json.loads(line)["msg"].encode())))
    for path in sorted(folder.rglob("*.hl7")):
        with path.open("rb") as stream:
            yield from (data for _, data in split(stream))


@cache
def read_all() -> tuple[list[Submission], list[Problem]]:
    filed: list[Submission] = []
    refused: list[Problem] = []
    for data in messages(corpus("hl7v2")):
        try:
            filed.append(read(data, zone_of=lambda _: UTC))
        except Problem as problem:
            refused.append(problem)
    return filed, refused


def test_every_message_is_filed_or_refused_with_a_sentence_a_technician_can_act_on() -> None:
    filed, refused = read_all()
    assert len(filed) >= 400
    for problem in refused:
        assert problem.what.endswith(".")
        assert problem.where
        assert problem.remedy.endswith(".")
        assert any(reason in problem.what for reason in NOT_OURS), problem.what


def test_every_draft_has_the_shape_of_its_resource() -> None:
    filed, _ = read_all()
    wrong = {str(issue) for submission in filed for draft in submission.drafts for issue in validate(_resolved(draft.resource))}
    assert not wrong


def _resolved(value: Any) -> Any:
    """The resource as filing would leave it: every draft reference points at something."""
    if isinstance(value, dict):
        return {name: _resolved(each) for name, each in value.items()}
    if isinstance(value, list):
        return [_resolved(each) for each in value]
    return "urn:uuid:00000000-0000-4000-8000-000000000000" if isinstance(value, str) and value.startswith("draft:") else value


def test_keys_are_unique_and_references_inside_a_submission_resolve() -> None:
    filed, _ = read_all()
    for submission in filed:
        keys = [draft.key for draft in submission.drafts]
        assert len(set(keys)) == len(keys)
        known = {f"draft:{key}" for key in keys} | {"draft:patient"} | _stay(submission)
        assert {each for draft in submission.drafts for each in _references(draft.resource)} <= known


def _stay(submission: Submission) -> set[str]:
    return {"draft:encounter"} if submission.encounter and submission.encounter.identifier else set()


def _references(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        if isinstance(value.get("reference"), str):
            yield value["reference"]
        for each in value.values():
            yield from _references(each)
    elif isinstance(value, list):
        for each in value:
            yield from _references(each)


def test_no_null_and_no_control_character_reaches_a_draft() -> None:
    filed, _ = read_all()
    for submission in filed:
        text = repr((submission.patient, submission.encounter, [draft.resource for draft in submission.drafts]))
        assert "'\"\"'" not in text
        assert "\\x0" not in text
