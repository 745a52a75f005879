"""What each role's day shows, put together from figures and lists."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from zoneinfo import ZoneInfo

from django.utils import timezone

from muniment.accounts.rules import Role
from muniment.audit import anchors
from muniment.core import clock
from muniment.core.actor import Actor
from muniment.core.lifecycle import Lifecycle
from muniment.delinquency import queries as delinquency
from muniment.operations import backlog, completeness, queries
from muniment.operations.trail import SENT
from muniment.operations.web.figures import DELINQUENT, DISCHARGES, figure, late_tone, link, shown
from muniment.operations.web.rows import DepthRow, ItemRow, StayRow, depth_rows, item_rows, stay_rows
from muniment.ui import dates
from muniment.ui.shapes import Figure, Option, Tone
from muniment.work import queries as work
from muniment.work.queries import Depth

QUARANTINE = "quarantine"  # the queue of intake, which lies above this layer


@dataclass(frozen=True, slots=True, kw_only=True)
class Pull:
    """The one button of a day: take the next item of a queue."""

    queue: str
    label: str
    url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Day:
    """A role's landing page. ``find`` asks for a patient; ``nothing`` is said where the role has no work here yet."""

    figures: Sequence[Figure] = ()
    pull: Pull | None = None
    find: str = ""
    items: Sequence[ItemRow] | None = None
    depths: Sequence[DepthRow] = ()
    stays: Sequence[StayRow] | None = None
    stays_total: int = 0
    stays_url: str = ""
    links: Sequence[Option] = ()
    nothing: str = ""


@dataclass(frozen=True, slots=True)
class Moment:
    """The one now of a page, so that its figures agree."""

    now: datetime
    today: date = field(default_factory=clock.today)

    @property
    def words(self) -> str:
        return f"{dates.moment(self.now, timezone.get_current_timezone())}, at your facilities"


def day_of(actor: Actor) -> Day:
    """The day of the role the actor acts under."""
    at = Moment(queries.now())
    return DAYS[Role(actor.role)](actor, at) if actor.role else Day(nothing=NO_ROLE)


NO_ROLE = "You hold no role, so every screen is refused. An administrator assigns roles."


def worker(actor: Actor, at: Moment) -> Day:
    """Whoever works queues: what is theirs, what waits, and the next one."""
    queues = work.queues_for(actor)
    depths = work.depths(actor, queues)
    figures = [*_mine(actor, at), *_discharged(actor, at), *_lacking(actor, at), _quarantine(depths, at)]
    items = item_rows(actor, queries.next_items(actor, queues))
    links = [Option("Open my inbox", url)] if actor.role == Role.CLINICIAN and (url := link("completion-inbox")) else []
    return Day(figures=shown(figures), pull=_pull(actor, depths), items=items, depths=depth_rows(depths, at.now), links=links)


def _mine(actor: Actor, at: Moment) -> list[Figure | None]:
    own = queries.mine(actor, at.now)
    url = link("work-mine")
    state, tone = late_tone(own.late)
    late, week, done = link("work-mine", due="late"), link("work-mine", due="week"), link("work-done")
    return [
        figure("Late", own.late, late, "Items you hold whose due date has passed.", counted=at.words, state=state, tone=tone),
        figure(
            "Due in 7 days", own.due, week, "Items you hold that fall due within seven days and are not late.", counted=at.words
        ),
        figure("Mine", own.held, url, "Items you pulled or were given and have not finished.", counted=at.words),
        figure("Completed today", own.done, done, "Items you completed since midnight.", counted=at.words),
    ]


def _discharged(actor: Actor, at: Moment) -> list[Figure | None]:
    """For a technician: the days' discharges, each with what its chart lacks."""
    if actor.role != Role.TECHNICIAN:
        return []
    found = queries.recently_discharged(actor, at.today, ZoneInfo(timezone.get_current_timezone_name()))
    return [figure("Discharges in 7 days", found.count(), link("operations-discharges"), DISCHARGES, counted=at.words)]


def _lacking(actor: Actor, at: Moment) -> list[Figure | None]:
    """For a technician, who runs after it: what discharged charts lack, by age."""
    if actor.role != Role.TECHNICIAN:
        return []
    found, name = completeness.ages(actor, at.now), "completion-deficiencies"
    late, old = found.late, found.bands[3]
    state, tone = late_tone(late)
    return [
        figure("Open deficiencies", found.open, link(name), LACK, counted=at.words),
        figure("Deficiencies overdue", late, link(name, late="0"), f"{LACK} These are past their due date.", counted=at.words, state=state, tone=tone),
        figure(
            "Overdue over 30 days", old, link(name, late="30"), f"{LACK} These have been past their due date for 30 days or more.",
            counted=at.words, state=late_tone(old)[0], tone=late_tone(old)[1],
        ),
    ]  # fmt: skip


