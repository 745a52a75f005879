"""The MLLP listener: messages filed and committed, then acknowledged.

Whatever waits on the connections when the last commit is done is filed as one lot (``take_lot``): one commit for all of it, and
each message is acknowledged after it. Nobody waits for a lot to fill; but after a lot the senders that were just answered get a
moment to send their next, so that they do not fall into two halves that take turns in lots half as large.
"""

from __future__ import annotations

import asyncio
import ssl as tls
from collections import deque
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import NamedTuple

import structlog
from asgiref.sync import sync_to_async
from django.db import DatabaseError, close_old_connections

from muniment.accounts.models import Facility
from muniment.accounts.queries import organisation_code
from muniment.core.actor import Actor
from muniment.core.malware import NotScanned
from muniment.intake.desk import Desk, Taken, take_lot
from muniment.intake.directory import Directory
from muniment.intake.hl7v2.ack import acknowledge
from muniment.intake.hl7v2.mllp import Listener, serve
from muniment.kernel.ids import uuid7

log = structlog.get_logger("muniment.mllp")
ANSWERS = {"filed": "AA", "duplicate": "AA", "quarantined": "AE"}
MOST_AT_ONCE = 50  # messages of one lot: its first waits for its last
GATHER_SECONDS = 0.002
_LATER = "The message can't be taken just now. Nothing was kept; send it again."


class _Waiting(NamedTuple):
    message: bytes
    peer: str
    answer: asyncio.Future[bytes]


class Line:
    """Takes messages off connections, in the order in which they came, one lot after the other."""

    def __init__(self, *, facility: Facility | None = None, source: str = "mllp") -> None:
        self.facility, self.source = facility, source
        self.pool = ThreadPoolExecutor(1, thread_name_prefix="mllp")
        self.organisation = organisation_code()
        self._directory = Directory(fixed=facility)
        self._desks: dict[str, Desk] = {}
        self._waiting: deque[_Waiting] = deque()
        self._filing: asyncio.Task[None] | None = None

    async def handle(self, message: bytes, peer: str) -> bytes:
        """The acknowledgement of one message, after its commit."""
        loop = asyncio.get_running_loop()
        one = _Waiting(message, peer, loop.create_future())
        self._waiting.append(one)
        if self._filing is None:
            self._filing = loop.create_task(self._file_waiting())
        return await one.answer

    async def _file_waiting(self) -> None:
        try:
            while self._waiting:
                lot = [self._waiting.popleft() for _ in range(min(len(self._waiting), MOST_AT_ONCE))]
                await self._file(lot)
                await asyncio.sleep(GATHER_SECONDS)
        finally:
            self._filing = None

    async def _file(self, lot: list[_Waiting]) -> None:
        try:
            answers = await asyncio.get_running_loop().run_in_executor(
                self.pool, self.take, [(one.message, one.peer) for one in lot]
            )
        except Exception as error:
            answers = [error] * len(lot)
        for one, answer in zip(lot, answers, strict=True):
            if one.answer.done():
                continue  # its connection is gone
            if isinstance(answer, Exception):
                one.answer.set_exception(answer)
            else:
                one.answer.set_result(answer)

    def take(self, messages: list[tuple[bytes, str]]) -> list[bytes | Exception]:
        """The acknowledgements of (message, peer), or what went wrong with one; what is said is committed."""
        close_old_connections()
        taken = take_lot([(self._desk(peer), message, f"mllp {peer}") for message, peer in messages])
        return [_answer(message, peer, one) for (message, peer), one in zip(messages, taken, strict=True)]

    def _desk(self, peer: str) -> Desk:
        if peer not in self._desks:
            if len(self._desks) > 500:
                self._desks.clear()
            host = peer.rpartition(":")[0] or peer
            actor = Actor.system("mllp", organisation=self.organisation, source_system=f"mllp {host}", workstation=host)
            self._desks[peer] = Desk(actor=actor, source=self.source, facility=self.facility, directory=self._directory)
        return self._desks[peer]


def _answer(message: bytes, peer: str, taken: Taken) -> bytes | Exception:
    control_id = uuid7().hex[:20]
    if isinstance(taken, DatabaseError | NotScanned):
        log.error("not filed", peer=peer, exc_info=taken)
        return acknowledge(message, "AE", _LATER, control_id=control_id)
    if isinstance(taken, Exception):
        return taken
    outcome = taken[0]
    code = "AE" if outcome.status == "duplicate" and outcome.reason else ANSWERS[outcome.status]
    said = "" if code == "AA" else "Kept in quarantine; a technician will look at it."
    return acknowledge(message, code, said, control_id=control_id)  # type: ignore[arg-type]


async def listen(
    *, host: str, port: int, certificate: Path | None = None, key: Path | None = None, facility: Facility | None = None,
    source: str = "mllp",
) -> Listener:  # fmt: skip
    """Start listening; with a certificate and key over TLS (1.2 or later). ``source`` names the channel."""
    context = None
    if certificate:
        context = tls.SSLContext(tls.PROTOCOL_TLS_SERVER)
        context.minimum_version = tls.TLSVersion.TLSv1_2
        context.load_cert_chain(certificate, key)
    line = await sync_to_async(Line)(facility=facility, source=source)
    return await serve(line.handle, host=host, port=port, ssl=context)
