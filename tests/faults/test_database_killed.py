"""kill -9 of PostgreSQL itself, parent and children, while messages are being filed."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from contextlib import suppress
from pathlib import Path

import pytest

from muniment.config.postgres import EmbeddedPostgres
from support.environment import FOLDER
from support.messages import build
from support.processes import Running, write

pytestmark = [pytest.mark.faults, pytest.mark.skipif("DATABASE_URL" in os.environ, reason="the server is not ours to kill")]
TESTS = Path(__file__).resolve().parents[1]
COUNT = 90


@pytest.fixture(scope="module")
def place():
    """A server of this test's own, prepared and furnished; the environment of processes that work on it."""
    folder = FOLDER / "crash"
    env = {
        "MUNIMENT_DATA_DIR": str(folder), "MUNIMENT_DATABASE_NAME": "muniment", "MUNIMENT_ANCHORS": str(folder / "anchors.jsonl"),
        "DJANGO_SETTINGS_MODULE": "muniment.config.settings", "PYTHONPATH": os.pathsep.join([str(TESTS.parent / "src"), str(TESTS)]),
    }  # fmt: skip
    folder.mkdir()
    run(env, "-m", "muniment", "database", "prepare")
    run(env, "-m", "support.aftermath", "furnish")
    yield env
    EmbeddedPostgres(folder / "postgres").stop()


def run(env, *arguments, text=""):
    done = subprocess.run(
        [sys.executable, *arguments], env=os.environ | env, input=text, text=True, capture_output=True, check=False
    )
    assert done.returncode == 0, done.stderr[-3000:]
    return done.stdout


def kill_server(env):
    pid = int((Path(env["MUNIMENT_DATA_DIR"]) / "postgres" / "cluster" / "postmaster.pid").read_text().split()[0])
    children = [
        int(stat.parent.name) for stat in Path("/proc").glob("[0-9]*/stat") if parent_of(stat) == pid
    ]  # fmt: skip
    for one in (pid, *children):
        with suppress(ProcessLookupError):
            os.kill(one, signal.SIGKILL)


def parent_of(stat):
    try:
        return int(stat.read_text().rpartition(")")[2].split()[1])
    except OSError:
        return 0


@pytest.mark.timeout(90)
def test_after_the_crash_everything_acknowledged_is_there_and_the_rest_follows(place, folder):
    paths = [str(path) for path in write(folder, build(COUNT, prefix="C"), files=1)]
    intake = Running("intake", "--json", *paths, env=place)
    intake.lines(30)
    kill_server(place)
    acknowledged = list(intake.lines())
    complaint = intake.close()
    assert intake.process.returncode == 1
    assert "Traceback" not in complaint
    assert "The database" in complaint
    assert len(acknowledged) < COUNT
    check(place, acknowledged)
    again = Running("intake", "--json", *paths, env=place)
    again.lines()
    again.close()
    assert again.process.returncode == 0
    check(place, again.said + acknowledged)


def check(place, lines):
    assert all(line["status"] in ("filed", "duplicate") for line in lines)
    run(place, "-m", "support.aftermath", "check", text=json.dumps({"lines": lines, "count": COUNT, "prefix": "C"}))
    assert "The chain holds" in run(place, "-m", "muniment", "audit", "verify")
    assert "0 faults" in run(place, "-m", "muniment", "record", "verify")
