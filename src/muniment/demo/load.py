"""The demo hospital into the database: founded by set-up, then sent through the same intake as everything else.

Loading may be stopped and started again: what was filed is known by its hash.
"""

from __future__ import annotations

import multiprocessing
import queue
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

from django.db import connection, connections
from django.utils import timezone

from muniment.accounts import actions as accounts
from muniment.accounts import queries
from muniment.accounts.models import Facility, Organisation, Practitioner, User
from muniment.accounts.rules import Role
from muniment.audit import anchors
from muniment.config import furnish
from muniment.core import clock, garbage
from muniment.core.actor import Actor
from muniment.demo import generator
from muniment.demo.course import Sent
from muniment.demo.department import Department
from muniment.demo.organisation import FACILITIES, ORGANISATION, ORGANISATION_CODE, ZONE, day_of, moment_shown
from muniment.demo.rota import lot_end
from muniment.demo.sign_ins import PASSWORD
from muniment.demo.size import FULL, Size
from muniment.demo.staff import Staff, staff
from muniment.demo.timeline import SPAN_DAYS
from muniment.intake.desk import Desk, take_lot
from muniment.intake.directory import NPI
from muniment.kernel.errors import Problem
from muniment.rulebook import actions as rulebook
from muniment.rulebook.models import RuleVersion
from muniment.rulebook.rules import Status
from muniment.terminology import actions as terminology

FOUNDED_BEFORE = timedelta(days=SPAN_DAYS + 60)  # the house stood before its first message
CONTRADICTIONS_SINCE = timedelta(days=120)  # so long they have been looked for
MESSAGES_A_STAY = 6
KINDS = {"acute": "hospital", "clinic": "clinic", "behavioural": "behavioural-health"}


@dataclass(frozen=True, slots=True)
class Step:
    """How far loading has come: ``done`` of ``total`` of ``what``."""

    what: str
    done: int
    total: int


Progress = Callable[[Step], None]


def loaded() -> bool:
    """Whether the demo hospital has been loaded to its end."""
    from muniment.audit.models import LifecycleEvent

    return LifecycleEvent.objects.filter(subject_type="demo", subject_id="loaded").exists()


def load(progress: Progress, *, processes: int = 2, size: Size = FULL, as_of: datetime | None = None) -> None:
    """Found the house, install the code sets, and let eighteen months go by up to ``as_of``: the morning of the founding."""
    from muniment.demo import past

    actor = Actor.system("set-up", organisation=ORGANISATION_CODE)
    shown = found(actor, as_of)
    _send_all(progress, processes, size, shown)
    past.work_off(actor, lambda what, done, total: progress(Step(what, done, total)), size, shown)
    anchors.drop()


def found(actor: Actor, as_of: datetime | None = None) -> datetime:
    """The organisation, its facilities, people, queues and rules; nothing that is there already changes.

    Returns the moment the past is told up to: a load that is taken up again tells the same one.
    """
    organisation = _found_organisation(actor)
    shown = as_of or moment_shown(datetime.fromtimestamp((organisation.id.int >> 80) / 1000, UTC))
    with clock.at(shown - FOUNDED_BEFORE):
        by_code = _found_facilities(actor, organisation)
        for person in staff():
            _employ(actor, person, [by_code[code] for code in person.facilities])
        furnish.define_queues(actor)
        _adopt_rules(day_of(shown - CONTRADICTIONS_SINCE))
    return shown


def _others(code: str) -> list[str]:
    """Other spellings of an assigner."""
    return [
        spelling
        for spelling, one in generator.assigners().items()
        if one == code and spelling != code and not spelling.startswith("urn:oid:")
    ]


def _found_organisation(actor: Actor) -> Organisation:
    return accounts.found_organisation(
        actor=actor, code=ORGANISATION_CODE, name=ORGANISATION, aliases=_others(ORGANISATION_CODE), demonstration=True
    )


def _found_facilities(actor: Actor, organisation: Organisation) -> dict[str, Facility]:
    return {
        one.code: accounts.open_facility(
            actor=actor,
            organisation=organisation,
            code=one.code,
            name=one.name,
            kind=KINDS[one.kind],
            zone=one.time_zone,
            aliases=_others(one.code),
        )
        for one in FACILITIES
    }


def _employ(actor: Actor, person: Staff, facilities: list[Facility]) -> None:
    user = User.objects.filter(username=person.username).first()
    if user is None:
        user = accounts.add_user(
            actor=actor,
            username=person.username,
            family=person.family,
            given=person.given,
            credential=person.credential,
            password=PASSWORD,
        )
    accounts.assign_role(actor=actor, user=user, role=Role(person.role), facilities=facilities)
    if person.npi and not Practitioner.objects.filter(user=user).exists():
        accounts.list_practitioner(
            actor=actor, family=person.family, given=person.given, credential=person.credential, specialty=person.specialty, user=user,
            identifiers=[(NPI, person.npi)],
        )  # fmt: skip


def administrators() -> list[Actor]:
    """The two administrators: one proposes, the other adopts."""
    names = [person.username for person in staff() if person.role == Role.ADMINISTRATOR]
    return [queries.actor_for(user) for user in User.objects.filter(username__in=names).order_by("username")]


def _adopt_rules(contradictions: date) -> None:
    """The shipped rules, adopted as house policy: nobody here has held them against their primary text.

    Those of qualitative analysis, the newest, from ``contradictions`` on.
    """
    first, second = administrators()[:2]
    furnish.propose_rules(first, later={"qualitative.": contradictions})
    for version in RuleVersion.objects.filter(status=Status.PROPOSED, proposed_by_id=first.id):
        rulebook.adopt(actor=second, version_id=version.id)