LACK = "Documents and signatures that discharged charts lack."


def _quarantine(depths: Sequence[Depth], at: Moment) -> Figure | None:
    found = next((depth for depth in depths if depth.queue.code == QUARANTINE), None)
    if found is None:
        return None
    url = link("intake-quarantine") or link("work-queue", QUARANTINE)
    state = _oldest((at.now - found.oldest).days) if found.oldest else "none"
    return figure(
        "In quarantine", found.active, url, found.queue.definition,
        counted=at.words, state=state, tone=Tone.DUE if found.active else Tone.OK,
    )  # fmt: skip


def _oldest(days: int) -> str:
    if not days:
        return "since today"
    return "oldest 1 day" if days == 1 else f"oldest {days} days"


def _pull(actor: Actor, depths: Sequence[Depth]) -> Pull | None:
    """From the queue that has something for anybody and is most the role's own."""
    waiting = [depth for depth in depths if depth.unowned and not depth.queue.personal and actor.role in depth.queue.pools]
    if not waiting:
        return None
    queue = min(waiting, key=lambda depth: len(depth.queue.pools)).queue  # the role's own before what many share
    url = link("work-pull", queue.code)
    return Pull(queue=queue.code, label=f"Pull the next from “{queue.name}”", url=url) if url else None


def releaser(actor: Actor, at: Moment) -> Day:
    """Release of information: find the person, and what was discharged lately."""
    found = queries.recently_discharged(actor, at.today, ZoneInfo(timezone.get_current_timezone_name()))
    total, url = found.count(), link("operations-discharges")
    count = figure("Discharges in 7 days", total, url, DISCHARGES, counted=at.words)
    stays, depths = list(found[:12]), work.depths(actor)
    return Day(
        figures=shown([count]), pull=_pull(actor, depths), depths=depth_rows(depths, at.now), find=link("identity-find"), stays=stay_rows(stays, completeness.statuses(stays), at.now),
        stays_total=total, stays_url=url,
    )  # fmt: skip


def administrator(actor: Actor, at: Moment) -> Day:
    """What is late, where, and whose."""
    depths = work.depths(actor)
    late, active = sum(depth.late for depth in depths), sum(depth.active for depth in depths)
    state, tone = late_tone(late)
    counted, every = at.words, link("work-every")
    figures = [
        figure("Late items", late, link("work-every", due="late"), "Work items of all queues whose due date has passed.", counted=counted, state=state, tone=tone),
        figure("Open items", active, every, "Work items of all queues that are not finished, deferred ones included.", counted=counted),
        *_deficits(actor, at),
        *_uncoded(actor, at),
        _quarantine(depths, at),
        *_book(at),
    ]  # fmt: skip
    return Day(
        figures=shown(figures), depths=depth_rows(depths, at.now), links=[Option("Open the board", link("operations-board"))]
    )


def _deficits(actor: Actor, at: Moment) -> list[Figure | None]:
    found, delinquent = completeness.ages(actor, at.now), delinquency.delinquent_charts(actor)
    state, tone = (f"{found.bands[3]} over 30 days", Tone.LATE) if found.bands[3] else late_tone(found.late)
    clock, clock_tone = late_tone(delinquent)
    deficiencies = "completion-deficiencies"
    return [
        figure(
            "Overdue deficiencies", found.late, link(deficiencies, late="0"),
            "Documents and signatures that discharged charts lack and whose due date has passed.",
            counted=f"{at.words}; {found.open:,} open in all", state=state, tone=tone,
        ),
        figure(
            "Delinquent charts", delinquent, link("delinquency-charts"), DELINQUENT,
            counted=at.words, state=clock, tone=clock_tone,
        ),
    ]  # fmt: skip


def _uncoded(actor: Actor, at: Moment) -> list[Figure | None]:
    found = backlog.uncoded(actor.facilities, at.now)
    state, tone = (
        (f"{found.over_7:,} over 7 days", Tone.LATE) if found.over_7 else (f"{found.over_3:,} over 3 days", Tone.PLAIN)
    )
    return [
        figure(
            "Discharged, not coded", found.total, link("coding-uncoded"), "Discharged stays that wait for their final codes, those being coded again included.",
            counted=f"{at.words}; {found.over_30:,} discharged over 30 days ago", state=state, tone=tone,
        )
    ]  # fmt: skip


def _book(at: Moment) -> list[Figure | None]:
    stand = queries.book(at.today)
    waiting, unread, counted = stand.awaiting, stand.unverified, f"{dates.day(at.today)}, the whole book"
    return [
        figure(
            "Rules to adopt", waiting, link("rulebook-book", status="proposed"),
            "Rules somebody proposed and nobody adopted yet. Whoever proposed one can't adopt it.", counted=counted,
            state="waiting" if waiting else "none", tone=Tone.DUE if waiting else Tone.OK,
        ),
        figure(
            "Rules in force", stand.in_force, link("rulebook-book"), "Adopted rules that govern today.",
            counted=counted, state=f"{unread} unverified" if unread else "", tone=Tone.DUE if unread else Tone.PLAIN,
        ),
    ]  # fmt: skip


