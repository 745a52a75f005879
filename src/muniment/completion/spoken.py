"""Orders given by word of mouth: which of them nobody who may has authenticated (42 CFR 482.24(c)(2)). Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from muniment.completion.parameters import RuleSet, VerbalOrderRule
from muniment.completion.requirements import describe, due, limit, reasons
from muniment.completion.rules import Closing, Facts, Finding, Kind, Procedure, SpokenOrder, Step, Verified
from muniment.kernel.fhir.order_provenance import MODES

PREFIX = "order:"  # begins the keys of these findings


def unauthenticated(facts: Facts, rules: RuleSet) -> Iterator[Finding]:
    """What the practitioners who gave an order owe; the attending, where the record does not say who gave it."""
    if rules.verbal_orders is None or reasons(facts, rules.verbal_orders[1]) is None:
        return
    rule, wanted = rules.verbal_orders
    for one in facts.spoken:
        if one.mode in wanted.modes and not authenticated(one, wanted):
            yield Finding(
                key=f"{PREFIX}{one.entry_id}", kind=Kind.UNAUTHENTICATED_ORDER, rule=rule, document_code=one.mode,
                document_name=named(one.mode), entry_id=one.entry_id, responsible_id=one.ordered_by or facts.attending_id,
                why=_why(facts, wanted, one), due_at=due(wanted.due, facts, Procedure(system="", code=one.mode, name="", at=one.at, day_only=one.day_only)),
            )  # fmt: skip


def named(mode: str) -> str:
    return MODES.get(mode, "order")


def authenticated(order: SpokenOrder, wanted: VerbalOrderRule | None) -> bool:
    """Whether it was signed here, or verified in the ordering system by who gave it or by one who may cover for them."""
    return order.signed or by_whom(order, wanted) is not None


def by_whom(order: SpokenOrder, wanted: VerbalOrderRule | None) -> Verified | None:
    """Who verified it in the ordering system and may: whoever gave it before one who covers for them."""
    covering = wanted.covering if wanted else ()
    own = [one for one in order.verified if one.practitioner_id and one.practitioner_id == order.ordered_by]
    return next(iter(own + [one for one in order.verified if one.credential in covering]), None)


def _why(facts: Facts, wanted: VerbalOrderRule, order: SpokenOrder) -> str:
    words = f" “{order.name.partition(': ')[2] or order.name}”" if order.name else ""
    covered = f", or by a covering practitioner ({', '.join(wanted.covering)})," if wanted.covering else ""
    said = f"{describe(facts, wanted, None)}: the {named(order.mode)}{words} must be authenticated by who gave it{covered} {limit(wanted.due)}"
    others = sorted({one.credential or "no credential on record" for one in order.verified})
    if others:
        return f"{said}; it was verified by others only ({', '.join(others)})."
    return f"{said}."


def closings(keys: Iterable[str], facts: Facts, rules: RuleSet) -> Iterator[Closing]:
    """How open deficiencies about orders that are no longer found came to their end."""
    orders = {f"{PREFIX}{one.entry_id}": one for one in facts.spoken}
    for key in keys:
        yield _closing(key, orders.get(key), rules.verbal_orders[1] if rules.verbal_orders else None)


def _closing(key: str, order: SpokenOrder | None, wanted: VerbalOrderRule | None) -> Closing:
    if order is None:
        return Closing(key, Step.CANCEL, "The order was retracted or moved.")
    if order.signed:
        return Closing(key, Step.COMPLETE, "The order was authenticated.", order.entry_id)
    verified = by_whom(order, wanted)
    if verified:
        return Closing(key, Step.COMPLETE, "The order was authenticated in the ordering system.", verified.entry_id)
    return Closing(key, Step.CANCEL, "No rule asks for this authentication any more.")
