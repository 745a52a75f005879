"""Readers of pages that fail as real ones may; without Django, for a child process loads them."""

from __future__ import annotations

import os
import signal
import time

from muniment.scanning.reader import Reading


def dies_on_two(number: int) -> Reading:
    if number == 2:
        os.kill(os.getpid(), signal.SIGKILL)
    return Reading(number, blank=True)


def sleeps(number: int) -> Reading:
    time.sleep(60)
    return Reading(number)


def draws_nothing_and_dies(shot: object, content: bytes | None) -> bytes:
    os.kill(os.getpid(), signal.SIGKILL)
    return b""


def draws_for_ever(shot: object, content: bytes | None) -> bytes:
    time.sleep(60)
    return b""
