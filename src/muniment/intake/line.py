"""The MLLP listener: each message filed and committed, then acknowledged."""

from __future__ import annotations

import asyncio
import ssl as tls
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import structlog
from asgiref.sync import sync_to_async
from django.db import DatabaseError, close_old_connections

from muniment.accounts.models import Facility
from muniment.accounts.queries import organisation_code
from muniment.core.actor import Actor
from muniment.intake.desk import Desk
from muniment.intake.hl7v2.ack import acknowledge
from muniment.intake.hl7v2.mllp import Listener, serve
from muniment.kernel.ids import uuid7

log = structlog.get_logger("muniment.mllp")
THREADS = 4
ANSWERS = {"filed": "AA", "duplicate": "AA", "quarantined": "AE"}


class Line:
    """Takes messages off connections. Messages of one connection are filed in their order; connections run beside each other."""

    def __init__(self, *, facility: Facility | None = None, threads: int = THREADS) -> None:
        self.facility = facility
        self.pool = ThreadPoolExecutor(threads, thread_name_prefix="mllp")
        self.organisation = organisation_code()
        self._desks: dict[str, Desk] = {}

    async def handle(self, message: bytes, peer: str) -> bytes:
        """The acknowledgement of one message, after its commit."""
        return await asyncio.get_running_loop().run_in_executor(self.pool, self.take, message, peer)

    def take(self, message: bytes, peer: str) -> bytes:
        close_old_connections()
        control_id = uuid7().hex[:20]
        try:
            outcome = self._desk(peer).take(message, f"mllp {peer}")[0]
        except DatabaseError:
            self._desks.pop(peer, None)
            log.exception("not filed", peer=peer)
            return acknowledge(
                message, "AE", "The record can't be written just now. Nothing was kept; send it again.", control_id=control_id
            )
        code = "AE" if outcome.status == "duplicate" and outcome.reason else ANSWERS[outcome.status]
        said = "" if code == "AA" else "Kept in quarantine; a technician will look at it."
        return acknowledge(message, code, said, control_id=control_id)  # type: ignore[arg-type]

    def _desk(self, peer: str) -> Desk:
        if peer not in self._desks:
            if len(self._desks) > 500:
                self._desks.clear()
            host = peer.rpartition(":")[0] or peer
            actor = Actor.system("mllp", organisation=self.organisation, source_system=f"mllp {host}", workstation=host)
            self._desks[peer] = Desk(actor=actor, source="mllp", facility=self.facility)
        return self._desks[peer]


async def listen(
    *, host: str, port: int, certificate: Path | None = None, key: Path | None = None, facility: Facility | None = None
) -> Listener:
    """Start listening; with a certificate and key over TLS (1.2 or later)."""
    context = None
    if certificate:
        context = tls.SSLContext(tls.PROTOCOL_TLS_SERVER)
        context.minimum_version = tls.TLSVersion.TLSv1_2
        context.load_cert_chain(certificate, key)
    line = await sync_to_async(Line)(facility=facility)
    return await serve(line.handle, host=host, port=port, ssl=context)
