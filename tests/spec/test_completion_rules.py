"""Chart analysis as a table: a stay, the documents it has, and what it lacks."""

from __future__ import annotations

import tomllib
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from uuid import UUID

import pytest

import muniment.rulebook
from muniment.completion.findings import closings, deficiencies, delinquent_at
from muniment.completion.parameters import RuleSet, compile_rules
from muniment.completion.requirements import requirements
from muniment.completion.rules import TRANSITIONS, Document, Facts, Kind, Procedure, SpokenOrder, State, Step, Verified
from muniment.rulebook.rules import RuleInForce

PACK = Path(muniment.rulebook.__file__).parent / "pack" / "completion.toml"
PCS = "http://www.cms.gov/Medicare/Coding/ICD10"
ADMITTED = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
DISCHARGED = datetime(2026, 3, 6, 15, 0, tzinfo=UTC)
ATTENDING, SURGEON, RESIDENT = UUID(int=11), UUID(int=12), UUID(int=13)

HP, DS, PN, OP, ED, CONSENT, ANAESTHESIA = "34117-2", "18842-5", "11506-3", "11504-8", "34111-5", "61358-8", "34750-0"


def pack() -> RuleSet:
    rules = [
        RuleInForce(
            code=one["code"], number=1, title=one["title"], statement=one["statement"], citation=one["citation"],
            source_kind=one["source_kind"], verified=one["verified"], effective_from=one["effective_from"],
            parameters=one["parameters"],
        )
        for one in tomllib.loads(PACK.read_text())["rule"]
    ]  # fmt: skip
    return compile_rules(rules)


INPATIENT = Facts(
    class_code="IMP", admitted_at=ADMITTED, discharged_at=DISCHARGED, days=4, service="MED", facility_kind="hospital",
    disposition="01", attending_id=ATTENDING,
)  # fmt: skip
OVERNIGHT = replace(INPATIENT, days=1, discharged_at=ADMITTED + timedelta(hours=20))
EMERGENCY = replace(INPATIENT, class_code="EMER", days=1)
OBSERVATION = replace(INPATIENT, class_code="OBSENC", days=1)
CLINIC = replace(INPATIENT, class_code="AMB", days=1)
APPENDECTOMY = Procedure(system=PCS, code="0DTJ4ZZ", name="Appendectomy", at=ADMITTED + timedelta(hours=3), operator_id=SURGEON)
SURGICAL = replace(INPATIENT, service="SUR", procedures=(APPENDECTOMY,))
SIGNED_CONSENT = Procedure(system="http://loinc.org", code="61358-8", name="Informed consent", at=ADMITTED, operator_id=SURGEON)
CENTRAL_LINE_ELSEWHERE = Procedure(system="http://snomed.info/sct", code="0123", name="Something else")
PSYCHIATRIC = replace(INPATIENT, facility_kind="behavioural-health", service="PSY")


def doc(
    code: str, number: int = 1, *, signed: bool = True, hours: float = 5, author: UUID | None = ATTENDING, of_stay: bool = True
):
    return Document(
        entry_id=UUID(int=1000 + number), code=code, name=code, at=ADMITTED + timedelta(hours=hours), signed=signed,
        author_id=author, of_stay=of_stay,
    )  # fmt: skip


MISSING, UNSIGNED = Kind.MISSING_DOCUMENT, Kind.MISSING_SIGNATURE