def officer(actor: Actor, at: Moment) -> Day:
    """Privacy: what was looked at, sent and refused in a day, and the rules that wait."""
    return Day(figures=shown([*_trail(actor, at), *_book(at)]), find=link("identity-find"), links=_watching())


def _trail(actor: Actor, at: Moment) -> list[Figure | None]:
    seen = queries.trail(actor, clock.midnight())
    counted = f"{at.words} and of no facility, since midnight"
    audit, since = "operations-audit", dates.day(at.today)
    return [
        figure("Events today", seen.events, link(audit, since=since), "Lifecycle events of every kind.", counted=counted),
        figure(
            "Charts and documents opened", seen.views, link(audit, lifecycle=Lifecycle.ACCESS.value, since=since),
            "Events of the kind “access”: somebody looked at a chart or a document.", counted=counted,
        ),
        figure(
            "Sent or printed", seen.disclosed, link(audit, lifecycle=SENT, since=since),
            "Events of the kinds “disclose”, “output” and “transmit”.", counted=counted,
        ),
        figure(
            "Refused at the door", seen.refused, link(audit, name="accounts.refuse-sign-in", since=since),
            "Sign-ins refused for a wrong name or password.", counted=counted, tone=Tone.DUE if seen.refused else Tone.OK,
            state="look who" if seen.refused else "none",
        ),
    ]  # fmt: skip


def _watching() -> list[Option]:
    return [Option(label, url) for label, name in WATCHED if (url := link(name))]


WATCHED = (
    ("Audit trail", "operations-audit"),
    ("People and their roles", "accounts-people"),
    ("Rule book", "rulebook-book"),
    ("Who may see what", "access-table"),
)


def researcher(actor: Actor, at: Moment) -> Day:
    """What exists for research today: the rules that govern it, and who may see what."""
    links = [Option("Rule book", link("rulebook-book")), Option("Who may see what", link("access-table"))]
    return Day(figures=shown(_book(at)[1:]), links=links, nothing=NO_DATA_YET)


NO_DATA_YET = (
    "This house keeps no research data sets, so there is nothing for you to query. "
    "Your role sees no patient’s record; the access table shows what it does see."
)


def keeper(actor: Actor, at: Moment) -> Day:
    """The database administrator: how the machine stands."""
    found = queries.machine()
    health, counted = link("operations-health"), dates.moment(at.now, timezone.get_current_timezone())
    state, tone = ("failed", Tone.LATE) if found.jobs_failed else ("none", Tone.OK)
    figures = [
        figure("Database", f"{found.bytes / 1024**2:,.0f}", health, "Size of the database on disk, in MB.", unit="MB", counted=counted),
        figure("Connections", found.connections, health, "Connections open to the database now, this one included.", counted=counted),
        figure("Jobs waiting", found.jobs_waiting, health, "Background jobs not begun yet.", counted=counted),
        figure("Jobs failed", found.jobs_failed, health, "Background jobs that gave up.", counted=counted, state=state, tone=tone),
    ]  # fmt: skip
    return Day(figures=shown([*figures, *_chain(at)]), links=_watching()[:1])


def _chain(at: Moment) -> list[Figure | None]:
    last, events = anchors.latest(), queries.chained()
    zone = timezone.get_current_timezone()
    age = f"{dates.moment(last, zone)}" if last else "never"
    audit = link("operations-audit")
    return [
        figure(
            "Events in the chain", events, audit, "Lifecycle events, each sealed onto the one before it.",
            counted=dates.moment(at.now, zone),
        ),
        figure(
            "Last anchor", age, audit, "When the heads of the chain were last written outside the database, so that a cut tail shows.",
            counted="the anchor file", state="" if last else "none yet", tone=Tone.PLAIN if last else Tone.DUE,
        ),
    ]  # fmt: skip


def auditor(actor: Actor, at: Moment) -> Day:
    """The chain, the day's events, and where to look."""
    return Day(figures=shown([*_chain(at), *_trail(actor, at)]), links=_watching())


DAYS: dict[Role, Callable[[Actor, Moment], Day]] = {
    Role.TECHNICIAN: worker, Role.CODER: worker, Role.CLINICIAN: worker, Role.IDENTITY_SPECIALIST: worker,
    Role.ROI_SPECIALIST: releaser, Role.ADMINISTRATOR: administrator, Role.PRIVACY_OFFICER: officer, Role.RESEARCHER: researcher,
    Role.DATABASE_ADMINISTRATOR: keeper, Role.AUDITOR: auditor,
}  # fmt: skip
