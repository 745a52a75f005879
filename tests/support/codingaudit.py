"""Final codings that are audited, made through actions only."""

from __future__ import annotations

from datetime import date
from typing import Any

from muniment.accounts import queries as accounts
from muniment.codingaudit import actions, queries
from muniment.codingaudit.judging import Said
from muniment.codingaudit.models import Audit
from muniment.codingaudit.parameters import plan_of
from muniment.core.actor import Actor
from muniment.rulebook import queries as rulebook
from support.coding import CodedStay, draft_of
from support.house import House, system_actor
from support.stays import adopt_rules

DAY = date(2026, 5, 11)  # a Monday


def another_coder(house: House, username: str = "second") -> Actor:
    """A coder beside the house's own."""
    from muniment.accounts.actions import add_user, assign_role
    from muniment.accounts.rules import Role

    user = add_user(actor=system_actor(), username=username, family=username.capitalize(), given="Test", credential="CCS")
    assign_role(actor=system_actor(), user=user, role=Role.CODER, facilities=[house.hospital])
    return accounts.actor_for(user)


def adopt_audit_rules(house: House) -> None:
    """The shipped rules of coding audits, adopted."""
    adopt_rules(house, "codingaudit.")


def drawn(house: House, day: date = DAY, sample: str = "random") -> list[Audit]:
    """The audits one draw of the house's coder makes."""
    governs = plan_of(rulebook.at(queries.today_at(house.hospital)))
    assert governs is not None
    actions.draw(
        actor=system_actor(), facility=house.hospital, coder_id=house.users["coder"].id, sample=sample, day=day, rule=governs[0], plan=governs[1]
    )  # fmt: skip
    return list(Audit.objects.order_by("chosen_at", "id"))


def audited(house: House, auditor: Actor, first: tuple[str, ...], second: tuple[str, ...], number: str = "1") -> Audit:
    """One stay that the house's coder finalised and the auditor coded again, compared."""
    CodedStay(house, number).discharged().finalised(house, *first)
    return audited_again(house, auditor, second)


def audited_again(house: House, auditor: Actor, second: tuple[str, ...]) -> Audit:
    """The newest audit of what is final, coded again by the auditor and compared."""
    adopt_audit_rules(house)
    audit = drawn(house)[-1]
    audit = actions.set_codes(actor=auditor, audit_id=audit.id, revision=audit.revision, draft=draft_of(*second))
    return actions.compare(actor=auditor, audit_id=audit.id, revision=audit.revision)


def respond(actor: Actor, audit: Audit, verdict: str, **more: Any) -> Audit:
    """The same said of every difference that waits."""
    numbers = [one.number for one in queries.findings_of(audit)]
    said = {one: Said(verdict, **({"words": "As the record says."} | more)) for one in numbers}
    return actions.respond(actor=actor, audit_id=audit.id, revision=audit.revision, said=said)
