"""The explanation of a DRG, and what our interface refuses."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from muniment.coding.grouping import Driver, Weighting, explain, severity_counts, shared_grouper, version_on
from muniment.coding.rules import Sex
from muniment.kernel.errors import Problem
from support.claims import claim


def drivers(grouped):
    return {driver.code: (driver.role, driver.changes_to) for driver in grouped.drivers}


def test_names_the_code_that_drives_the_severity() -> None:
    grouped = explain(claim("I50.23", "J96.01", "N17.9", "I10"), shared_grouper())
    assert (grouped.final_drg, grouped.version, grouped.mdc, grouped.severity) == (291, 431, 5, "MCC")
    assert drivers(grouped) == {"I5023": ("principal", None), "J9601": ("MCC", 292), "N179": ("CC", None)}


def test_two_codes_of_the_same_severity_back_each_other_up() -> None:
    grouped = explain(claim("I50.23", "J96.01", "A41.9"), shared_grouper())
    assert grouped.final_drg == 291
    assert not any(driver.drives for driver in grouped.drivers)
    assert severity_counts(grouped)["MCC"] == 2


def test_names_the_procedure_that_drives() -> None:
    grouped = explain(claim("S72.002A", "D62", procedures=[("0SRS01Z", None)]), shared_grouper())
    assert grouped.final_drg == 522
    assert Driver("0SRS01Z", "procedure", 536) in grouped.drivers


def test_a_cc_excluded_by_the_principal_is_said_and_does_not_count() -> None:
    grouped = explain(claim("I50.23", "I50.33"), shared_grouper())
    assert grouped.excluded == ("I5033",)
    assert severity_counts(grouped) == {}


def test_a_hospital_acquired_condition_does_not_raise_the_drg() -> None:
    present = explain(claim("I50.23", "L89.154 Y"), shared_grouper())
    acquired = explain(claim("I50.23", "L89.154 N"), shared_grouper())
    assert present.final_drg == 291
    assert (acquired.initial_drg, acquired.final_drg) == (291, 293)
    assert acquired.hacs[0][0] == "L89154"
    assert severity_counts(acquired) == {}


def test_an_ungroupable_claim_says_why() -> None:
    grouped = explain(claim("W19.XXXA"), shared_grouper())
    assert not grouped.groupable
    assert grouped.sentence


def test_the_weight_is_what_the_lookup_gives_or_not_available() -> None:
    table = Weighting(Decimal("1.2683"), Decimal("3.9"), Decimal("5.0"), "Table 5")
    assert explain(claim("I50.23", "J96.01"), shared_grouper(), lambda drg, on: table).weight == Decimal("1.2683")
    assert explain(claim("I50.23", "J96.01"), shared_grouper()).weight is None


@pytest.mark.parametrize(
    ("discharged", "version"),
    [
        (date(2022, 10, 1), 400),
        (date(2023, 4, 1), 401),
        (date(2025, 3, 31), 420),
        (date(2025, 9, 30), 421),
        (date(2025, 10, 1), 430),
        (date(2026, 4, 1), 431),
        (date(2026, 9, 30), 431),
        (date(2026, 10, 1), 440),
    ],
)
def test_the_version_follows_the_discharge_date(discharged: date, version: int) -> None:
    assert version_on(discharged) == version
    assert explain(claim("I50.23", admitted=discharged, discharged=discharged), shared_grouper()).version == version


@pytest.mark.parametrize("discharged", [date(2022, 9, 30), date(2027, 4, 1)])
def test_a_date_without_a_grouper_is_a_sentence(discharged: date) -> None:
    with pytest.raises(Problem, match="No MS-DRG grouper is installed for a discharge on"):
        explain(claim("I50.23", admitted=discharged, discharged=discharged), shared_grouper())


def test_no_principal_and_unknown_version_are_sentences() -> None:
    with pytest.raises(Problem, match="no principal diagnosis"):
        explain(claim(None, "I10"), shared_grouper())
    with pytest.raises(Problem, match=r"version 39\.0 is not installed"):
        shared_grouper().group(claim("I50.23"), 390)


@pytest.mark.parametrize("facts", [{"age": 130}, {"age": -1}, {"discharge_status": "xx"}, {"sex": Sex.UNKNOWN}])
def test_odd_facts_give_an_answer_or_a_sentence(facts: dict) -> None:
    try:
        assert explain(claim("I50.23", **facts), shared_grouper()).final_drg > 0
    except Problem as problem:
        assert problem.what  # noqa: PT017


def test_one_grouper_serves_many_threads() -> None:
    claims = [claim("I50.23", "J96.01"), claim("S72.002A", "D62"), claim("J18.9"), claim("A41.9", "R65.21", "N17.9")] * 50
    alone = [shared_grouper().group(item, 431).final_drg for item in claims]
    with ThreadPoolExecutor(8) as pool:
        together = list(pool.map(lambda item: shared_grouper().group(item, 431).final_drg, claims))
    assert together == alone


def test_the_order_of_secondary_diagnoses_does_not_matter() -> None:
    base = claim("I50.23", "N17.9", "J96.01", "I10")
    turned = replace(base, secondary=base.secondary[::-1])
    assert drivers(explain(base, shared_grouper())) == drivers(explain(turned, shared_grouper()))
