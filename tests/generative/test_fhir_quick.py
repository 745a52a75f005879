"""The quick yes to a resource never says other than the judge, and gathers exactly the references that are there."""

import copy
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from muniment.kernel.errors import Unreadable
from muniment.kernel.fhir import canonical
from muniment.kernel.fhir.compiled import SIGHTINGS
from muniment.kernel.fhir.structure import _references_in, judge, validate

WHOLE: list[dict[str, Any]] = [
    {
        "resourceType": "Observation",
        "id": "o1",
        "meta": {"profile": ["http://example.org/p"], "tag": [{"system": "urn:t", "code": "a b"}]},
        "contained": [{"resourceType": "Organization", "id": "in", "partOf": {"reference": "Organization/2"}}],
        "extension": [{"url": "urn:e", "valueReference": {"reference": "Device/1"}}],
        "identifier": [{"system": "urn:i", "value": "1"}],
        "status": "final",
        "code": {"coding": [{"system": "http://loinc.org", "code": "1-8", "display": "Weight"}], "text": "Weight"},
        "subject": {"reference": "urn:uuid:00000000-0000-4000-8000-000000000001", "display": "Ada"},
        "encounter": {"identifier": {"value": "v"}},
        "effectiveDateTime": "2026-02-28T10:00:00+01:00",
        "issued": "2026-02-28T10:00:00.123Z",
        "performer": [{"reference": "Practitioner/1"}, {"reference": "#in"}],
        "valueQuantity": {"value": canonical.decode(b"72.50"), "unit": "kg"},
        "component": [{"code": {"text": "x"}, "valueBoolean": True}, {"code": {"text": "y"}, "valueInteger": 3}],
    },
    {
        "resourceType": "Patient",
        "id": "p1",
        "active": True,
        "name": [{"family": "Ng", "given": ["Ada", "M"], "_given": [None, {"id": "g"}]}],
        "birthDate": "1980-01",
        "_birthDate": {"extension": [{"url": "urn:e", "valueCode": "c"}]},
        "multipleBirthInteger": 2,
        "link": [{"other": {"reference": "Patient/2"}, "type": "seealso"}],
    },
    {
        "resourceType": "Encounter",
        "status": "finished",
        "class": {"code": "IMP"},
        "period": {"start": "2026-01-01", "end": "2026-01-02"},
        "participant": [{"individual": {"reference": "Practitioner/1"}}],
    },
]
STRANGE: list[Any] = [
    None, True, 0, -1, 2**40, canonical.decode(b"-0"), canonical.decode(b"1.0"), "", " ", "  ", "a  b", " a", "a\tb", "a\u00a0b", "\x07", "é", "urn:uuid:",
    "urn:uuid:a b", "#in", "2026-02-30", "2026-02-28T10:00:00", "1980", [], {}, [None], [[]], [{}], "x" * 70, {"reference": "Patient/9"}, {"url": "u"},
    {"resourceType": "Basic", "id": "b", "code": {"text": "t"}}, ["a", 1],
]  # fmt: skip


def _places(value: Any) -> list[tuple[Any, Any]]:
    """(holder, key) of everything below a value."""
    keys = value.keys() if isinstance(value, dict) else range(len(value)) if isinstance(value, list) else ()
    return [place for key in keys for place in [(value, key), *_places(value[key])]]


@st.composite
def damaged(draw: st.DrawFn) -> dict[str, Any]:
    resource = copy.deepcopy(draw(st.sampled_from(WHOLE)))
    for _ in range(draw(st.integers(0, 3))):
        holder, key = draw(st.sampled_from(_places(resource)))
        how = draw(st.sampled_from(["replace", "remove", "add", "move"]))
        if how == "replace":
            holder[key] = copy.deepcopy(draw(st.sampled_from(STRANGE)))
        elif how == "remove":
            del holder[key]
        elif isinstance(holder, dict):
            name = draw(
                st.sampled_from(["reference", "value", "id", "resourceType", "contained", "extension", "status", "_status"])
            )
            holder[name] = holder.pop(key) if how == "move" else copy.deepcopy(draw(st.sampled_from(STRANGE)))
        if not _places(resource):
            break
    return resource


@given(damaged())
def test_the_short_cut_and_the_judge_agree(resource: dict[str, Any]) -> None:
    verdict = judge(resource)
    fine = all(issue.severity != "error" for issue in verdict)
    there = [id(one) for one in _references_in(resource)] if fine else []
    for _ in range(SIGHTINGS + 2):
        met: list[dict[str, Any]] = []
        assert validate(resource, met) == verdict
        assert sorted(map(id, met)) == sorted(there)


@pytest.mark.parametrize("resource", [WHOLE[0], WHOLE[2]])
def test_a_familiar_shape_takes_the_short_cut(resource: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> None:
    for _ in range(SIGHTINGS + len(str(resource))):  # each try gets as far as the first part that is new
        validate(resource)

    def unasked(resource: Any) -> None:
        raise AssertionError("the judge was asked")

    monkeypatch.setattr("muniment.kernel.fhir.structure.judge", unasked)
    met: list[dict[str, Any]] = []
    assert validate(resource, met) == []
    assert len(met) == len(list(_references_in(resource)))


BRACKETED = st.text(st.sampled_from('[]{}"\\:,x'), max_size=12)


@given(st.lists(BRACKETED, max_size=5), st.integers(1, 70))
def test_brackets_in_texts_are_no_nesting(texts: list[str], depth: int) -> None:
    value: Any = texts
    for _ in range(depth - 1):
        value = {"a": value}
    data = canonical.encode(value)
    if depth <= canonical.MAX_DEPTH:
        assert canonical.decode(data) == value
        return
    with pytest.raises(Unreadable, match="nested"):
        canonical.decode(data)
