"""Seals over what a person's power rests on: who writes a row of it with SQL alone gains nothing.

Password, roles, second steps and the practitioner somebody signs as are rows like any other, and whoever holds the application's
database password can write them. Each change made through an action is therefore sealed with a key that lies outside the
database (HMAC-SHA-256, RFC 2104), under the next revision, in a table the application may add to and never change. What a seal
does not cover opens nothing. A row restored from yesterday does not fit today's seal, which cannot be taken away.
"""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from typing import Any
from uuid import UUID

import structlog
from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import OuterRef, QuerySet, Subquery
from django.db.models.functions import JSONObject

from muniment.accounts.models import Assignment, Practitioner, Seal, User
from muniment.core import clock, keys
from muniment.core.actions import action, leave
from muniment.core.actor import Actor
from muniment.core.lifecycle import Lifecycle
from muniment.core.throttle import Throttle
from muniment.kernel.errors import Refused

log = structlog.get_logger("muniment.seals")
BROKEN = "This sign-in was changed outside Muniment, so it opens nothing."
REMEDY = "Tell the administrator: “muniment staff verify” shows what does not hold."
UNSEALED, DOES_NOT_HOLD, STEPS = "carries no seal", "does not carry its seal", "has other second steps than were sealed"
NOBODY = UUID(int=0)  # stands in the compiled statement where the user's id comes
_said = Throttle(seconds=60)


def trusted(user_id: UUID, *, whole: bool = False) -> User | None:
    """The user with the roles they hold (``granted``), if their seal holds; else None, a CRITICAL line and an event.

    ``whole``: their second steps too, which the sign-in asks for. One query.
    """
    user = _one(user_id)
    if user is None:
        return None
    trouble = fault(user, whole=whole)
    if not trouble:
        user.is_trusted, user.granted = True, user.held
        return user
    log.critical("a sign-in does not carry its seal")
    if _said.first(user_id):
        refuse_seal(actor=Actor.system("sign-in", organisation=""), subject=("user", user_id), why=trouble)
    return None


def fault(user: Any, *, whole: bool = True) -> str:
    """What is wrong with a user as ``_read`` gives them; empty when their seal holds."""
    last = user.last_seal
    if last is None:
        return UNSEALED
    if not hmac.compare_digest(last["mac"], _mac(user, last["revision"], last["steps"])):
        return DOES_NOT_HOLD
    return STEPS if whole and last["steps"] != _steps(user) else ""


def faults() -> Iterator[tuple[User, str]]:
    """Every user whose seal does not hold, with what is wrong."""
    for user in _read().order_by("username").iterator(chunk_size=500):
        trouble = fault(user)
        if trouble:
            yield user, trouble


@action("accounts.refuse-seal", Lifecycle.SECURITY)
def refuse_seal(*, actor: Actor, subject: tuple[str, object], why: str) -> None:
    """Something that grants power was written past the application, and was refused."""
    leave(subject=subject, after={"outcome": "refused", "why": why})


@contextmanager
def changing(user_id: UUID) -> Iterator[None]:
    """Around every change of what is sealed, inside an action: the old seal must hold, the new state is sealed.

    The rows are locked meanwhile, and nobody else can add one (their foreign keys wait), so nothing forged is sealed along.
    """
    before = _frozen(user_id)
    yield
    _seal(user_id, before.last_seal["steps"])


def seal_first(user_id: UUID) -> None:
    """Seal somebody new, with no role and no second step."""
    _seal(user_id, {})


def seal_steps(user_id: UUID, changed: int | None) -> tuple[int, int] | None:
    """Seal the second steps after one of them (``changed``) was written, or some were removed (None).

    Returns how many there were and are; None when nothing differs. Raises Refused when more changed than that.
    """
    before = _frozen(user_id)
    old, new = before.last_seal["steps"], _steps(before)
    foreign = {name for name in new if name != str(changed) and old.get(name) != new[name]}
    missing = old.keys() - new.keys() if changed is not None else set()
    if foreign or missing:
        raise _broken()
    if old == new:
        return None
    _seal(user_id, new)
    return len(old), len(new)


