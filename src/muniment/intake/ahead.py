"""What a lot of submissions is going to need, asked for at once: whose they are, which stays, which entries are known.

Everything here is asked for again where it is needed, and answered from what the unit of work holds by then; what this misses
costs a statement of its own there. Locks are taken in one order (records, stays, charts), each in the order of its key, so that
two lots with the same patients wait for one another and never each for the other.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from uuid import UUID

from muniment.accounts.models import Facility
from muniment.core.bulk import ask
from muniment.encounters import actions as encounters
from muniment.identity import actions as identity
from muniment.identity import queries
from muniment.intake.directory import Directory
from muniment.intake.filing import entry_id_of
from muniment.intake.patients import numbers_of, states_demographics
from muniment.intake.stays import visit_of
from muniment.intake.submission import Submission
from muniment.kernel.errors import Unfileable
from muniment.record import filing as record
from muniment.record.rules import NO_PATIENT

Owned = tuple[Submission, Facility, UUID | None]  # whose it is, where that is known


def prepare(directory: Directory, submissions: Iterable[Submission]) -> None:
    """Ask ahead for a lot of submissions of one session, inside the unit of work that files them."""
    placed = [(one, facility) for one in submissions if (facility := _facility(directory, one))]
    numbers = [numbers_of(one, facility, directory) for one, facility in placed]
    _find_owners(directory, {number for some in numbers for number in some})
    owned = [
        (submission, facility, _owner(directory, some)) for (submission, facility), some in zip(placed, numbers, strict=True)
    ]
    ask(
        *identity.asking({owner for submission, _, owner in owned if owner and states_demographics(submission)}),
        *encounters.asking(_visits(directory, owned)),
        *record.asking(_entries(owned)),
    )


def _facility(directory: Directory, submission: Submission) -> Facility | None:
    try:
        return directory.facility(submission.facility)
    except Unfileable:
        return None  # said again where it is filed


def _find_owners(directory: Directory, numbers: set[tuple[str, str]]) -> None:
    missing = {one for one in numbers if one not in directory.patients}
    found = queries.records_of(missing)
    for number, patient in found.items():
        directory.remember(patient, [number])
    directory.nobodys = missing - set(found)


def _owner(directory: Directory, numbers: list[tuple[str, str]]) -> UUID | None:
    return next((directory.patients[one].id for one in numbers if one in directory.patients), None)


def _visits(directory: Directory, owned: Sequence[Owned]) -> Iterable[tuple[UUID, str]]:
    for submission, facility, owner in owned:
        number = submission.encounter.identifier if submission.encounter else None
        if owner is None or number is None or not number.value:
            continue
        visit = visit_of(number, facility, directory)
        if submission.movement or (owner, facility.id, *visit) not in directory.stays:
            yield owner, visit[1]


def _entries(owned: Sequence[Owned]) -> dict[UUID, list[UUID]]:
    wanted: dict[UUID, list[UUID]] = {}
    for submission, _, owner in owned:
        patient = owner or (NO_PATIENT if submission.patient is None else None)
        if patient is not None and submission.drafts:
            wanted.setdefault(patient, []).extend(
                entry_id_of(patient, submission.source, draft.key) for draft in submission.drafts
            )
    return wanted
