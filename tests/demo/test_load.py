"""Loading says what went wrong, and ends, when one of its processes or its writer does."""

from __future__ import annotations

import multiprocessing
import os
import signal
from typing import Any
from unittest import mock

import pytest

from muniment.demo import load
from muniment.demo.organisation import DEFAULT_AS_OF
from muniment.demo.size import SMALL
from muniment.kernel.errors import Problem

FORK = multiprocessing.get_context("fork")


def report(done: Any, *said: Any) -> None:
    for one in said:
        done.put(one)


def die() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def reports(*targets: tuple[Any, ...]) -> list[int]:
    done: Any = FORK.Queue()
    workers = [FORK.Process(target=target, args=(done, *said) if said else ()) for target, *said in targets]
    for worker in workers:
        worker.start()
    try:
        return list(load._reports(done, workers))
    finally:
        for worker in workers:
            worker.join()


def test_every_report_is_passed_on_until_all_have_ended() -> None:
    assert sorted(reports((report, 2, 3, None), (report, 40, None))) == [2, 3, 40]


def test_a_process_killed_from_outside_ends_the_wait() -> None:
    with pytest.raises(Problem, match="ended from outside"):
        reports((report, 2, None), (die,))


def test_what_a_process_failed_of_is_raised() -> None:
    with pytest.raises(RuntimeError, match="disk full"):
        reports((report, 2, RuntimeError("OSError: disk full")))


def test_a_writer_that_fails_says_so() -> None:
    done: Any = FORK.Queue()
    with mock.patch.object(load.generator, "messages", side_effect=ValueError("no such kind")):
        feeder = load.Feeder([], done, SMALL, DEFAULT_AS_OF)
        feeder.start()
        feeder.join()
    assert "no such kind" in str(done.get(timeout=5))
