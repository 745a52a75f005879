"""What the record answers to the questions of open-record review, as tables. 4 March 2026, noon UTC; admitted 2 March, 10:00."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest

from muniment.completion.parameters import Clock, DocumentRule, Element, Named, RuleSet, Update, VerbalOrderRule
from muniment.completion.rules import Document, Facts, Procedure, SpokenOrder, Verified
from muniment.openreview import checks
from muniment.openreview.checks import Copy, Seen, Waiting
from muniment.openreview.parameters import (
    AllergiesCheck,
    Check,
    CopiedCheck,
    DailyNotesCheck,
    DocumentCheck,
    UnsignedCheck,
    VerbalOrdersCheck,
)
from muniment.openreview.rules import Place, mendable, overrules, percent, unanswered
from muniment.rulebook.rules import RuleInForce

UTC_ZONE = ZoneInfo("UTC")
ADMITTED, NOW = datetime(2026, 3, 2, 10, tzinfo=UTC), datetime(2026, 3, 4, 12, tzinfo=UTC)
HP, NOTE, CONSENT = "34117-2", "11506-3", "59284-0"
STONE, REED = UUID(int=1), UUID(int=2)


def rule(code: str) -> RuleInForce:
    return RuleInForce(code, 1, code, "As the house wants it.", "House policy X", "house policy", True, date(2024, 1, 1))


HISTORY = DocumentRule(
    document=Named((HP,), "History and physical"), due=Clock("admission", hours=24), classes=("IMP",), accept_days_before=30,
    elements=(Element("Plan"),), update=Update((NOTE,), "Update", Clock("admission", hours=24)),
)  # fmt: skip
CONSENTED = DocumentRule(
    document=Named((CONSENT,), "Informed consent"), due=Clock("procedure"), procedures="any", signature=False
)
SPOKEN = VerbalOrderRule(modes=("PH",), covering=("MD",), due=Clock("order", hours=48))
RULES = RuleSet(
    documents=((rule("completion.history"), HISTORY), (rule("completion.consent"), CONSENTED)), verbal_orders=(rule("completion.verbal-orders"), SPOKEN)
)  # fmt: skip


def hours(count: float) -> datetime:
    return ADMITTED + timedelta(hours=count)


def document(number: int, code: str, at: float | None, **more) -> Document:
    when = hours(at) if at is not None else None
    return Document(
        entry_id=UUID(int=number), code=code, name=code, at=when, signed=more.pop("signed", True), day=when.date() if when else None, **more
    )  # fmt: skip


def seen(*documents: Document, **more) -> Seen:
    facts = Facts(class_code="IMP", admitted_at=ADMITTED, discharged_at=NOW, days=2)
    facts = replace(
        facts, **{name: more.pop(name) for name in ("procedures", "spoken", "class_code", "admitted_at") if name in more}
    )
    return Seen(
        now=more.pop("now", NOW), zone=UTC_ZONE, facts=facts, rules=more.pop("rules", RULES), documents=documents, **more
    )


TIMELY = DocumentCheck(rule="completion.history", timely=True)
WHOLE = DocumentCheck(rule="completion.history", sections=True)
SIGNED = DocumentCheck(rule="completion.history", signed=True)
OPERATION = (Procedure(system="s", code="0X", name="Operation", at=hours(20), day=hours(20).date()),)
BEFORE = document(1, HP, -48, of_stay=False)

DOCUMENTS = [
    # what is in the chart, the check → the answer, and words of it
    ("in time", TIMELY, [document(1, HP, 5)], {}, "yes", "is there"),
    ("on the last minute", TIMELY, [document(1, HP, 24)], {}, "yes", "is there"),
    ("late", TIMELY, [document(1, HP, 25)], {}, "no", "Written 3 Mar 2026, 11:00; it was due 3 Mar 2026, 10:00"),
    ("a late one after one in time", TIMELY, [document(1, HP, 5), document(2, HP, 40)], {}, "yes", "is there"),
    ("missing", TIMELY, [], {}, "no", "It is not in the chart"),
    ("missing, not due yet", TIMELY, [], {"now": hours(20)}, "na", "Not due until 3 Mar 2026, 10:00"),
    ("without a time", TIMELY, [document(1, HP, None)], {}, None, "bears no time"),
    ("another class", TIMELY, [], {"class_code": "AMB"}, "na", "does not ask it"),
    ("no rule in force", TIMELY, [], {"rules": RuleSet()}, None, "No rule"),
    ("before the stay, brought up to date", TIMELY, [BEFORE, document(2, NOTE, 3)], {}, "yes", "is there"),
    ("before the stay, brought up to date late", TIMELY, [BEFORE, document(2, NOTE, 30)], {}, "no", "update came 3 Mar 2026, 16:00"),
    ("before the stay, not brought up to date", TIMELY, [BEFORE], {}, "no", "update is not in the chart"),
    ("before the stay, its update not due yet", TIMELY, [BEFORE], {"now": hours(20)}, "na", "its update is not due until"),
    ("long before the stay", TIMELY, [document(1, HP, -24 * 40, of_stay=False)], {}, "no", "It is not in the chart"),
    ("an addendum is none", TIMELY, [document(1, HP, 5, addendum=True)], {}, "no", "It is not in the chart"),
    ("with its sections", WHOLE, [document(1, HP, 5, sections=frozenset(["plan"]))], {}, "yes", "is there"),
    ("without one", WHOLE, [document(1, HP, 5, sections=frozenset(["history"]))], {}, "no", "It lacks “Plan”"),
    ("that nobody can read", WHOLE, [document(1, HP, 5)], {}, None, "can't be read"),
    ("what is in one that is not there", WHOLE, [], {}, "na", "It is not in the chart"),
    ("signed", SIGNED, [document(1, HP, 5)], {}, "yes", "is there"),
    ("unsigned", SIGNED, [document(1, HP, 5, signed=False)], {}, "no", "It is not signed"),
    ("no operation, no consent", DocumentCheck(rule="completion.consent", timely=True), [], {}, "na", "does not ask it"),
    ("consent before", DocumentCheck(rule="completion.consent", timely=True), [document(1, CONSENT, 18)], {"procedures": OPERATION}, "yes", "is there"),
    ("consent after", DocumentCheck(rule="completion.consent", timely=True), [document(1, CONSENT, 21)], {"procedures": OPERATION}, "no", "Written"),
    ("consent wanting", DocumentCheck(rule="completion.consent", timely=True), [], {"procedures": OPERATION}, "no", "not in the chart"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("name", "check", "documents", "more", "answer", "words"), DOCUMENTS, ids=[one[0] for one in DOCUMENTS]
)
def test_a_document(name, check, documents, more, answer, words):
    told = checks.answer(seen(*documents, **more), check)
    assert (told.answer, words in told.words) == (answer, True), told


def order(number: int, at: float = 0, **more) -> SpokenOrder:
    return SpokenOrder(
        entry_id=UUID(int=number),
        mode=more.pop("mode", "PH"),
        name=f"Order {number}",
        at=hours(at),
        signed=more.pop("signed", False),
        ordered_by=STONE,
        **more,
    )


BY_STONE, BY_MD, BY_RN = (
    Verified(UUID(int=50 + n), who, title) for n, (who, title) in enumerate([(STONE, "NP"), (REED, "MD"), (REED, "RN")])
)
ORDERS = [
    ("none", [], {}, "na", "No order"),
    ("in writing", [order(1, mode="WR")], {}, "na", "No order"),
    ("open, in time", [order(1, 10)], {}, "na", "None is due yet"),
    ("open, late", [order(1)], {}, "no", "1 of 1"),
    ("signed in time", [order(1, signed=True)], {UUID(int=1): hours(40)}, "yes", "in time"),
    ("signed late", [order(1, signed=True)], {UUID(int=1): hours(49)}, "no", "1 of 1"),
    ("verified in time by who gave it", [order(1, verified=(BY_STONE,))], {UUID(int=50): hours(2)}, "yes", "in time"),
    ("verified late by one who covers", [order(1, verified=(BY_MD,))], {UUID(int=51): hours(60)}, "no", "1 of 1"),
    ("verified by a nurse", [order(1, verified=(BY_RN,))], {UUID(int=52): hours(2)}, "no", "1 of 1"),
    ("of a day alone: the time runs when that is over", [order(1, day_only=True, signed=True)], {UUID(int=1): hours(70)}, "yes", "in time"),
    ("one of two", [order(1, signed=True), order(2)], {UUID(int=1): hours(1)}, "no", "1 of 2"),
    ("one in time, one not due", [order(1, signed=True), order(2, 20)], {UUID(int=1): hours(1)}, "yes", "2 orders"),
]  # fmt: skip


@pytest.mark.parametrize(("name", "orders", "signed", "answer", "words"), ORDERS, ids=[one[0] for one in ORDERS])
def test_orders_by_word_of_mouth(name, orders, signed, answer, words):
    told = checks.answer(seen(spoken=tuple(orders), signed=signed), VerbalOrdersCheck())
    assert (told.answer, words in told.words) == (answer, True), told


OTHERS: list[tuple[str, Check, Seen, str | None, str]] = [
    ("nothing in the chart", UnsignedCheck(hours=48), seen(), "na", "No document"),
    ("nothing waits", UnsignedCheck(hours=48), seen(document(1, NOTE, 1)), "yes", "48 hours"),
    ("waits a while", UnsignedCheck(hours=48), seen(document(1, NOTE, 1), waiting=[Waiting(UUID(int=1), "Note", hours(3))]), "yes", "48 hours"),
    ("waits long", UnsignedCheck(hours=48), seen(document(1, NOTE, 1), waiting=[Waiting(UUID(int=1), "Note", hours(1))]), "no", "1 document unsigned"),
    ("no whole day yet", DailyNotesCheck(codes=(NOTE,)), seen(now=hours(30)), "na", "No whole day"),
    ("a note of the day", DailyNotesCheck(codes=(NOTE,)), seen(document(1, NOTE, 20)), "yes", "1 day"),
    ("a note of another day", DailyNotesCheck(codes=(NOTE,)), seen(document(1, NOTE, 2)), "no", "No note of 3 Mar 2026"),
    ("another kind of note", DailyNotesCheck(codes=(NOTE,)), seen(document(1, HP, 20)), "no", "1 of 1 day"),
    ("an allergy entry", AllergiesCheck(), seen(allergies=[Place("Penicillin", UUID(int=9))]), "yes", "entries"),
    ("a section", AllergiesCheck(), seen(document(1, HP, 1), texts={UUID(int=1): frozenset(["allergies"])}), "yes", "section"),
    ("no section", AllergiesCheck(), seen(document(1, HP, 1), texts={UUID(int=1): frozenset(["plan"])}), "no", "No allergy entry"),
    ("nothing that can be read", AllergiesCheck(), seen(document(1, HP, 1), texts={}), None, "can't be read"),
    ("no rule of copies", CopiedCheck(), seen(document(1, NOTE, 1)), None, "No rule"),
    ("copied", CopiedCheck(), seen(document(1, NOTE, 1), copies=[Copy("80% of it.", UUID(int=1))], copied_rule=rule("qualitative.copied")), "no", "1 note"),
    ("own words", CopiedCheck(), seen(document(1, NOTE, 1), copies=[], copied_rule=rule("qualitative.copied")), "yes", "No note"),
    ("no note", CopiedCheck(), seen(copies=[], copied_rule=rule("qualitative.copied")), "na", "No note"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("name", "check", "chart", "answer", "words"), OTHERS, ids=[f"{type(one[1]).__name__}: {one[0]}" for one in OTHERS]
)
def test_the_other_checks(name, check, chart, answer, words):
    told = checks.answer(chart, check)
    assert (told.answer, words in told.words) == (answer, True), told


MENDED = [
    # late is mended, wanting is not; what the time is over for is told to nobody
    ("late history", TIMELY, seen(document(1, HP, 30)), True, "yes"),
    ("missing history", TIMELY, seen(), False, "no"),
    (
        "late authentication",
        VerbalOrdersCheck(),
        seen(spoken=(order(1, signed=True),), signed={UUID(int=1): hours(49)}),
        True,
        "yes",
    ),
    ("open order", VerbalOrdersCheck(), seen(spoken=(order(1),)), False, "no"),
    ("a day without a note", DailyNotesCheck(codes=(NOTE,)), seen(), True, "no"),
]


@pytest.mark.parametrize(("name", "check", "chart", "lasting", "mended"), MENDED, ids=[one[0] for one in MENDED])
def test_what_is_past_mending_and_what_is_mended_late(name, check, chart, lasting, mended):
    told = checks.answer(chart, check)
    assert (told.answer, told.lasting) == ("no", lasting)
    assert mendable({"answer": "no", "machine": told.kept()}) is not lasting
    assert checks.mended(chart, check).answer == mended


def test_a_day_is_the_facilitys():
    """23:30 in New York is the next day in UTC."""
    zone = ZoneInfo("America/New_York")
    facts = Facts(class_code="IMP", admitted_at=datetime(2026, 3, 3, 4, 30, tzinfo=UTC), discharged_at=NOW)
    assert checks.whole_days(facts, datetime(2026, 3, 5, 4, 59, tzinfo=UTC), None, zone) == [date(2026, 3, 3)]
    assert checks.whole_days(facts, datetime(2026, 3, 5, 5, 0, tzinfo=UTC), None, zone) == [date(2026, 3, 3), date(2026, 3, 4)]


@pytest.mark.parametrize(("consent", "answer"), [(40, "yes"), (61, "yes"), (63, "no")])
def test_of_a_procedure_with_a_day_alone_the_end_of_the_day_counts(consent, answer):
    """Dated 4 March: a consent of that day is not called late, one of the next is."""
    dated = Procedure(
        system="s", code="0X", name="Operation", at=datetime(2026, 3, 4, tzinfo=UTC), day=date(2026, 3, 4), day_only=True
    )
    chart = seen(document(1, CONSENT, consent), procedures=(dated,), now=hours(90))
    assert checks.answer(chart, DocumentCheck(rule="completion.consent", timely=True)).answer == answer


@pytest.mark.parametrize(("yes", "no", "wanted"), [(9, 1, 90), (0, 0, None), (0, 4, 0), (3, 0, 100)])
def test_compliance(yes, no, wanted):
    assert percent(yes, no) == wanted


def test_what_is_not_answered_and_what_overrules():
    assert unanswered(["a", "b", "c"], {"a": {"answer": "yes"}, "b": {"answer": "", "machine": {}}}) == ["b", "c"]
    assert not overrules("yes", None)
    assert not overrules("yes", {"answer": ""})
    assert not overrules("", {"answer": "no"})
    assert overrules("yes", {"answer": "no"})
