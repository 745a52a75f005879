"""The three services: web, worker, MLLP listener; and the parent that runs them together."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
import threading
import time
from contextlib import suppress
from pathlib import Path
from queue import Empty, SimpleQueue
from typing import Any

import structlog

log = structlog.get_logger("muniment.services")
ANCHOR_SECONDS = 5
PARENT = "_MUNIMENT_PARENT"  # set by a parent for its children, never by a person
WORKER_SECONDS = 8  # so long may the web's worker finish its requests when it is told to stop
STOP_SECONDS = 15  # so long may a service end by itself, its worker with it


def follow_parent() -> None:
    """End when the parent has ended without saying so (kill -9): otherwise its ports and jobs would stay taken."""
    parent = os.environ.get(PARENT)
    if parent:
        threading.Thread(target=_end_with, args=(int(parent),), daemon=True, name="parent").start()


def _end_with(parent: int, seconds: float = STOP_SECONDS) -> None:
    """A signal alone is not enough: until Granian's worker has loaded the application it still has the handler of the process
    it was forked from, which only notes there that somebody asked, and nobody ever looks."""
    while os.getppid() == parent:
        time.sleep(0.5)
    os.kill(os.getpid(), signal.SIGTERM)
    time.sleep(seconds)
    os.kill(os.getpid(), signal.SIGKILL)


def web(*, host: str, port: int) -> None:
    """Granian, one process, a few threads: Django's own concurrency."""
    follow_parent()
    os.environ[PARENT] = str(os.getpid())  # Granian serves from a process of its own: config.wsgi follows this one
    from django.conf import settings
    from granian import Granian
    from granian.constants import Interfaces
    from granian.log import LogLevels

    settings.STATIC_ROOT.mkdir(parents=True, exist_ok=True)  # WhiteNoise warns of one that is not there
    Granian(
        "muniment.config.wsgi:application", address=host, port=port, interface=Interfaces.WSGI, workers=1,
        blocking_threads=min(8, 2 * (os.cpu_count() or 1) + 1), log_level=LogLevels.warning, websockets=False,
        workers_kill_timeout=WORKER_SECONDS,  # one that was told before it could hear (see _end_with) would be waited for without end
    ).serve()  # fmt: skip


def worker() -> None:
    """Procrastinate's worker, and beside it the anchors of the audit."""
    import django

    follow_parent()
    django.setup()
    from procrastinate.contrib.django import app

    from muniment.core import garbage

    garbage.look_seldom()
    threading.Thread(target=_anchor_forever, daemon=True, name="anchors").start()
    connector = app.connector.get_worker_connector()  # type: ignore[attr-defined]
    with app.replace_connector(connector) as working:
        working.run_worker(concurrency=2, listen_notify=True, delete_jobs="successful")


def _anchor_forever() -> None:
    from django.db import Error, connection

    from muniment.audit import anchors

    while True:
        try:
            anchors.drop()
        except (
            Error,
            OSError,
            ValueError,
            KeyError,
        ) as error:  # a full disk, a spoilt file: said each time, until it is mended
            log.error("no anchor was dropped", reason=type(error).__name__)
            connection.close()
        time.sleep(ANCHOR_SECONDS)


def mllp(*, host: str, port: int, certificate: Path | None, key: Path | None, facility: str, source: str = "mllp") -> None:
    import django

    follow_parent()
    django.setup()
    from muniment.core import garbage

    garbage.look_seldom()
    asyncio.run(_listen(host, port, certificate, key, facility, source))


async def _listen(host: str, port: int, certificate: Path | None, key: Path | None, facility: str, source: str) -> None:
    from asgiref.sync import sync_to_async

    from muniment.accounts.queries import facility_by_code
    from muniment.intake.line import listen

    place = await sync_to_async(facility_by_code)(facility) if facility else None
    running = await listen(host=host, port=port, certificate=certificate, key=key, facility=place, source=source)
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    await stop.wait()
    await running.stop()


def together(commands: dict[str, list[str]]) -> int:
    """Run ``muniment <arguments>`` for each service until one ends or we are told to stop; then stop the others.

    Returns 0 when we were told to stop, else the exit code of the service that ended, never 0.
    """
    told: SimpleQueue[int] = SimpleQueue()  # an Event's lock may be held by the very code that a signal interrupts
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda number, _: told.put(number))
    running: dict[str, subprocess.Popen[bytes]] = {}
    env = os.environ | {PARENT: str(os.getpid())}
    try:
        for name, arguments in commands.items():
            running[name] = start([sys.executable, "-m", "muniment", *arguments], env=env)
        while not _heard(told):
            for name, process in running.items():
                if process.poll() is not None:
                    log.error("a service ended", service=name, code=process.returncode)
                    return process.returncode or 1
        return 0
    finally:
        _end(list(running.values()))


def _heard(told: SimpleQueue[int]) -> bool:
    """Whether a signal came within half a second."""
    with suppress(Empty):
        told.get(timeout=0.5)
        return True
    return False


def start(command: list[str], **more: Any) -> subprocess.Popen[bytes]:
    """A service in a process group of its own, by which all it starts can be ended with it."""
    return subprocess.Popen(command, process_group=0, **more)


def _end(processes: list[subprocess.Popen[bytes]], seconds: float = STOP_SECONDS) -> None:
    """Ask each service to stop and give it ``seconds``; then nothing that it started is left, whether it heard or not."""
    for process in processes:
        process.terminate()
    last = time.monotonic() + seconds
    for process in processes:
        with suppress(subprocess.TimeoutExpired):
            process.wait(max(0.0, last - time.monotonic()))
        with suppress(ProcessLookupError):  # the group is there as long as anything is in it
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()
