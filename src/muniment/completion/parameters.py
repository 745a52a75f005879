"""What the rule book's completion rules say, read into types: a rule that can't be read is named, never guessed at. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Literal

import msgspec

from muniment.rulebook.rules import RuleInForce

SIGNATURES = "completion.signatures"
COSIGNATURES = "completion.co-signatures"
VERBAL_ORDERS = "completion.verbal-orders"
CHART_CLOCK = "completion.chart-clock"


class Clock(msgspec.Struct, frozen=True, forbid_unknown_fields=True, rename={"since": "from"}):
    """A time limit: so many hours and days from a moment of the stay."""

    since: Literal["admission", "discharge", "procedure", "order"]
    hours: int = 0
    days: int = 0


class Named(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A kind of document: the LOINC codes that count as it, the first one used when it is written here."""

    codes: tuple[str, ...]
    name: str


class Element(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A section a document must contain: its name, the other headings that count as it, and the dispositions that need none."""

    name: str
    headings: tuple[str, ...] = ()
    except_dispositions: tuple[str, ...] = ()


class Update(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A note of the stay that brings a document written before it up to date, under one of ``headings`` if any are given."""

    codes: tuple[str, ...]
    name: str
    due: Clock
    headings: tuple[str, ...] = ()


class Stays(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Which stays a rule speaks of. What is left empty does not narrow.

    ``classes`` are HL7 v3 ActEncounterCodes, ``dispositions`` UB-04 patient discharge statuses. ``procedures`` is "any",
    "none", or tokens ``system|prefix`` (or a bare prefix) of procedure codes, those of ``except_procedures`` (done at the bedside,
    say) left out; ``with_documents`` LOINC codes of documents that
    show as well that there was one (a consent tells of an operation before it is coded); ``with_orders`` tokens of orders of
    the stay. Any one of the three will do.
    """

    classes: tuple[str, ...] = ()
    services: tuple[str, ...] = ()
    facility_kinds: tuple[str, ...] = ()
    min_days: int | None = None
    max_days: int | None = None
    dispositions: tuple[str, ...] = ()
    except_dispositions: tuple[str, ...] = ()
    procedures: Literal["", "any", "none"] | tuple[str, ...] = ""
    except_procedures: tuple[str, ...] = ()
    with_documents: tuple[str, ...] = ()
    with_orders: tuple[str, ...] = ()


class DocumentRule(Stays, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A document such a stay must have, with its sections.

    ``accept_days_before``: one written so long before admission will do, brought up to date by ``update`` where that is given.
    ``each_day``: one for each day on which such a procedure was done (two operations on two days, two reports).
    """

    document: Named
    due: Clock
    signature: bool = True
    responsible: Literal["attending", "operator"] = "attending"
    each_day: bool = False
    accept_days_before: int = 0
    elements: tuple[Element, ...] = ()
    update: Update | None = None


class SignatureRule(Stays, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Documents of such a stay that must be signed: those of ``codes``, by their author."""

    codes: tuple[str, ...]
    due: Clock


class CosignatureRule(Stays, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Documents of ``codes`` by authors of these ``credentials`` that somebody else must co-sign or attest."""

    codes: tuple[str, ...]
    credentials: tuple[str, ...]
    due: Clock


class VerbalOrderRule(Stays, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Orders given in one of these ``modes`` (HL7 table 0483) that whoever gave them must authenticate.

    ``covering`` are the credentials of others who may do so in their stead. 42 CFR 482.24(c)(2): promptly, by the ordering
    practitioner or another who is responsible for the care of the patient.
    """

    modes: tuple[str, ...]
    covering: tuple[str, ...] = ()
    due: Clock


class ChartClock(Stays, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """How long after discharge a chart may stay incomplete before it is delinquent."""

    due: Clock


@dataclass(frozen=True)
class RuleSet:
    """The completion rules of one day. ``broken`` are those that can't be read, with the reason."""

    documents: tuple[tuple[RuleInForce, DocumentRule], ...] = ()
    signatures: tuple[RuleInForce, SignatureRule] | None = None
    cosignatures: tuple[RuleInForce, CosignatureRule] | None = None
    verbal_orders: tuple[RuleInForce, VerbalOrderRule] | None = None
    clock: tuple[RuleInForce, ChartClock] | None = None
    broken: tuple[tuple[str, str], ...] = ()

    @cached_property
    def codes_before(self) -> frozenset[str]:
        """Codes of documents that may have been written before the stay."""
        return frozenset(code for _, rule in self.documents if rule.accept_days_before for code in rule.document.codes)

    @cached_property
    def codes_read(self) -> frozenset[str]:
        """Codes of documents whose text is asked for its sections."""
        updates = (rule.update.codes for _, rule in self.documents if rule.update and rule.update.headings)
        asked = (rule.document.codes for _, rule in self.documents if rule.elements)
        return frozenset(code for codes in (*updates, *asked) for code in codes)

    @cached_property
    def codes_cosigned(self) -> frozenset[str]:
        return frozenset(self.cosignatures[1].codes) if self.cosignatures else frozenset()


_SINGLE: dict[str, tuple[str, type[Stays]]] = {
    SIGNATURES: ("signatures", SignatureRule),
    COSIGNATURES: ("cosignatures", CosignatureRule),
    VERBAL_ORDERS: ("verbal_orders", VerbalOrderRule),
    CHART_CLOCK: ("clock", ChartClock),
}


def kind_of(code: str) -> type[Stays]:
    """What the rule of that code is: one of the four of their kind, else a document a stay must have."""
    return _SINGLE.get(code, ("", DocumentRule))[1]


def compile_rules(rules: Iterable[RuleInForce]) -> RuleSet:
    """Read the rules of the area "completion". One that can't be read is left out and named in ``broken``."""
    documents, broken = [], []
    single: dict[str, Any] = {}
    for rule in sorted(rules, key=lambda one: one.code):
        place, kind = _SINGLE.get(rule.code, ("", DocumentRule))
        try:
            wanted = msgspec.convert(rule.parameters, kind)
        except msgspec.ValidationError as error:
            broken.append((rule.code, f"Version {rule.number} of “{rule.title}” can't be read: {error}."))
            continue
        if isinstance(wanted, DocumentRule):
            documents.append((rule, wanted))
        else:
            single[place] = (rule, wanted)
    return RuleSet(tuple(documents), broken=tuple(broken), **single)
