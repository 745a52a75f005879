"""What every department has from the first day: the queues of all features, and the shipped rules as proposals."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from importlib import import_module
from types import MappingProxyType
from typing import Any

from django.apps import apps

from muniment.core.actor import Actor
from muniment.rulebook import actions as rulebook
from muniment.rulebook.models import RuleVersion
from muniment.rulebook.rules import SourceKind
from muniment.rulebook.shipped import shipped_rules
from muniment.work import actions as work
from muniment.work.models import Queue

__all__ = ["define_queues", "propose_rules", "queues", "shipped_rules"]


def queues() -> Iterator[dict[str, Any]]:
    """Every feature's ``queues.QUEUES``."""
    for app in apps.get_app_configs():
        if not app.name.startswith("muniment."):
            continue
        try:
            yield from import_module(f"{app.name}.queues").QUEUES
        except ModuleNotFoundError as missing:
            if missing.name != f"{app.name}.queues":
                raise


def define_queues(actor: Actor) -> int:
    """Make the queues that are missing and bring the others up to date. Returns how many changed."""
    known = {queue.code: queue for queue in Queue.objects.all()}
    changed = 0
    for wanted in queues():
        have = known.get(wanted["code"])
        if have is None or any(getattr(have, name) != value for name, value in wanted.items()):
            work.define_queue(actor=actor, **wanted)
            changed += 1
    return changed


def propose_rules(actor: Actor, *, later: Mapping[str, date] = MappingProxyType({})) -> list[RuleVersion]:
    """Propose each shipped rule that the book does not know yet, in the name of ``actor``, a person.

    ``later``: for the rules of an area (``"qualitative."``) the day they are to begin on instead of the shipped one.
    """
    known = set(RuleVersion.objects.values_list("rule_id", flat=True))
    made = []
    for rule in shipped_rules():
        if rule["code"] in known:
            continue
        begins = next((day for area, day in later.items() if rule["code"].startswith(area)), _day(rule["effective_from"]))
        version = rulebook.propose(
            actor=actor, code=rule["code"], title=rule["title"], statement=rule["statement"], citation=rule["citation"],
            source_kind=SourceKind(rule["source_kind"]), parameters=rule.get("parameters", {}), effective_from=begins,
        )  # fmt: skip
        if rule.get("verified"):
            rulebook.verify_text(actor=actor, version_id=version.id, on=_day(rule["verified"]))
        made.append(version)
    return made


def _day(value: Any) -> date:
    return value if isinstance(value, date) else date.fromisoformat(str(value))
