"""HL7 v2 over TCP: Minimal Lower Layer Protocol, release 1 (HL7 transport specification, appendix C)."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import socket
import ssl as tls
from collections.abc import Awaitable, Callable, Iterable, Iterator
from typing import Self
from uuid import uuid4

from muniment.intake.hl7v2.ack import acknowledge
from muniment.intake.hl7v2.parse import LIMITS
from muniment.kernel.errors import Problem

START, END = b"\x0b", b"\x1c"
Handler = Callable[[bytes, str], Awaitable[bytes]]
log = logging.getLogger("muniment.intake.mllp")
_CHUNK = 64 * 1024
_FAILED = (
    "The message could not be filed because of a fault here. Send it again; if it fails again, call the records department."
)
_TOO_LARGE = "The message is larger than this interface accepts. Split it or send the document by reference."


def frame(message: bytes) -> bytes:
    """A message between its MLLP block characters."""
    return START + message + END + b"\r"


class Deframer:
    """Frames out of a byte stream, however it was cut. Bytes between frames are skipped."""

    def __init__(self, max_bytes: int) -> None:
        self._buffer = bytearray()
        self._inside = False
        self._max_bytes = max_bytes
        self._scanned = 0

    @property
    def too_large(self) -> bytes:
        """The beginning of a frame that has passed the bound; empty while none has."""
        return bytes(self._buffer[:_CHUNK]) if len(self._buffer) > self._max_bytes else b""

    def feed(self, data: bytes) -> Iterator[bytes]:
        """Add what came in; give each frame that is now whole and within the bound."""
        self._buffer += data
        while (content := self._next()) is not None:
            yield content

    def _next(self) -> bytes | None:
        if not self._inside:
            begin = self._buffer.find(START)
            if begin < 0:
                self._buffer.clear()
                return None
            del self._buffer[: begin + 1]
            self._inside, self._scanned = True, 0
        end = self._buffer.find(END, self._scanned)
        if end < 0 or end > self._max_bytes:
            self._scanned = len(self._buffer)
            return None
        content = bytes(self._buffer[:end])
        del self._buffer[: end + 1]
        self._inside = False
        return content


class Connection:
    """One sender: its messages are handled one after another, each answered before the next is looked at."""

    def __init__(self, listener: Listener, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.listener = listener
        self.reader = reader
        self.writer = writer
        self.busy = False
        peer = writer.get_extra_info("peername")
        self.peer = f"{peer[0]}:{peer[1]}" if isinstance(peer, tuple) else "local"

    async def run(self) -> None:
        deframer = Deframer(self.listener.max_bytes)
        with contextlib.suppress(ConnectionError, TimeoutError, tls.SSLError):
            while not self.listener.stopping:
                async with asyncio.timeout(self.listener.idle_seconds):  # without a task of its own, unlike wait_for
                    data = await self.reader.read(_CHUNK)
                if not data:
                    return
                for message in deframer.feed(data):
                    await self._answer(message)
                    if self.listener.stopping:
                        return
                if deframer.too_large:
                    await self._write(acknowledge(deframer.too_large, "AR", _TOO_LARGE, control_id=uuid4().hex[:20]))
                    return

    async def _answer(self, message: bytes) -> None:
        self.busy = True
        try:
            await self._write(await self._handled(message))
        finally:
            self.busy = False

    async def _handled(self, message: bytes) -> bytes:
        try:
            return await self.listener.handler(message, self.peer)
        except Exception as error:
            log.error("a message from %s could not be handled: %s", self.peer, type(error).__name__)
            return acknowledge(message, "AE", _FAILED, control_id=uuid4().hex[:20])

    async def _write(self, answer: bytes) -> None:
        self.writer.write(frame(answer))
        async with asyncio.timeout(self.listener.idle_seconds):
            await self.writer.drain()


class Listener:
    """A listening MLLP server. ``await listener.stop()`` finishes what is being handled; it is also an async context."""

    def __init__(self, handler: Handler, *, max_bytes: int, idle_seconds: float, max_connections: int) -> None:
        self.handler = handler
        self.max_bytes = max_bytes
        self.idle_seconds = idle_seconds
        self.max_connections = max_connections
        self.stopping = False
        self._connections: dict[asyncio.Task[None], Connection] = {}
        self._server: asyncio.Server | None = None

    async def start(self, host: str, port: int, ssl: tls.SSLContext | None) -> None:
        # Several processes may share the port: the system spreads connections over them, and each has a processor to itself.
        self._server = await asyncio.start_server(self._accept, host, port, ssl=ssl, reuse_port=True)

    @property
    def port(self) -> int:
        """The port it listens on: what was asked for, or what the system chose for 0."""
        assert self._server is not None
        return int(self._server.sockets[0].getsockname()[1])

    async def serve_forever(self) -> None:
        assert self._server is not None
        await self._server.serve_forever()

    async def stop(self, grace_seconds: float = 10.0) -> None:
        """Take no new connection, let messages in hand be answered for ``grace_seconds``, then close."""
        self.stopping = True
        if self._server is not None:
            self._server.close()
        for task, connection in list(self._connections.items()):
            if not connection.busy:
                task.cancel()
        if self._connections:
            _, late = await asyncio.wait(list(self._connections), timeout=grace_seconds)
            for task in late:
                task.cancel()
            await asyncio.gather(*late, return_exceptions=True)

    async def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        if self.stopping or len(self._connections) >= self.max_connections:
            await _close(writer)
            return
        connection = self._connections[task] = Connection(self, reader, writer)
        try:
            await connection.run()
        except asyncio.CancelledError:
            if not self.stopping:
                raise
        finally:
            del self._connections[task]
            await _close(writer)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.stop()


async def _close(writer: asyncio.StreamWriter) -> None:
    writer.close()
    with contextlib.suppress(OSError, TimeoutError, tls.SSLError):
        await asyncio.wait_for(writer.wait_closed(), 5)


async def serve(
    handler: Handler,
    *,
    host: str,
    port: int,
    ssl: tls.SSLContext | None = None,
    max_bytes: int = LIMITS.message,
    idle_seconds: float = 600.0,
    max_connections: int = 256,
) -> Listener:
    """Listen, and return the running listener.

    ``handler(message, peer)`` gets one unframed message and returns its acknowledgement once the message is safely kept. If it
    raises, the sender gets AE with a neutral sentence and the connection stays. A frame over ``max_bytes`` is answered AR and
    the connection closed; so is one that says nothing for ``idle_seconds``.
    """
    listener = Listener(handler, max_bytes=max_bytes, idle_seconds=idle_seconds, max_connections=max_connections)
    await listener.start(host, port, ssl)
    return listener


def send(
    host: str, port: int, messages: Iterable[bytes], *, ssl: tls.SSLContext | None = None, timeout_seconds: float = 30.0
) -> Iterator[bytes]:
    """Send messages one after another and give each one's acknowledgement. Raises Problem when the receiver does not answer."""
    try:
        with contextlib.ExitStack() as stack:
            line = stack.enter_context(socket.create_connection((host, port), timeout=timeout_seconds))
            if ssl is not None:
                line = stack.enter_context(ssl.wrap_socket(line, server_hostname=host))
            line.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            yield from _exchange(line, messages)
    except OSError as error:
        raise Problem(
            "The receiver can't be reached, or did not answer in time.",
            where=f"{host}:{port}",
            remedy="Check that its listener runs and that nothing between blocks the port.",
        ) from error


def _exchange(line: socket.socket, messages: Iterable[bytes]) -> Iterator[bytes]:
    deframer = Deframer(LIMITS.message)
    for message in messages:
        line.sendall(frame(message))
        answers: list[bytes] = []
        while not answers:
            data = line.recv(_CHUNK)
            if not data:
                raise ConnectionError("closed before an answer came")
            answers = list(deframer.feed(data))
        yield answers[0]
