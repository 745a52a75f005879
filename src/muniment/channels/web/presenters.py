"""Interfaces as rows and facts: what templates place."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import urlencode

from django.urls import reverse

from muniment.audit.models import LifecycleEvent
from muniment.channels.models import Channel
from muniment.channels.queries import Standing
from muniment.channels.rules import SHORT, Kind, every
from muniment.core import clock
from muniment.ui import dates
from muniment.ui.shapes import Event, Tone

EVENTS = {"channels.open": "Set up", "channels.change": "Changed"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One line of the board. ``url`` leads to its setup, or to setting it up."""

    standing: Standing
    name: str
    url: str
    state: str
    tone: Tone
    ago: str
    rate: str
    expected: str
    kind: str
    facility: str
    whose: str
    waiting_url: str


def rows(found: Sequence[Standing], *, may_configure: bool) -> list[Row]:
    return [_row(one, may_configure) for one in found]


def _row(one: Standing, may_configure: bool) -> Row:
    channel = one.channel
    state, tone = _state(one)
    return Row(
        standing=one, name=" · ".join(one.name.split("|")), url=_url(one, may_configure), state=state, tone=tone, ago=_ago(one), expected=every(channel.expected_minutes) if channel else "not watched",
        rate=f"{one.kept_today * 100 / one.today:.0f} %" if one.today else "", kind=SHORT[Kind(channel.kind)] if channel else "",
        facility=_facility(channel), whose=_whose(one),
        waiting_url=f"{reverse('intake-quarantine')}?{urlencode({'source': one.name})}" if one.waiting else "",
    )  # fmt: skip


def _url(one: Standing, may_configure: bool) -> str:
    if one.channel:
        return reverse("channels-channel", args=[one.channel.id])
    return f"{reverse('channels-new')}?{urlencode({'name': one.name})}" if may_configure and len(one.name) <= 40 else ""


def _state(one: Standing) -> tuple[str, Tone]:
    if one.channel is None:
        return "Not set up", Tone.PLAIN
    if not one.channel.active:
        return "Switched off", Tone.PLAIN
    if one.silent:
        return "Silent", Tone.LATE
    return ("In time", Tone.OK) if one.channel.expected_minutes else ("Not watched", Tone.PLAIN)


def _ago(one: Standing) -> str:
    if one.last is None:
        return "never"
    minutes = int((clock.now() - one.last).total_seconds() // 60)
    if minutes < 120:
        return f"{max(minutes, 0)} min ago"
    return f"{minutes // 60} h ago" if minutes < 2880 else f"{minutes // 1440} d ago"


def _facility(channel: Channel | None) -> str:
    if channel is None:
        return "–"
    return channel.facility.code if channel.facility else "any"


def _whose(one: Standing) -> str:
    channel = one.channel
    if channel is None:
        return "–"
    if not (channel.origin or channel.sender_is_origin):
        return "ours"
    return "each sender’s" if channel.sender_is_origin else channel.origin


def events(found: Sequence[LifecycleEvent]) -> list[Event]:
    zone = clock.now().tzinfo
    return [
        Event(what=EVENTS.get(one.name, one.name), who=one.actor_name, when=dates.moment(one.at, zone), why=one.reason)
        for one in found
    ]
