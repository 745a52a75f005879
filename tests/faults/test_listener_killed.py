"""kill -9 of the MLLP listener in the middle of a stream: every message that was answered AA is there exactly once."""

from __future__ import annotations

import random
import socket
import time

import pytest

from muniment.intake.hl7v2 import mllp
from muniment.kernel.errors import Problem
from support.messages import build
from support.soundness import assert_sound

pytestmark = pytest.mark.faults


def free_port():
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return one.getsockname()[1]


def wait_for(port, seconds=20.0):
    deadline = time.monotonic() + seconds
    while True:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
            return
        except OSError:
            assert time.monotonic() < deadline, "the listener did not begin to listen"
            time.sleep(0.1)


def exchange(port, messages, *, stop_after=None, stop=lambda: None):
    """Send in order; the control ids of those answered AA. ``stop`` is called in the stream after so many answers."""
    accepted = set()
    try:
        for answer in mllp.send("127.0.0.1", port, (one.content for one in messages), timeout_seconds=20):
            code, control_id = answer.decode().split("\r")[1].split("|")[1:3]
            if code == "AA":
                accepted.add(control_id)
            if len(accepted) == stop_after:
                stop()
    except Problem:
        assert stop_after is not None, "the line broke by itself"
    return accepted


def test_what_was_acknowledged_is_there_exactly_once(start):
    messages, chance = build(120, prefix="L", seed=5), random.Random(11)
    accepted = set()
    for _ in range(2):
        port = free_port()
        listener = start("mllp", "--port", str(port))
        wait_for(port)
        accepted |= exchange(port, messages, stop_after=len(accepted) + chance.randrange(5, 40), stop=listener.kill)
        assert_sound(messages, accepted)
    port = free_port()
    start("mllp", "--port", str(port))
    wait_for(port)
    assert exchange(port, messages) == {one.control_id for one in messages}
    assert_sound(messages, {one.control_id for one in messages})
