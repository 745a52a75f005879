"""Processes to be killed."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

from support.messages import Message


class Running:
    """A ``muniment`` process of ours and everything it has said so far."""

    def __init__(self, *arguments: str, env: dict[str, str]) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-m", "muniment", *arguments], env=os.environ | env, text=True,
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, start_new_session=True,
        )  # fmt: skip
        self.said: list[dict[str, object]] = []

    def lines(self, count: int | None = None) -> list[dict[str, object]]:
        """Wait for ``count`` lines of JSON, or for the end."""
        assert self.process.stdout is not None
        for line in self.process.stdout:
            self.said.append(json.loads(line))
            if count is not None and len(self.said) >= count:
                break
        return self.said

    def kill(self) -> None:
        """kill -9 of it and its children. What it had said before is read to the end."""
        os.killpg(self.process.pid, signal.SIGKILL)
        assert self.process.stdout is not None
        for line in self.process.stdout:
            if line.endswith("\n"):
                self.said.append(json.loads(line))
        self.close()

    def close(self) -> str:
        _, said = self.process.communicate(timeout=30)
        return said


def children_of(pid: int) -> list[int]:
    """Wait until a process has started children that run Python code of its own (forked, not spawned); their ids."""
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        found = [int(one) for one in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
        if found:
            return found
        os.sched_yield()
    raise AssertionError("it started nothing")


def write(folder: Path, messages: list[Message], *, files: int) -> list[Path]:
    """The messages over ``files`` files, in order."""
    size = -(-len(messages) // files)
    paths = []
    for number in range(files):
        paths.append(folder / f"{number}.hl7")
        paths[-1].write_bytes(b"".join(one.content for one in messages[number * size : (number + 1) * size]))
    return paths