def _send_all(progress: Progress, processes: int, size: Size, as_of: datetime) -> None:
    """Messages spread over processes by patient, so that each patient's arrive in order; code sets installed beside them."""
    context = multiprocessing.get_context("fork")
    generator.plan_of(generator.SEED, size.persons, size.encounters, as_of)  # drawn once, for every process
    connections.close_all()
    lines: list[Any] = [context.Queue(maxsize=8) for _ in range(processes)]
    done: Any = context.Queue()
    code_sets = context.Event()
    jobs: list[tuple[Any, ...]] = [(done, _file_from, line, done, size, as_of, code_sets) for line in lines]
    jobs.append((done, _install, as_of, code_sets))
    workers = [context.Process(target=_report_to, args=job, daemon=True) for job in jobs]
    for worker in workers:
        worker.start()
    feeder = Feeder(lines, done, size, as_of)
    feeder.start()
    try:
        count = 0
        for filed in _reports(done, workers):
            count += filed
            progress(Step("messages", count, feeder.total))
    finally:
        for worker in workers:
            worker.terminate()  # ended already, unless another failed
            worker.join()
        for line in lines:
            line.cancel_join_thread()  # what nobody takes any more keeps no one waiting


def _reports(done: Any, workers: list[Any]) -> Iterator[int]:
    """How many messages were filed, report by report, until every worker has said None. Raises what one of them failed of."""
    left = len(workers)
    while left:
        try:
            got = done.get(timeout=1)
        except queue.Empty:
            if any(worker.exitcode not in (None, 0) for worker in workers):
                raise Problem(
                    "A process that files messages was ended from outside.", remedy="Run the same command again to go on."
                ) from None
            continue
        if isinstance(got, BaseException):
            raise got
        if got is None:
            left -= 1
        else:
            yield got


class Feeder(threading.Thread):
    """Writes the messages and hands them out while they are being filed; what it fails of goes to ``done``."""

    def __init__(self, lines: list[Any], done: Any, size: Size, as_of: datetime) -> None:
        super().__init__(daemon=True)
        self.lines, self.done, self.size, self.as_of = lines, done, size, as_of
        self.total = size.encounters * MESSAGES_A_STAY  # until all are written

    def run(self) -> None:
        try:
            self._hand_out()
        except Exception as error:
            self.done.put(RuntimeError(f"{type(error).__name__}: {error}"))

    def _hand_out(self) -> None:
        waiting: list[list[Sent]] = [[] for _ in self.lines]
        ends = [self.as_of for _ in self.lines]
        count = 0
        for one in generator.messages(persons=self.size.persons, encounters=self.size.encounters, as_of=self.as_of):
            count += 1
            place = one.whose % len(self.lines)
            if waiting[place] and one.sent_at > ends[place]:
                self.lines[place].put(waiting[place])
                waiting[place] = []
            if not waiting[place]:
                ends[place] = lot_end(one.sent_at, self.as_of)
            waiting[place].append(one)
        for line, rest in zip(self.lines, waiting, strict=True):
            if rest:
                line.put(rest)
            line.put(None)
        self.total = count


def _report_to(done: Any, work: Callable[..., None], *arguments: Any) -> None:
    """What a process does; then None, or what it failed of."""
    garbage.look_seldom()
    try:
        _commit_at_leisure()
        work(*arguments)
        connections.close_all()
        done.put(None)
    except BaseException as error:
        done.put(RuntimeError(f"{type(error).__name__}: {error}"))
        raise


def _commit_at_leisure() -> None:
    """Wait for no disk: what a crash of the database takes back is sent again when loading goes on."""
    with connection.cursor() as cursor:
        cursor.execute("SET synchronous_commit TO off")


def _actor() -> Actor:
    return Actor.system("interfaces", organisation=ORGANISATION_CODE, source_system="demo interfaces")


def _install(as_of: datetime, code_sets: Any) -> None:
    """Every release the packages carry, each in good time before it came into force."""
    for source in terminology.embedded():
        begins = datetime.combine(source.effective_from, datetime.min.time(), ZONE) - timedelta(days=21)
        with clock.at(min(max(begins, as_of - FOUNDED_BEFORE), as_of)):
            terminology.install_release(actor=_actor(), source=source)
    code_sets.set()


def _file_from(line: Any, done: Any, size: Size, as_of: datetime, code_sets: Any) -> None:
    department, desks, actor = Department(generator.SEED, size, as_of, code_sets), dict[str, Desk](), _actor()
    with timezone.override(ZONE), clock.at(as_of):  # which is looked up once: whether the clock may be set here
        while lot := line.get():
            _live_through(lot, department, lambda one: _desk(desks, actor, one))
            done.put(len(lot))
        department.catch_up()


def _live_through(lot: list[Sent], department: Department, desk_of: Callable[[Sent], Desk]) -> None:
    """File a lot at the moment its last message was sent, then let the department work until the lot's end."""
    with clock.at(lot[-1].sent_at):
        for taken in take_lot([(desk_of(one), one.content, one.name) for one in lot]):
            if isinstance(taken, Exception):
                raise taken
    department.live_on(lot, lot_end(lot[0].sent_at, department.as_of))


def _desk(desks: dict[str, Desk], actor: Actor, sent: Sent) -> Desk:
    """HL7 v2 says which facility it is from; documents and FHIR come over channels that belong to one."""
    name = "" if sent.kind == "hl7v2" else next((one.code for one in FACILITIES if one.code in sent.source), FACILITIES[0].code)
    key = sent.kind if sent.kind == "hl7v2" else f"{sent.kind} {sent.source}"
    if key not in desks:
        desks[key] = Desk(
            actor=actor,
            source="interfaces" if sent.kind == "hl7v2" else sent.source,
            facility=Facility.objects.get(code=name) if name else None,
        )
    return desks[key]
