"""Two codings of one stay held against each other, and the coding that stands once each difference is judged. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from muniment.coding.drafting import Draft, DraftCode, Role
from muniment.codingaudit.rules import Element, Finding

Keyed = dict[str, DraftCode]
CATEGORY = 3  # characters: a diagnosis of the same category, a procedure of the same section, system and operation
DIAGNOSES = (Role.PRINCIPAL, Role.SECONDARY)


def keyed(draft: Draft, *roles: Role) -> Keyed:
    """Lines by code and which time it stands there: "I5023/1"."""
    found: Keyed = {}
    for one in draft.codes:
        if one.role in roles:
            times = sum(key.partition("/")[0] == one.code for key in found)
            found[f"{one.code}/{times + 1}"] = one
    return found


def size(draft: Draft) -> int:
    """How many codes are judged: diagnoses and procedures. The admitting diagnosis is compared with nothing."""
    return len(keyed(draft, *DIAGNOSES)) + len(keyed(draft, Role.PROCEDURE))


def compare(first: Draft, second: Draft, *, poa: bool) -> list[Finding]:
    """Every difference, numbered from 1. ``poa``: whether present-on-admission indicators are reported for the stay.

    Order among secondary diagnoses is no difference; which one is principal is.
    """
    found = [*_diagnoses(first, second), *_procedures(first, second)]
    found += _indicators(first, second) if poa else []
    if first.disposition != second.disposition:
        found.append(Finding(number=0, element=Element.DISPOSITION, first=first.disposition, second=second.disposition))
    return [_numbered(one, place) for place, one in enumerate(found, 1)]


def _numbered(one: Finding, place: int) -> Finding:
    return Finding(
        number=place,
        element=one.element,
        first=one.first,
        second=one.second,
        first_key=one.first_key,
        second_key=one.second_key,
    )


def _diagnoses(first: Draft, second: Draft) -> Iterator[Finding]:
    old, new = keyed(first, *DIAGNOSES), keyed(second, *DIAGNOSES)
    was, now = _principal(old), _principal(new)
    settled: set[str] = set()
    if was != now:
        yield _pair(Element.PRINCIPAL, old, new, was, now)
        settled = {was, now}
    yield from _rest(
        Element.DIAGNOSIS,
        {key: one for key, one in old.items() if key not in settled},
        {key: one for key, one in new.items() if key not in settled},
    )


def _principal(lines: Keyed) -> str:
    return next((key for key, one in lines.items() if one.role is Role.PRINCIPAL), "")


def _procedures(first: Draft, second: Draft) -> Iterator[Finding]:
    old, new = keyed(first, Role.PROCEDURE), keyed(second, Role.PROCEDURE)
    yield from _rest(Element.PROCEDURE, old, new)
    for key in old:
        if key in new and old[key].on != new[key].on:
            yield Finding(
                number=0, element=Element.PROCEDURE_DATE, first=f"{old[key].written} on {old[key].on or 'no date'}",
                second=f"{new[key].written} on {new[key].on or 'no date'}", first_key=key, second_key=key,
            )  # fmt: skip


def _rest(element: Element, old: Keyed, new: Keyed) -> Iterator[Finding]:
    """What only one of them has. Two of one category are one difference: a matter of specificity."""
    added = [key for key in new if key not in old]
    for key in (one for one in old if one not in new):
        like = next((one for one in added if one[:CATEGORY] == key[:CATEGORY]), "")
        if like:
            added.remove(like)
        yield _pair(element, old, new, key, like)
    for key in added:
        yield _pair(element, old, new, "", key)


def _pair(element: Element, old: Keyed, new: Keyed, was: str, now: str) -> Finding:
    return Finding(
        number=0, element=element, first=old[was].written if was else "", second=new[now].written if now else "",
        first_key=was, second_key=now,
    )  # fmt: skip


def _indicators(first: Draft, second: Draft) -> Iterator[Finding]:
    old, new = keyed(first, *DIAGNOSES), keyed(second, *DIAGNOSES)
    for key in (one for one in old if one in new and old[one].poa != new[one].poa):
        yield Finding(
            number=0, element=Element.POA, first=f"{old[key].written} {old[key].poa or '(none)'}",
            second=f"{new[key].written} {new[key].poa or '(none)'}", first_key=key, second_key=key,
        )  # fmt: skip


def standing(first: Draft, second: Draft, findings: Sequence[Finding]) -> Draft:
    """The coding that stands: the first one, with the second's wherever an error stands."""
    errors = [one for one in findings if one.stands]
    old, new = keyed(first, *DIAGNOSES), keyed(second, *DIAGNOSES)
    lines = dict(old)
    for one in (one for one in errors if one.element in (Element.PRINCIPAL, Element.DIAGNOSIS)):
        _replace(lines, one, old, new)
    for one in (one for one in errors if one.element is Element.POA and one.first_key in lines):
        lines[one.first_key] = replace(lines[one.first_key], poa=new[one.second_key].poa)
    done = _procedures_standing(first, second, errors)
    moved = any(one.element is Element.DISPOSITION for one in errors)
    admitting = first.of(Role.ADMITTING)
    return Draft((*lines.values(), *done.values(), *admitting), second.disposition if moved else first.disposition)


def _replace(lines: Keyed, one: Finding, old: Keyed, new: Keyed) -> None:
    """Put the second coder's line for the first's; a code both have keeps the first's indicator, which is judged apart."""
    lines.pop(one.first_key, None)
    if one.second_key:
        line = new[one.second_key]
        lines[one.second_key] = replace(old.get(one.second_key, line), role=line.role)
    if one.element is Element.PRINCIPAL and one.first_key in new:  # no longer principal, but there
        lines[one.first_key] = replace(old[one.first_key], role=Role.SECONDARY)


def _procedures_standing(first: Draft, second: Draft, errors: Sequence[Finding]) -> Keyed:
    lines, new = keyed(first, Role.PROCEDURE), keyed(second, Role.PROCEDURE)
    for one in errors:
        if one.element is Element.PROCEDURE:
            lines.pop(one.first_key, None)
            if one.second_key:
                lines[one.second_key] = new[one.second_key]
        elif one.element is Element.PROCEDURE_DATE:
            lines[one.first_key] = replace(lines[one.first_key], on=new[one.second_key].on)
    return lines
