"""HL7 v2 over MLLP: each message filed, committed and acknowledged before the sender sends its next."""

from __future__ import annotations

import itertools
import os
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any
from zlib import crc32

import psutil

from bench import house, peers, processor
from bench.figures import Figure, percentile

CONNECTIONS = 8
PROCESSES = 2  # listeners that share the port
PERSONS, STAYS = 300, 900


def run(options: Any) -> list[Figure]:
    house.prepare()
    house.furnish()
    messages = [sent.content for sent in itertools.islice(_messages(), options.messages)]
    lines: list[list[bytes]] = [[] for _ in range(CONNECTIONS)]
    for message in messages:
        lines[crc32(_patient(message)) % CONNECTIONS].append(message)
    with processor.measured(len(messages)) as spent, _listener() as port:
        seconds, waits, refused = _send_all(lines, port)
    rate = len(messages) / seconds
    name = f"HL7 v2 over MLLP, {CONNECTIONS} connections, {PROCESSES} processes"
    figures = [
        Figure(name, rate, "messages/s", "one INSERT and commit a message", peers.commit_rate(messages, CONNECTIONS), "≥ 500"),
        Figure(name, rate, "messages/s", "reading alone, 1 process", _reading_rate(messages)),
        Figure("HL7 v2, processor time with PostgreSQL's", spent.total, "µs/message", "PostgreSQL's", spent.database),
        Figure("HL7 v2, wait for the acknowledgement, p50", percentile(waits, 0.5) * 1000, "ms"),
        Figure("HL7 v2, wait for the acknowledgement, p95", percentile(waits, 0.95) * 1000, "ms"),
    ]
    if refused:
        figures.append(Figure("HL7 v2, messages not accepted", refused, "messages", aim="0"))
    return figures


def _messages() -> Iterator[Any]:
    from muniment.demo.generator import messages

    return (sent for sent in messages(seed=11, persons=PERSONS, encounters=STAYS) if sent.kind == "hl7v2")


def _patient(message: bytes) -> bytes:
    """PID-3 (of the survivor, in a merge): one patient's messages keep their order on one connection."""
    for segment in message.split(b"\r"):
        if segment.startswith(b"PID|"):
            return segment.split(b"|")[3].partition(b"^")[0]
    return b""


def _reading_rate(messages: list[bytes]) -> float:
    from muniment.demo.organisation import ZONE
    from muniment.intake.hl7v2 import read

    begun = time.perf_counter()
    for message in messages:
        with suppress(Exception):
            read.read(message, zone_of=lambda code: ZONE)
    return len(messages) / (time.perf_counter() - begun)


def _send_all(lines: list[list[bytes]], port: int) -> tuple[float, list[float], int]:
    waits: list[float] = []
    refused: list[bytes] = []
    threads = [threading.Thread(target=_send, args=(line, port, waits, refused)) for line in lines]
    begun = time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return time.perf_counter() - begun, waits, len(refused)


def _send(messages: list[bytes], port: int, waits: list[float], refused: list[bytes]) -> None:
    from muniment.intake.hl7v2.mllp import send

    begun = time.perf_counter()
    for answer in send("127.0.0.1", port, messages):
        waits.append(time.perf_counter() - begun)
        if b"|AA|" not in answer:
            refused.append(answer)
        begun = time.perf_counter()


@contextmanager
def _listener() -> Iterator[int]:
    """The real service, as ``muniment mllp`` runs it, as often as there are PROCESSES."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "muniment", "mllp", "--port", str(port)]
    processes = [subprocess.Popen(command, env=os.environ) for _ in range(PROCESSES)]
    try:
        _wait_for(port, PROCESSES)
        yield port
    finally:
        for process in processes:
            process.terminate()
        for process in processes:
            process.wait(20)


def _wait_for(port: int, listeners: int) -> None:
    for _ in range(600):
        listening = [one for one in psutil.net_connections("tcp") if one.status == "LISTEN" and one.laddr.port == port]
        if len(listening) >= listeners:
            return
        time.sleep(0.1)
    raise RuntimeError("the listeners did not start")
