"""Rules as rows, facts and events: what templates place."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.urls import reverse
from django.utils import timezone

from muniment.audit.models import LifecycleEvent
from muniment.core.actor import Actor
from muniment.kernel.errors import NotAllowedInState, Refused
from muniment.rulebook import permissions
from muniment.rulebook.models import RuleVersion
from muniment.rulebook.panels import EDITORS
from muniment.rulebook.rules import TRANSITIONS, Status
from muniment.ui import dates
from muniment.ui.shapes import Event, Fact, Tone

TONES = {Status.PROPOSED: Tone.DUE, Status.ADOPTED: Tone.OK, Status.STAYED: Tone.LATE, Status.VACATED: Tone.LATE}
WORDS = {
    "rulebook.propose": "Version {version} proposed", "rulebook.adopt": "Version {version} adopted",
    "rulebook.verify": "Version {version} verified against its primary text", "rulebook.end": "Version {version} {status}",
    "rulebook.withdraw": "Version {version} withdrawn",
}  # fmt: skip


def tone_of(status: str) -> Tone:
    return TONES.get(Status(status), Tone.PLAIN)


def interval(version: RuleVersion) -> str:
    begin = dates.day(version.effective_from)
    return f"{begin} until {dates.day(version.effective_to)}" if version.effective_to else f"from {begin}"


def flat(parameters: dict[str, Any], prefix: str = "") -> Iterator[Fact]:
    """Parameters in readable lines: nested names joined, lists in words."""
    for name, value in parameters.items():
        label = f"{prefix}{name}".replace("_", " ")
        if isinstance(value, dict):
            yield from flat(value, f"{label}, ")
        elif isinstance(value, list) and value and isinstance(value[0], dict):
            for place, one in enumerate(value, start=1):
                yield from flat(one, f"{label} {place}, ")
        elif isinstance(value, bool):
            yield Fact(label=label, value="yes" if value else "no")
        else:
            yield Fact(label=label, value=", ".join(map(str, value)) if isinstance(value, list) else str(value))


def facts(version: RuleVersion) -> list[Fact]:
    verified = (
        f"{version.verified_by}, {dates.day(version.verified_on)}" if version.verified_on else "unverified: nobody has yet"
    )
    adopted = f"{version.adopted_by}, {_when(version.adopted_at)}" if version.adopted_at else "not adopted"
    return [
        Fact(label="Governs", value=interval(version)),
        Fact(label="Citation", value=version.citation),
        Fact(label="Kind of source", value=version.source_kind),
        Fact(label="Held against its primary text by", value=verified),
        Fact(label="Proposed by", value=f"{version.proposed_by}, {_when(version.proposed_at)}"),
        Fact(label="Adopted by", value=adopted),
    ]


def _when(value: Any) -> str:
    return dates.moment(value, timezone.get_current_timezone())


def events(rows: Sequence[LifecycleEvent]) -> list[Event]:
    return [
        Event(
            what=WORDS.get(row.name, row.name).format(version=row.after.get("version", ""), status=row.after.get("status", "")),
            who=row.actor_name, when=_when(row.at), why=row.reason,
        )
        for row in rows
    ]  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """One version on its rule's page: what it says and what the reader may do with it, or why not."""

    version: RuleVersion
    tone: Tone
    facts: list[Fact]
    parameters: list[Fact]
    steps: tuple[str, ...]
    can_verify: bool
    refusal: str = ""  # why the reader can't adopt what waits for adoption

    @property
    def can_adopt(self) -> bool:
        return "adopt" in self.steps and not self.refusal


def standing(actor: Actor, version: RuleVersion, may_write: bool) -> Standing:
    steps = tuple(step for (status, step) in TRANSITIONS if status == version.status and step != "supersede")
    return Standing(
        version=version, tone=tone_of(version.status), facts=facts(version), parameters=list(flat(version.parameters)),
        steps=steps if may_write else (), refusal=_refusal(actor, version) if may_write and "adopt" in steps else "",
        can_verify=may_write and version.verified_on is None and version.status in (Status.PROPOSED, Status.ADOPTED),
    )  # fmt: skip


def _refusal(actor: Actor, version: RuleVersion) -> str:
    try:
        permissions.check_adopt(actor, version)
    except (Refused, NotAllowedInState) as refused:
        return f"{refused.what} {refused.remedy}".strip()
    return ""


def governing(versions: Sequence[RuleVersion], day: date) -> RuleVersion:
    """The version in force on ``day``; where none is, the newest."""
    return next((one for one in versions if _governs(one, day)), versions[0])


def _governs(version: RuleVersion, day: date) -> bool:
    begun = version.adopted_at is not None and version.effective_from <= day
    return begun and (version.effective_to is None or version.effective_to > day)


def editor(code: str) -> str:
    """The address where a rule's next version is written."""
    own = next((one for beginning, one in EDITORS.items() if code.startswith(beginning)), None)
    if own is None:
        return reverse("rulebook-propose-next", args=[code])
    return reverse(own.change, args=[] if own.alone else [code])


def beginnings() -> list[tuple[str, str]]:
    """(address, words) of the forms for new rules of their kind."""
    return [(reverse(one.begin), one.says) for one in EDITORS.values()]


def address(code: str) -> str:
    return reverse("rulebook-rule", args=[code])