def seal_again(user_id: UUID) -> None:
    """Seal what is there now, whatever it is: somebody with the keys has looked at it."""
    _lock(user_id)
    _seal(user_id, _steps(_read().get(id=user_id)))


def _read() -> QuerySet[Any]:
    """Users with all their power rests on, in one statement: no change can fall between two readings."""
    from allauth.mfa.models import Authenticator

    mine = OuterRef("pk")
    held = JSONObject(
        role="role", facility="facility_id", name="facility__name", zone="facility__zone",
        organisation="facility__organisation__code",
    )  # fmt: skip
    last = Seal.objects.filter(user_id=mine).order_by("-revision")
    return User.objects.annotate(
        held=ArraySubquery(Assignment.objects.filter(user=mine, until__isnull=True).order_by("since", "id").values(json=held)),
        steps=ArraySubquery(
            Authenticator.objects.filter(user=mine).order_by("id").values(json=JSONObject(id="id", type="type", data="data"))
        ),
        signs_as=Subquery(Practitioner.objects.filter(user=mine).values("id")[:1]),
        last_seal=Subquery(last.values(json=JSONObject(revision="revision", mac="mac", steps="steps"))[:1]),
    )


def _one(user_id: UUID) -> Any:
    """One user as ``_read`` gives them, or None: by the statement it compiles to, since every request asks."""
    statement, parameters = _compiled()
    user: Any
    for user in User.objects.raw(statement, [user_id if one == NOBODY else one for one in parameters]):
        user.held, user.steps = [json.loads(one) for one in user.held], [json.loads(one) for one in user.steps]
        user.last_seal = json.loads(user.last_seal) if user.last_seal else None
        return user
    return None


@cache
def _compiled() -> tuple[str, tuple[Any, ...]]:
    statement, parameters = _read().filter(id=NOBODY).order_by().query.sql_with_params()
    return statement, tuple(parameters)


def _frozen(user_id: UUID) -> Any:
    """The user as they stand, locked until the transaction ends. Raises Refused when their seal does not hold."""
    _lock(user_id)
    user = _read().get(id=user_id)
    if fault(user, whole=False):
        log.critical("a sign-in does not carry its seal")
        raise _broken()
    return user


def _broken() -> Refused:
    return Refused(BROKEN, remedy=REMEDY)


def _lock(user_id: UUID) -> None:
    list(User.objects.select_for_update().filter(id=user_id).values_list("id"))
    for table in (Assignment, Practitioner):
        list(table.objects.select_for_update().filter(user_id=user_id).values_list("id"))


def _seal(user_id: UUID, steps: dict[str, str]) -> None:
    user = _read().get(id=user_id)
    last = user.last_seal
    if last and _mac(user, last["revision"], steps) == last["mac"]:
        return
    revision = last["revision"] + 1 if last else 1
    Seal.objects.create(user_id=user_id, revision=revision, mac=_mac(user, revision, steps), steps=steps, at=clock.now())


def _mac(user: Any, revision: int, steps: dict[str, str]) -> str:
    """Over the person, their revision, and everything that says what they may do and how they are known."""
    facts = [
        str(user.id), revision, user.username, user.password, user.is_active, user.password_is_one_time,
        user.family, user.given, user.credential, str(user.signs_as or ""),
        sorted([one["role"], str(one["facility"])] for one in user.held), steps,
    ]  # fmt: skip
    return hmac.new(keys.named("accounts"), _encoded(facts), hashlib.sha256).hexdigest()


def _steps(user: Any) -> dict[str, str]:
    """Second step → digest of what it is; when it was last used does not count."""
    return {str(one["id"]): hashlib.sha256(_encoded([one["type"], one["data"]])).hexdigest() for one in user.steps}


def _encoded(facts: Any) -> bytes:
    return json.dumps(facts, sort_keys=True, separators=(",", ":")).encode()
