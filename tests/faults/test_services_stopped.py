"""Whoever stops ``muniment serve`` leaves nothing of it running, whatever its services were doing and whether they heard."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading

import pytest

from muniment.config import services
from support import scans
from support.processes import children_of

pytestmark = pytest.mark.faults

# a service that is deaf while it starts, and has forked a worker that inherits its handlers: as Granian does
DEAF = """
import os, signal, sys, time
for number in (signal.SIGTERM, signal.SIGINT):
    signal.signal(number, lambda *_: None)
if os.fork() == 0:
    os.write(1, b"worker\\n")
os.write(1, b"service\\n")
while True:
    signal.pause()
"""

# a worker whose parent is gone before it can hear
ORPHAN = """
import signal, threading
signal.signal(signal.SIGTERM, lambda *_: None)
from muniment.config import services
threading.Thread(target=services._end_with, args=(-1, 0.1), daemon=True).start()
while True:
    signal.pause()
"""


def test_a_service_that_does_not_hear_is_ended_with_all_it_started():
    """The pipe comes to its end only when nobody holds its other side any more."""
    service = services.start([sys.executable, "-c", DEAF], stdout=subprocess.PIPE)
    assert service.stdout is not None
    assert sorted(service.stdout.readline() for _ in range(3)) == [b"service\n", b"service\n", b"worker\n"]
    services._end([service], seconds=0.1)
    assert service.stdout.read() == b""
    assert service.returncode == -signal.SIGKILL


def test_a_worker_whose_service_is_gone_ends_though_it_does_not_hear():
    assert subprocess.run([sys.executable, "-c", ORPHAN], timeout=60, check=False).returncode == -signal.SIGKILL


def test_the_web_told_to_stop_while_it_starts_stops(site, free_port):
    """Told in the moment its worker is there, which is before the worker has its own handlers: it was waited for without end."""
    env = os.environ | site
    service = services.start(
        [sys.executable, "-m", "muniment", "web", "--port", str(free_port)], env=env, stderr=subprocess.PIPE
    )
    workers = children_of(service.pid)
    service.send_signal(signal.SIGTERM)
    assert service.stderr is not None
    reader = threading.Thread(target=service.stderr.read)
    reader.start()
    assert service.wait(60) is not None
    reader.join(60)  # the worker held the other side of it too
    assert not reader.is_alive()
    assert workers


# the web's worker, forked as Granian forks it, after it has drawn the page of a scan; its child is of the spawning kind
DREW = """
import hashlib, multiprocessing, pathlib, sys
from muniment.scanning import renderer

def work(path):
    content = pathlib.Path(path).read_bytes()
    assert renderer.picture(renderer.Shot(hashlib.sha256(content).digest(), "image/tiff", 1), lambda: content)

if __name__ == "__main__":
    one = multiprocessing.get_context("fork").Process(target=work, args=sys.argv[1:])
    one.start()
    one.join(40)
    code = one.exitcode
    one.kill()
    sys.exit(code if code is not None else 9)
"""


def test_a_web_worker_that_has_drawn_a_scan_ends(tmp_path):
    """It joined the process that draws for it before that was told to end: for ever."""
    (tmp_path / "worker.py").write_text(DREW)
    (tmp_path / "scan.tif").write_bytes(scans.tiff(scans.picture("1")))
    command = [sys.executable, str(tmp_path / "worker.py"), str(tmp_path / "scan.tif")]
    assert subprocess.run(command, timeout=60, check=False).returncode == 0
