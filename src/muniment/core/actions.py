"""The one door for writing.

An action is a function of keyword arguments with an ``actor``. It runs in one transaction and leaves exactly one lifecycle
event (``leave``); actions may call actions. Events are chained into the audit when the outermost one ends, just before the
commit, so that the chain's lock is held for microseconds.
"""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from contextvars import ContextVar
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, ParamSpec, TypeVar, cast
from uuid import UUID

from django.db import connection, transaction

from muniment.core import clock, conflicts
from muniment.core.actor import Actor
from muniment.core.lifecycle import Lifecycle
from muniment.core.standing import said_of
from muniment.kernel.ids import uuid7

TOLD = " (demo past)"  # behind the source system of an event recorded with the clock set back
STANDS = "stands"  # in an event's ``after``: how each row it changed stands
P = ParamSpec("P")
R = TypeVar("R")


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """One lifecycle event before it is chained. ``before`` and ``after`` are pointers and digests, never content."""

    id: UUID
    at: datetime
    name: str
    lifecycle: Lifecycle
    actor: Actor
    subject_type: str
    subject_id: str
    patient_id: UUID | None = None
    facility_id: UUID | None = None
    reason: str = ""
    before: dict[str, Any] = field(default_factory=dict)
    after: dict[str, Any] = field(default_factory=dict)


@dataclass(slots=True)
class _Frame:
    name: str
    lifecycle: Lifecycle
    actor: Actor
    event: Event | None = None
    unchanged: bool = False
    standing: dict[str, dict[str, str]] = field(default_factory=dict)  # table → row's id → how it stands


@dataclass(slots=True)
class _Work:
    """One transaction's open frames, the events they have left, what it holds and what is left for its end."""

    frames: list[_Frame] = field(default_factory=list)
    events: list[Event] = field(default_factory=list)
    held: dict[object, Any] = field(default_factory=dict)
    endings: list[Callable[[], None]] = field(default_factory=list)

    def end(self, *, last: bool) -> None:
        """What was left for the end, then the events. ``last``: nothing comes after them but the commit."""
        while self.endings:
            self.endings.pop(0)()
        if self.events:
            for sink in _sinks:
                sink(self.events, last and sink is _sinks[-1])


_current: ContextVar[_Work | None] = ContextVar("muniment_actions", default=None)
Sink = Callable[[list[Event], bool], None]
_sinks: list[Sink] = []


def chain_into(sink: Sink) -> None:
    """Register where events go: ``sink(events, last)``. The audit does, once, when it is loaded.

    ``last`` says that nothing but the commit follows: the sink may commit with its own last statement, and so save a round trip.
    """
    if sink not in _sinks:
        _sinks.append(sink)


def acting() -> bool:
    """Whether an action is running here: the test of "no writing outside actions" asks."""
    return _current.get() is not None


def leaving() -> bool:
    """Whether the unit of work here has left an event: what chains it at the end then writes what else is left (``bulk.send_last``)."""
    work = _current.get()
    return work is not None and bool(work.events)


@contextmanager
def unit_of_work() -> Iterator[None]:
    """Several actions in one transaction, their events chained together at its end. Nests in an outer one.

    All or nothing: an action that fails takes the whole unit with it (there are no savepoints inside).
    """
    if _current.get() is not None:
        yield
        return
    work = _Work()
    token = _current.set(work)
    inside = connection.in_atomic_block
    try:
        with transaction.atomic():
            yield
            work.end(last=not inside)
    finally:
        _current.reset(token)


def held(key: object, make: Callable[[], R]) -> R:
    """What this unit of work keeps under ``key``: rows it has locked, so that they stay as it read them until it ends.

    Made when first asked for; gone with the unit, whether it commits or not. Outside a unit nothing is kept.
    """
    work = _current.get()
    if work is None:
        return make()
    if key not in work.held:
        work.held[key] = make()
    return cast(R, work.held[key])


def at_end(do: Callable[[], None]) -> None:
    """Have ``do`` called once at the end of this unit of work, before its events are chained; outside a unit, at once."""
    work = _current.get()
    if work is None:
        do()
    else:
        work.endings.append(do)


