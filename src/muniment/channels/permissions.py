"""Who may see how interfaces stand, and set them up."""

from __future__ import annotations

from django.conf import settings

from muniment.access.permissions import can, check_category
from muniment.access.rules import Category, Grade
from muniment.channels.models import Channel
from muniment.channels.rules import FOLDER_NAME, MOST_MINUTES, OF_ONE_FACILITY, REFUSED, TAKEN, WITH_FOLDER, Kind
from muniment.core.actor import Actor
from muniment.kernel.errors import Conflict, Refused


def check_configure(actor: Actor) -> None:
    check_category(actor, Category.SYSTEM, Grade.WRITE)


def can_configure(actor: Actor) -> bool:
    return can(actor, Category.SYSTEM, Grade.WRITE)


def check_revision(row: Channel, revision: int) -> None:
    if row.revision != revision:
        raise Conflict(
            "Somebody changed this channel in the meantime; nothing of yours was written.", remedy="Look at it again."
        )


def check_sound(row: Channel) -> None:
    """Raises Refused, where names the field, for a channel that could not work."""
    kind = Kind(row.kind)
    if not row.name.strip() or not row.name.isprintable():
        raise Refused("Give it a name.", where="name")
    _check_folder(row, kind)
    if kind in OF_ONE_FACILITY and row.facility is None:
        raise Refused("Say which facility it belongs to: what it brings does not say so.", where="facility")
    if row.sender_is_origin and (kind is not Kind.MAIL or row.origin):
        raise Refused("Only of mail the sender is known; then it is not said besides whose the records are.", where="origin")
    if kind is Kind.MAIL and not row.sender_is_origin and not row.origin:
        raise Refused(
            "Anybody can write a message that merges patients or changes charts as our own: say whose records it brings, each sender’s own or"
            " one organisation’s.", where="origin", remedy="Scanned pages in it are indexed by a person either way.",
        )  # fmt: skip
    if row.origin and kind is Kind.FAX:
        raise Refused("Faxes are indexed by a person, page by page; whose they are stands on them.", where="origin")
    if row.expected_minutes is not None and not 1 <= row.expected_minutes <= MOST_MINUTES:
        raise Refused("Name between one minute and a quarter of a year, or leave it empty.", where="expected")


def _check_folder(row: Channel, kind: Kind) -> None:
    if kind not in WITH_FOLDER:
        if row.folder:
            raise Refused("Only channels with a folder have one.", where="folder")
        return
    if settings.MUNIMENT_CHANNELS is None:
        raise Refused("No folder is set for channels: MUNIMENT_CHANNELS names it.", where="folder")
    if not FOLDER_NAME.fullmatch(row.folder) or row.folder in (TAKEN, REFUSED):
        raise Refused(
            "Name one folder, of letters, digits, points and dashes; it lies under MUNIMENT_CHANNELS.", where="folder"
        )