TABLE = {
    "an inpatient stay with nothing": (
        INPATIENT, [],
        {("history-and-physical", MISSING), ("discharge-summary", MISSING), ("progress-notes", MISSING)},
    ),
    "one of a single day needs no progress notes": (
        OVERNIGHT, [], {("history-and-physical", MISSING), ("discharge-summary", MISSING)},
    ),
    "a complete chart": (INPATIENT, [doc(HP, 1), doc(DS, 2), doc(PN, 3)], set()),
    "a summary that is not signed": (
        INPATIENT, [doc(HP, 1), doc(DS, 2, signed=False), doc(PN, 3)], {("discharge-summary", UNSIGNED)},
    ),
    "two summaries, one signed: the other still has to be signed": (
        INPATIENT, [doc(HP, 1), doc(DS, 2), doc(DS, 4, signed=False), doc(PN, 3)], {("signatures", UNSIGNED)},
    ),
    "a summary that was closed without its author's signature": (
        INPATIENT, [doc(HP, 1), replace(doc(DS, 2, signed=False), closed=True), doc(PN, 3)], set(),
    ),
    "one summary closed, another unsigned: that one has to be signed": (
        INPATIENT, [doc(HP, 1), replace(doc(DS, 2, signed=False), closed=True), doc(DS, 4, signed=False), doc(PN, 3)],
        {("discharge-summary", UNSIGNED)},
    ),
    "an unsigned note that no rule requires": (
        CLINIC, [doc("11488-4", signed=False)], {("signatures", UNSIGNED)},
    ),
    "a document that needs no signature": (CLINIC, [doc("60591-5", signed=False)], set()),
    "an emergency stay": (EMERGENCY, [], {("emergency-note", MISSING)}),
    "an emergency stay with its note": (EMERGENCY, [doc(ED)], set()),
    "an observation stay is content with a final progress note": (OBSERVATION, [doc(HP, 1), doc(PN, 2)], set()),
    "a clinic visit needs nothing": (CLINIC, [], set()),
    "an operation asks for report, anaesthesia and consent": (
        SURGICAL, [doc(HP, 1), doc(DS, 2), doc(PN, 3)],
        {("operative-report", MISSING), ("anaesthesia-record", MISSING), ("surgical-consent", MISSING)},
    ),
    "an operation with everything": (
        SURGICAL, [doc(HP, 1), doc(DS, 2), doc(PN, 3), doc(OP, 4), doc(ANAESTHESIA, 5), doc(CONSENT, 6, signed=False)], set(),
    ),
    "a consent tells of an operation before it is coded": (
        replace(INPATIENT, signs=(SIGNED_CONSENT,)), [doc(HP, 1), doc(DS, 2), doc(PN, 3), doc(CONSENT, 6)],
        {("operative-report", MISSING)},
    ),
    "a consent to be treated tells of no operation": (
        replace(INPATIENT, signs=(replace(SIGNED_CONSENT, code="59284-0"),)), [doc(HP, 1), doc(DS, 2), doc(PN, 3), doc("59284-0", 6)], set(),
    ),
    "neither an echo report nor a release of information is the consent to an operation": (
        SURGICAL, [doc(HP, 1), doc(DS, 2), doc(PN, 3), doc(OP, 4), doc(ANAESTHESIA, 5), doc("59282-4", 6), doc("64292-6", 7)],
        {("surgical-consent", MISSING)},
    ),
    "a line put in at the bedside is no operation": (
        replace(INPATIENT, procedures=(replace(APPENDECTOMY, code="02HV33Z"),)), [doc(HP, 1), doc(DS, 2), doc(PN, 3)], set(),
    ),
    "a coronary dilation through the skin is done under sedation": (
        replace(INPATIENT, procedures=(replace(APPENDECTOMY, code="027034Z"),)), [doc(HP, 1), doc(DS, 2), doc(PN, 3)],
        {("operative-report", MISSING), ("surgical-consent", MISSING)},
    ),
    "an open one is not": (
        replace(INPATIENT, procedures=(replace(APPENDECTOMY, code="02700ZZ"),)), [doc(HP, 1), doc(DS, 2), doc(PN, 3)],
        {("operative-report", MISSING), ("anaesthesia-record", MISSING), ("surgical-consent", MISSING)},
    ),
    "a code of another system is no operation": (
        replace(INPATIENT, procedures=(CENTRAL_LINE_ELSEWHERE,)), [doc(HP, 1), doc(DS, 2), doc(PN, 3)], set(),
    ),
    "a history written ten days before admission": (
        INPATIENT, [doc(HP, 1, hours=-240, of_stay=False), doc(DS, 2), doc(PN, 3)], set(),
    ),
    "a history written forty days before admission": (
        INPATIENT, [doc(HP, 1, hours=-960, of_stay=False), doc(DS, 2), doc(PN, 3)], {("history-and-physical", MISSING)},
    ),
    "another stay's later history": (
        INPATIENT, [doc(HP, 1, hours=10, of_stay=False), doc(DS, 2), doc(PN, 3)], {("history-and-physical", MISSING)},
    ),
    "another stay's discharge summary": (
        INPATIENT, [doc(HP, 1), doc(DS, 2, of_stay=False), doc(PN, 3)], {("discharge-summary", MISSING)},
    ),
    "a behavioural-health stay": (
        PSYCHIATRIC, [doc("47039-3", 1), doc(DS, 2), doc(PN, 3)], {("psychiatric-evaluation", MISSING)},
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", TABLE)
def test_what_a_stay_lacks(case):
    facts, documents, expected = TABLE[case]
    found = {(one.rule.code.removeprefix("completion."), one.kind) for one in deficiencies(facts, documents, pack())}
    assert found == expected


DUE = {
    "history-and-physical": (ADMITTED + timedelta(hours=24), ATTENDING),
    "discharge-summary": (DISCHARGED + timedelta(days=30), ATTENDING),
    "operative-report": (ADMITTED + timedelta(hours=27), SURGEON),
    "progress-notes": (DISCHARGED, ATTENDING),
}


@pytest.mark.parametrize("code", DUE)
def test_when_it_is_due_and_who_owes_it(code):
    found = {one.rule.code.removeprefix("completion."): one for one in deficiencies(SURGICAL, [], pack())}
    assert (found[code].due_at, found[code].responsible_id) == DUE[code]


def test_an_unsigned_document_is_owed_by_its_author():
    found = deficiencies(INPATIENT, [doc(HP, 1), doc(DS, 2, signed=False, author=RESIDENT), doc(PN, 3)], pack())
    assert [(one.responsible_id, one.entry_id) for one in found] == [(RESIDENT, UUID(int=1002))]


def test_an_unsigned_document_of_unknown_author_is_owed_by_the_attending():
    found = deficiencies(INPATIENT, [doc(HP, 1), doc(DS, 2, signed=False, author=None), doc(PN, 3)], pack())
    assert [one.responsible_id for one in found] == [ATTENDING]


SENTENCES = {
    "discharge-summary": "Inpatient stay of 4 days: a discharge summary is required within 30 days of discharge.",
    "history-and-physical": "Inpatient stay of 4 days: a history and physical is required within 24 hours of admission.",
    "operative-report": "Inpatient stay of 4 days with appendectomy:"
    " an operative report is required within 24 hours of the procedure.",
    "anaesthesia-record": "Inpatient stay of 4 days with appendectomy:"
    " an anaesthesia record is required within 48 hours of the procedure.",
    "progress-notes": "Inpatient stay of 4 days: a progress note is required by discharge.",
}


@pytest.mark.parametrize("code", SENTENCES)
def test_it_says_why(code):
    found = {one.rule.code.removeprefix("completion."): one.why for one in deficiencies(SURGICAL, [], pack())}
    assert found[code] == SENTENCES[code]


def test_it_says_which_document_tells_of_the_operation_and_who_did_it():
    found = {one.rule.code: one for one in deficiencies(replace(INPATIENT, signs=(SIGNED_CONSENT,)), [], pack())}
    report = found["completion.operative-report"]
    assert report.why.startswith(
        "Inpatient stay of 4 days with an informed consent in the chart: an operative report is required"
    )
    assert report.responsible_id == SURGEON


def test_codes_that_name_no_surgeon_leave_it_with_whoever_signed_the_consent():
    coded = replace(APPENDECTOMY, operator_id=None)
    found = {
        one.rule.code: one for one in deficiencies(replace(INPATIENT, procedures=(coded,), signs=(SIGNED_CONSENT,)), [], pack())
    }
    assert found["completion.operative-report"].responsible_id == SURGEON
    assert "with appendectomy:" in found["completion.operative-report"].why


def test_a_stay_of_unknown_length_is_not_judged_by_length():
    unknown = replace(INPATIENT, admitted_at=None, days=None)
    assert "completion.progress-notes" not in {one.rule.code for one in requirements(unknown, pack())}


def test_the_chart_clock_runs_from_discharge():
    assert delinquent_at(INPATIENT, pack()) == DISCHARGED + timedelta(days=30)
    assert delinquent_at(INPATIENT, RuleSet()) is None


CLOSINGS = {
    "the discharge was cancelled": ("document:completion.discharge-summary", None, [], Step.CANCEL),
    "the document came": ("document:completion.discharge-summary", INPATIENT, [doc(DS)], Step.COMPLETE),
    "no rule asks for it any more": ("document:completion.emergency-note", INPATIENT, [], Step.CANCEL),
    "it was signed": (f"signature:{UUID(int=1001)}", INPATIENT, [doc(DS)], Step.COMPLETE),
    "it was retracted": (f"signature:{UUID(int=1001)}", INPATIENT, [], Step.CANCEL),
    "its signature is not asked for": (f"signature:{UUID(int=1001)}", CLINIC, [doc("60591-5", signed=False)], Step.CANCEL),
}


@pytest.mark.parametrize("case", CLOSINGS)
def test_how_a_deficiency_ends(case):
    key, facts, documents, step = CLOSINGS[case]
    rules = pack()
    found = deficiencies(facts, documents, rules) if facts else []
    assert [(one.key, one.step) for one in closings([key], facts, documents, rules, found)] == [(key, step)]


def test_the_pack_can_be_read_and_says_it_is_unverified():
    rules = pack()
    assert rules.broken == ()
    assert rules.signatures
    assert rules.clock
    assert all("unverified" in rule.cited for rule, _ in rules.documents)


def test_a_rule_that_cannot_be_read_is_named():
    bad = RuleInForce("completion.x", 3, "X", "s", "c", "law", True, date(2026, 1, 1), {"document": {"codes": []}, "dew": {}})
    code, sentence = compile_rules([bad]).broken[0]
    assert code == "completion.x"
    assert "Version 3" in sentence


def test_every_state_can_be_left():
    assert {state for state, _ in TRANSITIONS} == set(State)


# Operations on several days: a report each, whichever dates the reports bear

DRAINAGE = Procedure(
    system=PCS, code="0W9G30Z", name="Drainage of the peritoneal cavity", at=ADMITTED + timedelta(hours=50),
    operator_id=ATTENDING,
)  # fmt: skip
TWICE = {
    "both on one day": ((3, 8), [], [None]),
    "on two days, no report": ((3, 50), [], [None, "2026-03-04"]),
    "the first day's report is there": ((3, 50), [4], ["2026-03-04"]),
    "the second day's is": ((3, 50), [51], [None]),
    "a report each": ((3, 50), [4, 52], []),
    "two written on the last day": ((3, 50), [80, 81], []),
    "two written on the first": ((3, 50), [4, 5], []),
    "one report of a day before": ((3, 50), [-30], ["2026-03-04"]),
    "three days, two reports": ((3, 30, 50), [31, 90], [None]),
}


@pytest.mark.parametrize("case", TWICE)
def test_operations_on_several_days_have_a_report_each(case):
    operations, reports, lacking = TWICE[case]
    done = tuple(
        replace(DRAINAGE, at=(at := ADMITTED + timedelta(hours=hours)), day=at.date(), code=f"0W9G30{place}")
        for place, hours in enumerate(operations)
    )
    written = [replace(doc(OP, 10 + at, hours=at), day=(ADMITTED + timedelta(hours=at)).date()) for at in reports]
    found = deficiencies(replace(INPATIENT, procedures=done), written, pack())
    keys = [one.key for one in found if one.rule.code == "completion.operative-report"]
    name = "document:completion.operative-report"
    assert keys == [f"{name}:{day}" if day else name for day in lacking]


def test_each_days_report_has_its_own_surgeon_and_clock():
    first, second = (replace(one, day=one.at.date()) for one in (APPENDECTOMY, DRAINAGE))
    found = deficiencies(replace(SURGICAL, procedures=(second, first)), [], pack())
    reports = [one for one in found if one.rule.code == "completion.operative-report"]
    assert [(one.responsible_id, one.due_at) for one in reports] == [
        (SURGEON, first.at + timedelta(hours=24)), (ATTENDING, second.at + timedelta(hours=24)),
    ]  # fmt: skip
    assert reports[1].why == (
        "Inpatient stay of 4 days with drainage of the peritoneal cavity on 4 Mar 2026:"
        " an operative report is required within 24 hours of the procedure."
    )
    [closed] = closings([reports[1].key], replace(SURGICAL, procedures=(first,)), [], pack(), [])
    assert closed.step is Step.CANCEL


# What a house may ask beyond the shipped rules: sections, updates, orders, second signatures


def house(code: str, **parameters) -> RuleSet:
    rule = RuleInForce(
        code=f"completion.{code}", number=1, title=code, statement="", citation="House policy", source_kind="house policy",
        verified=False, effective_from=date(2024, 1, 1), parameters=parameters,
    )  # fmt: skip
    return compile_rules([rule])


SUMMARY = house(
    "summary",
    document={"codes": [DS], "name": "Discharge summary"},
    due={"days": 30, "from": "discharge"},
    elements=[
        {"name": "Hospital course", "headings": ["hospital course"]},
        {"name": "Follow-up", "headings": ["follow-up", "instructions"]},
    ],
)
HISTORY = house(
    "history",
    document={"codes": [HP], "name": "History and physical"},
    due={"hours": 24, "from": "admission"},
    accept_days_before=30,
    update={
        "codes": [PN], "name": "Update of the history", "due": {"hours": 24, "from": "admission"}, "headings": ["interval history"],
    },
)  # fmt: skip
CONSULT = "11488-4"
CONSULTATION = house(
    "consultation", document={"codes": [CONSULT], "name": "Consultation"}, due={"hours": 48, "from": "order"},
    with_orders=["http://snomed.info/sct|11429006"], responsible="attending",
)  # fmt: skip
COSIGNED = house("co-signatures", codes=[DS, PN], credentials=["NP", "PA-C"], due={"days": 30, "from": "discharge"})
ORDERED = replace(
    INPATIENT,
    orders=(
        Procedure(
            system="http://snomed.info/sct", code="11429006", name="Cardiology consultation", at=ADMITTED + timedelta(hours=2)
        ),
    ),
)
SECTION, COSIGNATURE = Kind.MISSING_SECTION, Kind.MISSING_COSIGNATURE
EARLIER = doc(HP, 1, hours=-100, of_stay=False)


def noted(document: Document, **facts) -> Document:
    return replace(document, **facts)


FURTHER = {
    "a summary with both sections": (
        SUMMARY, INPATIENT, [noted(doc(DS), sections=frozenset({"hospital course", "follow-up"}))], [],
    ),
    "a summary without follow-up": (SUMMARY, INPATIENT, [noted(doc(DS), sections=frozenset({"hospital course"}))], [SECTION]),
    "a summary nobody can read": (SUMMARY, INPATIENT, [noted(doc(DS), sections=None)], []),
    "an empty summary": (SUMMARY, INPATIENT, [noted(doc(DS), sections=frozenset())], [SECTION]),
    "unsigned and without sections: two different lacks": (
        SUMMARY, INPATIENT, [noted(doc(DS, signed=False), sections=frozenset())], [SECTION, UNSIGNED],
    ),
    "one of two summaries is whole": (
        SUMMARY, INPATIENT,
        [noted(doc(DS, 1), sections=frozenset()), noted(doc(DS, 2), sections=frozenset({"hospital course", "instructions"}))], [],
    ),
    "an earlier history with nothing to bring it up to date": (HISTORY, INPATIENT, [EARLIER], [MISSING]),
    "an earlier history and a note that updates it": (
        HISTORY, INPATIENT, [EARLIER, noted(doc(PN, 2), sections=frozenset({"interval history"}))], [],
    ),
    "a note that says nothing of it": (HISTORY, INPATIENT, [EARLIER, noted(doc(PN, 2), sections=frozenset({"plan"}))], [MISSING]),
    "a history of the stay needs no update": (HISTORY, INPATIENT, [doc(HP, 3)], []),
    "both an earlier one and one of the stay": (HISTORY, INPATIENT, [EARLIER, doc(HP, 3)], []),
    "no consultation ordered": (CONSULTATION, INPATIENT, [], []),
    "one ordered and not written": (CONSULTATION, ORDERED, [], [MISSING]),
    "one ordered and written": (CONSULTATION, ORDERED, [doc(CONSULT)], []),
    "a nurse practitioner's summary": (COSIGNED, INPATIENT, [noted(doc(DS), author_credential="NP")], [COSIGNATURE]),
    "one that is co-signed": (COSIGNED, INPATIENT, [noted(doc(DS), author_credential="NP", cosigned=True)], []),
    "a physician's needs none": (COSIGNED, INPATIENT, [noted(doc(DS), author_credential="MD")], []),
    "nor one of another type": (COSIGNED, INPATIENT, [noted(doc(HP), author_credential="NP")], []),
}  # fmt: skip


@pytest.mark.parametrize("case", FURTHER)
def test_what_a_stay_lacks_by_house_rules(case):
    rules, facts, documents, expected = FURTHER[case]
    assert not rules.broken
    assert sorted(one.kind for one in deficiencies(facts, documents, rules)) == sorted(expected)


SAID = {
    "sections": (
        SUMMARY, INPATIENT, [noted(doc(DS), sections=frozenset())],
        "Inpatient stay of 4 days: a discharge summary is required within 30 days of discharge,"
        " with the sections “Hospital course” and “Follow-up”; not found in this one.",
    ),
    "update": (
        HISTORY, INPATIENT, [EARLIER],
        "Inpatient stay of 4 days: a history and physical is required within 24 hours of admission."
        " The one in the chart was written before the stay: an update of the history is required within 24 hours of admission.",
    ),
    "order": (
        CONSULTATION, ORDERED, [],
        "Inpatient stay of 4 days with cardiology consultation ordered: a consultation is required within 48 hours of the order.",
    ),
    "co-signature": (
        COSIGNED, INPATIENT, [noted(doc(DS), author_credential="NP", name="Discharge summary")],
        "Inpatient stay of 4 days: a discharge summary by an author with the credential NP must be co-signed"
        " within 30 days of discharge.",
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", SAID)
def test_it_says_why_by_house_rules(case):
    rules, facts, documents, expected = SAID[case]
    assert [one.why for one in deficiencies(facts, documents, rules)] == [expected]


def test_the_order_starts_the_clock_and_the_attending_co_signs():
    (consult,) = deficiencies(ORDERED, [], CONSULTATION)
    assert consult.due_at == ADMITTED + timedelta(hours=50)
    (second,) = deficiencies(INPATIENT, [noted(doc(DS, author=RESIDENT), author_credential="NP")], COSIGNED)
    assert second.responsible_id == ATTENDING


def test_nobody_co_signs_their_own():
    (second,) = deficiencies(INPATIENT, [noted(doc(DS, author=ATTENDING), author_credential="NP")], COSIGNED)
    assert second.responsible_id is None


ENDED = {
    "the section was added": (
        SUMMARY, "section:completion.summary", [noted(doc(DS), sections=frozenset({"hospital course", "follow-up"}))],
        Step.COMPLETE, "The sections are there.",
    ),
    "the summary was retracted": (
        SUMMARY, "section:completion.summary", [], Step.CANCEL, "The document was retracted or moved.",
    ),
    "the update was written": (
        HISTORY, "update:completion.history", [EARLIER, noted(doc(PN, 2), sections=frozenset({"interval history"}))],
        Step.COMPLETE, "The note was filed.",
    ),
    "it was co-signed": (
        COSIGNED, f"cosignature:{UUID(int=1001)}", [noted(doc(DS), author_credential="NP", cosigned=True)],
        Step.COMPLETE, "The document was co-signed.",
    ),
    "no rule asks any more": (
        house("other", document={"codes": ["1"], "name": "x"}, due={"from": "discharge"}), "section:completion.summary", [],
        Step.CANCEL, "No rule asks for this section any more.",
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", ENDED)
def test_how_it_ended(case):
    rules, key, documents, step, why = ENDED[case]
    (closing,) = closings([key], INPATIENT, documents, rules, deficiencies(INPATIENT, documents, rules))
    assert (closing.step, closing.why) == (step, why)


ORDER = SpokenOrder(
    entry_id=UUID(int=77),
    mode="PH",
    name="Telephone order: Morphine",
    at=ADMITTED + timedelta(hours=9),
    signed=False,
    ordered_by=SURGEON,
)
BY_ITSELF, BY_MD, BY_RN, BY_NOBODY = (
    Verified(UUID(int=78), who, credential)
    for who, credential in ((SURGEON, ""), (UUID(int=5), "MD"), (UUID(int=6), "RN"), (None, ""))
)
ORDERS = {
    "given by telephone": (ORDER, INPATIENT, "owed"),
    "given in the room": (replace(ORDER, mode="VO"), INPATIENT, "owed"),
    "entered by who ordered it": (replace(ORDER, mode="EL"), INPATIENT, "not asked"),
    "sent by fax": (replace(ORDER, mode="FX"), INPATIENT, "not asked"),
    "signed here": (replace(ORDER, signed=True), INPATIENT, "done"),
    "verified by who gave it": (replace(ORDER, verified=(BY_ITSELF,)), INPATIENT, "done"),
    "verified by another physician": (replace(ORDER, verified=(BY_MD,)), INPATIENT, "done"),
    "verified by a nurse": (replace(ORDER, verified=(BY_RN,)), INPATIENT, "owed"),
    "verified by a nurse and then by who gave it": (replace(ORDER, verified=(BY_RN, BY_ITSELF)), INPATIENT, "done"),
    "verified by nobody known, who gave it not known either": (replace(ORDER, ordered_by=None, verified=(BY_NOBODY,)), INPATIENT, "owed"),
    "in a clinic": (ORDER, CLINIC, "not asked"),
}  # fmt: skip


@pytest.mark.parametrize("case", ORDERS)
def test_orders_by_word_of_mouth(case):
    order, stay, outcome = ORDERS[case]
    facts = replace(stay, spoken=(order,))
    key = f"order:{order.entry_id}"
    found = [one for one in deficiencies(facts, [], pack()) if one.key == key]
    assert bool(found) == (outcome == "owed")
    (closing,) = closings([key], facts, [], pack(), []) if not found else [None]
    if closing:
        assert closing.step is (Step.COMPLETE if outcome == "done" else Step.CANCEL)


def test_an_order_is_due_two_days_after_it_was_given_by_who_gave_it():
    facts = replace(INPATIENT, spoken=(ORDER, replace(ORDER, entry_id=UUID(int=79), at=None, ordered_by=None)))
    first, second = (one for one in deficiencies(facts, [], pack()) if one.key.startswith("order:"))
    assert (first.due_at, first.responsible_id) == (ADMITTED + timedelta(hours=57), SURGEON)
    assert (second.due_at, second.responsible_id) == (facts.discharged_at + timedelta(hours=48), facts.attending_id)