def action(name: str, lifecycle: Lifecycle) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """Mark a function as an action: ``name`` is its event's type ("record.sign"), ``lifecycle`` its kind.

    Raises TypeError at import for a function with positional arguments or without an ``actor``, and for a name that is taken.
    """

    def decorate(function: Callable[P, R]) -> Callable[P, R]:
        _check_signature(function)

        @functools.wraps(function)
        def run(*args: P.args, **kwargs: P.kwargs) -> R:
            with _told_if_last(), unit_of_work(), _frame(name, lifecycle, cast(Actor, kwargs["actor"])):
                return function(*args, **kwargs)

        if name in registry:
            raise TypeError(f"{function.__qualname__}: the action {name} is {registry[name].__qualname__} already")
        run.action_name = name  # type: ignore[attr-defined]
        run.lifecycle = lifecycle  # type: ignore[attr-defined]
        registry[name] = run
        return run

    return decorate


registry: dict[str, Callable[..., Any]] = {}


def _told_if_last() -> AbstractContextManager[None]:
    """An action that is a unit of its own says in a sentence that somebody came first; inside another unit, that one decides what follows."""
    return nullcontext() if acting() else conflicts.told()


@contextmanager
def _frame(name: str, lifecycle: Lifecycle, actor: Actor) -> Iterator[None]:
    if not isinstance(actor, Actor):
        raise TypeError(f"{name} needs an actor")
    work = cast(_Work, _current.get())
    frame = _Frame(name, lifecycle, actor)
    work.frames.append(frame)
    try:
        with transaction.atomic(savepoint=False):
            yield
            if frame.event is None and not frame.unchanged:
                raise AssertionError(f"{name} changed something and left no event")
            if frame.standing:
                if frame.event is None:
                    raise AssertionError(f"{name} says how rows stand and leaves no event to seal it with")
                frame.event.after[STANDS] = frame.standing
    finally:
        work.frames.pop()


def leave(
    *,
    subject: tuple[str, object],
    patient_id: UUID | None = None,
    facility_id: UUID | None = None,
    reason: str = "",
    before: dict[str, Any] | None = None,
    after: dict[str, Any] | None = None,
) -> Event:
    """Leave the running action's one event. ``subject`` is (type, id). Returns it: versions refer to its id."""
    work = _current.get()
    if work is None or not work.frames:
        raise AssertionError("an event is left only inside an action")
    frame = work.frames[-1]
    if frame.event is not None:
        raise AssertionError(f"{frame.name} leaves one event, not two")
    frame.event = Event(
        id=uuid7(), at=clock.now(), name=frame.name, lifecycle=frame.lifecycle, actor=_told(frame.actor),
        subject_type=subject[0], subject_id=str(subject[1]), patient_id=patient_id, facility_id=facility_id,
        reason=reason, before=before or {}, after=after or {},
    )  # fmt: skip
    work.events.append(frame.event)
    return frame.event


def _told(actor: Actor) -> Actor:
    """The actor; an event of a past that is being told says so for ever (ADR 0015). Its id keeps the true time."""
    return replace(actor, source_system=f"{actor.source_system}{TOLD}") if clock.is_set() else actor


def stands(*rows: Any) -> None:
    """Seal with the running action's event how these rows of ``witnessed`` tables stand, now that they are written."""
    work = _current.get()
    if work is None or not work.frames:
        raise AssertionError("rows are written only inside an action")
    for row in rows:
        work.frames[-1].standing.setdefault(row._meta.db_table, {})[str(row.id)] = said_of(row)


def unchanged() -> None:
    """Say that the running action found nothing to change (the same message twice): it leaves no event."""
    work = cast(_Work, _current.get())
    work.frames[-1].unchanged = True


def _check_signature(function: Callable[..., Any]) -> None:
    parameters = inspect.signature(function).parameters.values()
    if any(one.kind is not inspect.Parameter.KEYWORD_ONLY for one in parameters):
        raise TypeError(f"{function.__qualname__}: an action takes keyword arguments only")
    if "actor" not in {one.name for one in parameters}:
        raise TypeError(f"{function.__qualname__}: an action takes an actor")
