"""The stories: every code exists, the indicators are right, and nobody has what they can't have."""

from __future__ import annotations

import csv
import io
import zipfile
from collections import Counter
from importlib.resources import files
from importlib.util import find_spec
from pathlib import Path

import pytest

from muniment.demo import Gold
from muniment.demo.kinds import KINDS
from muniment.demo.labs import PANELS, TESTS
from muniment.demo.organisation import day_of
from muniment.demo.profile import poa
from muniment.demo.stories import all_stories
from muniment.demo.story import Story
from muniment.demo.timeline import Plan
from support.corpora import corpus


@pytest.fixture(scope="module")
def procedures() -> set[str]:
    text = files("drg").joinpath("data/tuva/icd_10_pcs.csv").read_text()
    return {row[0] for row in csv.reader(io.StringIO(text)) if row}


@pytest.fixture(scope="module")
def leaves() -> set[str]:
    """The billable codes: those of the list that no longer code begins with. Read as a file: the package warns on import."""
    place = find_spec("simple_icd_10_cm")
    assert place is not None
    assert place.origin is not None
    lines = (Path(place.origin).parent / "data" / "code-list-April-2026.txt").read_text().split()
    codes = {line for line in lines if line[0].isalpha() and "-" not in line}
    stems = {code[:length] for code in codes for length in range(3, len(code))}
    return codes - stems


def _diagnoses(gold: dict[str, Gold]) -> set[str]:
    return {code for one in gold.values() for code in (one.principal, *(code for code, _ in one.secondary))}


def test_there_are_enough_stories_and_all_of_them_are_told(small_plan: Plan) -> None:
    told = Counter(stay.story.code for stay in small_plan.stays)
    assert len(all_stories()) >= 24
    assert {story.code for story in all_stories()} == set(told)


def test_every_diagnosis_is_a_valid_leaf(small_gold: dict[str, Gold], leaves: set[str]) -> None:
    assert len(leaves) > 70_000
    assert not sorted(code for code in _diagnoses(small_gold) if code.replace(".", "") not in leaves)


def test_every_procedure_exists(small_gold: dict[str, Gold], procedures: set[str]) -> None:
    used = {code for one in small_gold.values() for code, _ in one.procedures}
    assert len(used) > 15
    assert used <= procedures


def test_every_code_is_valid_in_the_coming_year_too(small_gold: dict[str, Gold]) -> None:
    lines = corpus("codesets/fy2027/icd10cm_codes_2027.txt").read_text(errors="replace").splitlines()
    valid = {line.split()[0] for line in lines if line.strip()}
    assert not sorted(code for code in _diagnoses(small_gold) if code.replace(".", "") not in valid)


def test_poa_is_left_out_exactly_where_it_is_exempt(small_gold: dict[str, Gold]) -> None:
    with zipfile.ZipFile(corpus("codesets/fy2026/POAexemptCodesFY26.zip")) as packed:
        text = packed.read("POAexemptCodesFY26.txt").decode(errors="replace")
    exempt = {line.split("\t")[1].strip() for line in text.splitlines() if "\t" in line}
    wrong = {code for code in _diagnoses(small_gold) if (poa(code) == "") != (code in exempt)}
    assert not wrong


def test_indicators_are_known_and_codes_are_not_repeated(small_gold: dict[str, Gold]) -> None:
    for one in small_gold.values():
        codes = [one.principal, *(code for code, _ in one.secondary)]
        assert len(set(codes)) == len(codes), one
        assert {indicator for _, indicator in one.secondary} <= {"Y", "N", "U", "W", ""}


def test_hypertension_heart_and_kidney_are_combined(small_gold: dict[str, Gold]) -> None:
    for one in small_gold.values():
        codes = {one.principal, *(code for code, _ in one.secondary)}
        if "I10" in codes:
            assert not any(code.startswith(("I50", "N18", "I11", "I12", "I13")) for code in codes), one


def test_procedures_lie_within_the_stay(small_gold: dict[str, Gold]) -> None:
    for one in small_gold.values():
        assert all(one.admitted <= day <= one.discharged for _, day in one.procedures), one


@pytest.mark.parametrize("story", all_stories(), ids=lambda story: story.code)
def test_sex_and_age_fit(story: Story, small_plan: Plan) -> None:
    stays = [stay for stay in small_plan.stays if stay.story is story and stay.person.alias_of is None]
    for stay in stays:
        assert story.sex in ("", stay.person.sex)
        assert story.ages[0] <= stay.person.age_on(day_of(stay.start)) <= story.ages[1]


def test_nobody_is_in_two_beds_or_comes_after_death(small_plan: Plan) -> None:
    last: dict[int, tuple[str, object]] = {}
    for stay in small_plan.stays:
        key = stay.person.index if stay.person.alias_of is None else stay.person.alias_of
        if key in last:
            disposition, end = last[key]
            assert disposition != "20"
            assert stay.start >= end  # type: ignore[operator]
        last[key] = (stay.disposition, stay.end)


@pytest.mark.parametrize(
    "code",
    sorted(
        {code for code, _ in KINDS.values()}
        | {test.code for test in TESTS.values()}
        | {panel[0] for panel in PANELS.values()}
        | {image.code for story in all_stories() for image in story.imaging}
    ),
)
def test_loinc_codes_pass_their_check_digit(code: str) -> None:
    number, check = code.split("-")
    # LOINC Users' Guide, appendix: Luhn, mod 10.
    total = sum(sum(divmod(int(figure) * (2 if place % 2 == 0 else 1), 10)) for place, figure in enumerate(reversed(number)))
    assert -total % 10 == int(check)
