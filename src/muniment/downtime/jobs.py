"""The worker's part: every hour the packs are looked at, and made anew where the day or a form has changed. And what a filed scan sets off."""

from __future__ import annotations

from zoneinfo import ZoneInfo

from procrastinate.contrib.django import app

from muniment.accounts.models import Facility
from muniment.accounts.queries import organisation_code
from muniment.core import clock
from muniment.core.actor import Actor
from muniment.downtime import actions
from muniment.scanning.happenings import ScanFiled

PACKS = "downtime.packs"


@app.periodic(cron="5 * * * *", periodic_id=PACKS)
@app.task(name=PACKS, queueing_lock=PACKS, pass_context=False)
def packs(timestamp: int) -> None:
    """A form that was approved or retired is in the pack, or out of it, within the hour; each night's pack says the new day."""
    for facility in Facility.objects.all():
        actions.make_packs(
            actor=_actor("worker"), facility=facility, day=clock.now().astimezone(ZoneInfo(facility.zone)).date()
        )


def scan_filed(happening: ScanFiled) -> None:
    """Scanned paper that was written during a declared downtime belongs to it."""
    if happening.document.downtime:
        actions.link_scan(actor=_actor("downtime"), document=happening.document)


def _actor(part: str) -> Actor:
    return Actor.system(part, organisation=organisation_code())
