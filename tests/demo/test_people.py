"""Invented people who could live: households, duplicates, staff, and numbers that are nobody's."""

from __future__ import annotations

import re
from collections import Counter
from datetime import date

import pytest

from muniment.demo import FACILITIES, staff
from muniment.demo.duplicates import transposed
from muniment.demo.organisation import day_of
from muniment.demo.staff import clinicians, luhn_digit
from muniment.demo.timeline import Plan

ROLES = {
    "technician": 3,
    "coder": 3,
    "roi-specialist": 1,
    "identity-specialist": 1,
    "clinician": 12,
    "administrator": 2,
    "privacy-officer": 1,
    "researcher": 1,
    "database-administrator": 1,
    "auditor": 1,
}


def test_every_role_is_filled() -> None:
    counted = Counter(one.role for one in staff())
    assert all(counted[role] >= least for role, least in ROLES.items())
    assert len(staff()) >= 24
    assert len({one.username for one in staff()}) == len(staff())


def test_no_npi_passes_its_check_digit() -> None:
    numbers = [one.npi for one in staff() if one.npi]
    assert len(set(numbers)) == len(numbers) == sum(one.role == "clinician" for one in staff())
    assert all(re.fullmatch(r"[12]\d{9}", npi) and int(npi[9]) != luhn_digit(npi[:9]) for npi in numbers)


def test_the_check_digit_is_the_published_one() -> None:
    # The example of the NPI check digit standard: 123456789 has check digit 3.
    assert luhn_digit("123456789") == 3


def test_a_specialty_nobody_has_is_an_error() -> None:
    with pytest.raises(LookupError):
        clinicians("phrenology")


def test_three_facilities_in_one_zone() -> None:
    assert {one.kind for one in FACILITIES} == {"acute", "clinic", "behavioural"}
    assert {one.time_zone for one in FACILITIES} == {"America/New_York"}


def test_households_share_name_door_and_telephone(small_plan: Plan) -> None:
    doors: dict[tuple[str, str], list[str]] = {}
    for person in small_plan.people:
        doors.setdefault((person.street, person.phone), []).append(person.family)
    shared = [families for families in doors.values() if len(families) > 1]
    assert len(shared) > 60
    assert all(len(set(families)) == 1 for families in shared)


def test_telephones_are_fictional_and_postal_codes_unassigned(small_plan: Plan) -> None:
    for person in [*small_plan.people, *small_plan.duplicates]:
        assert re.fullmatch(r"\(\d{3}\) 555-01\d\d", person.phone)
        assert person.postal_code.startswith("213")


def test_record_numbers_are_unique_within_a_facility(small_plan: Plan) -> None:
    everybody = [*small_plan.people, *small_plan.duplicates]
    for facility in ("HVMC", "HVPC", "HVBH"):
        assert len({person.mrn(facility) for person in everybody}) == len(everybody)
    known = [person.enterprise for person in everybody if person.enterprise]
    assert len(set(known)) == len(known)


def test_about_three_in_a_hundred_are_registered_twice_with_an_error(small_plan: Plan) -> None:
    people = {person.index: person for person in small_plan.people}
    twice = [one for one in small_plan.duplicates if one.alias_of is not None]
    assert 0.02 <= len(twice) / len(people) <= 0.04
    for again in twice:
        first = people[again.alias_of or 0]
        assert (again.family, again.given, again.born) != (first.family, first.given, first.born)
        assert again.mrn("HVMC") != first.mrn("HVMC")


def test_newborns_have_the_mother_s_name_and_door(small_plan: Plan) -> None:
    people = {person.index: person for person in small_plan.people}
    children = [person for person in small_plan.people if person.mother is not None]
    assert children
    for child in children:
        mother = people[child.mother or 0]
        assert mother.sex == "F"
        assert (child.family, child.street) == (mother.family, mother.street)
        assert child.born_at is not None
        assert day_of(child.born_at) == child.born
        assert 17 <= mother.age_on(child.born) <= 45


@pytest.mark.parametrize(
    ("said", "keyed"),
    [(date(1961, 4, 9), date(1961, 9, 4)), (date(1958, 3, 21), date(1985, 3, 21)), (date(1977, 5, 20), date(1976, 5, 20))],
)
def test_a_transposed_birth_date_is_still_a_date(said: date, keyed: date) -> None:
    assert transposed(said) == keyed
