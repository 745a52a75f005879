"""Another MS-DRG grouper: a command of the site's, such as CMS's own Java software behind a small wrapper. One claim a line, one answer a line.

It is given what ``muniment group --jsonl`` takes, with the version, and answers as that does (docs/how-to/group-and-edit-claims.md). It is
started once a process and kept; one that has ended is started again for the next claim.
"""

from __future__ import annotations

import json
import os
import select
import shlex
import subprocess
import threading
import time
from contextlib import suppress
from typing import Any

from muniment.coding.grouping import RETURN_SENTENCES, UNGROUPABLE, CodeOutcome, Grouped
from muniment.coding.rules import POA, Claim, Diagnosis
from muniment.kernel.errors import Problem

LONGEST = 10.0  # seconds for an answer; a Java runtime takes a few to start
_CHECK = "An administrator checks the command that MUNIMENT_GROUPER names."


class CommandGrouper:
    """Raises Problem, never anything else: a command that is not there, does not answer in time or answers what is no DRG."""

    def __init__(self, command: str, *, longest: float = LONGEST) -> None:
        self._arguments, self._longest = shlex.split(command), longest
        self._lock = threading.Lock()
        self._running: subprocess.Popen[bytes] | None = None

    def group(self, claim: Claim, version: int) -> Grouped:
        if claim.principal is None:
            raise Problem("There is no principal diagnosis.", remedy="Choose one; every stay needs exactly one.")
        with self._lock:
            answer = self._asked(json.dumps(written(claim, version)).encode() + b"\n")
        return read_answer(answer, version)

    def close(self) -> None:
        with self._lock:
            self._end()

    def _asked(self, line: bytes) -> bytes:
        try:
            running = self._started()
            assert running.stdin is not None
            running.stdin.write(line)
            running.stdin.flush()
            return self._line(running)
        except (OSError, TimeoutError) as error:
            self._end()  # what it may still say answers another claim
            raise Problem("The grouper of this site does not answer.", remedy=_CHECK) from error

    def _started(self) -> subprocess.Popen[bytes]:
        if self._running is None or self._running.poll() is not None:
            self._end()
            self._running = subprocess.Popen(self._arguments, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        return self._running

    def _line(self, running: subprocess.Popen[bytes]) -> bytes:
        assert running.stdout is not None
        until, said = time.monotonic() + self._longest, b""
        while not said.endswith(b"\n"):
            left = until - time.monotonic()
            if left <= 0 or not select.select([running.stdout], [], [], left)[0]:
                raise TimeoutError
            part = os.read(running.stdout.fileno(), 65536)
            if not part:
                raise TimeoutError
            said += part
        return said

    def _end(self) -> None:
        if self._running is None:
            return
        self._running.kill()
        self._running.wait()
        for stream in (self._running.stdin, self._running.stdout):
            with suppress(OSError):  # what was not sent yet is of no use to a command that has ended
                if stream:
                    stream.close()
        self._running = None


def written(claim: Claim, version: int) -> dict[str, Any]:
    """A claim as the command is given it. ``version`` as in 431 for v43.1."""
    assert claim.principal is not None
    return {
        "version": f"{version // 10}.{version % 10}", "discharge_date": claim.discharged.isoformat(), "age": claim.age,
        "sex": claim.sex.value, "discharge_status": claim.discharge_status, "hospital_status": claim.poa_reporting.value,
        "pdx": _diagnosis(claim.principal), "sdx": [_diagnosis(one) for one in claim.secondary],
        "procedures": [{"code": one.code.value, "date": one.on.isoformat() if one.on else None} for one in claim.procedures],
        "admitting_dx": claim.admitting.value if claim.admitting else None, "los": claim.length_of_stay,
    }  # fmt: skip


def _diagnosis(diagnosis: Diagnosis) -> dict[str, str]:
    return {"code": diagnosis.code.value, "poa": "" if diagnosis.poa is POA.EXEMPT else diagnosis.poa.value}


def read_answer(line: bytes, version: int) -> Grouped:
    """A line of the command as our answer; ``final_drg`` and ``mdc`` must be there. Raises Problem."""
    try:
        said = json.loads(line)
        final, mdc = int(said["final_drg"]), int(said["mdc"])
        code = str(said.get("return_code") or ("OK" if final != UNGROUPABLE else ""))
        return Grouped(
            version=version, initial_drg=int(said.get("initial_drg") or final), final_drg=final, mdc=mdc,
            description=str(said.get("description") or ""), mdc_description=str(said.get("mdc_description") or ""),
            severity=str(said.get("severity") or "none"), return_code=code,
            sentence=str(said.get("sentence") or RETURN_SENTENCES.get(code, "The grouper gives no DRG for these codes.")),
            outcomes=tuple(_outcome(one) for one in said.get("codes") or ()),
        )  # fmt: skip
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise Problem("The grouper of this site answered what is no DRG.", remedy=_CHECK) from error


def _outcome(said: dict[str, Any]) -> CodeOutcome:
    """What the command made of one code, where it says so: severity "MCC" or "CC", excluded, operating room, conditions acquired."""
    return CodeOutcome(
        str(said["code"]), str(said.get("severity") or "none"), bool(said.get("excluded")), bool(said.get("operating_room")),
        tuple(str(one) for one in said.get("hac") or ()),
    )  # fmt: skip
