"""Order per patient over several MLLP connections, and over two listeners that share a port: what was acknowledged comes first."""

from __future__ import annotations

import socket
import threading
import time
from typing import Any

import pytest

from muniment.identity.models import Patient
from muniment.intake.hl7v2.mllp import Deframer, frame
from muniment.intake.models import Input
from support.messages import admission, build

pytestmark = pytest.mark.faults


def free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


def wait_for(port: int, seconds: float = 30.0) -> None:
    deadline = time.monotonic() + seconds
    while True:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
            return
        except OSError:
            assert time.monotonic() < deadline, "the listener did not begin to listen"
            time.sleep(0.1)


class Connection:
    """One sender: says a message and waits for its answer."""

    def __init__(self, port: int) -> None:
        self.line = socket.create_connection(("127.0.0.1", port), timeout=30)

    def say(self, content: bytes) -> str:
        self.line.sendall(frame(content))
        deframer, answers = Deframer(1 << 20), list[bytes]()
        while not answers:
            answers = list(deframer.feed(self.line.recv(65536)))
        return answers[0].decode().split("\r")[1].split("|")[1]


@pytest.mark.parametrize("listeners", [1, 2])
def test_a_message_sent_after_an_acknowledgement_is_filed_after_it(start: Any, listeners: int) -> None:
    port = free_port()
    for _ in range(listeners):
        start("mllp", "--port", str(port), "--source", f"order-{listeners}")
        wait_for(port)
    connections = [Connection(port) for _ in range(6)]
    names = [f"NAME{letter}" for letter in "ABCDEFGHIJKLMNOPQRST"]
    for number, name in enumerate(names):
        message = admission(f"O{listeners}{number:02d}", patient=900 + listeners).content
        before, _, after = message.partition(b"^MR||")
        message = before + b"^MR||" + name.encode() + b"^" + after.partition(b"^")[2]
        assert connections[number % 6].say(message) == "AA"
    filed = Input.objects.filter(source=f"order-{listeners}").order_by("received_at", "id")
    assert [one.control_id for one in filed] == [f"O{listeners}{number:02d}" for number in range(len(names))]
    [patient] = {one.patient_id for one in filed}
    assert Patient.objects.get(id=patient).display_name.startswith(names[-1])


def test_each_connection_keeps_its_own_order_while_others_talk(start: Any) -> None:
    port = free_port()
    start("mllp", "--port", str(port), "--source", "burst")
    wait_for(port)
    wanted = {f"B{number}": build(20, seed=7, prefix=f"B{number}") for number in range(5)}
    failed: list[str] = []

    def talk(messages: Any) -> None:
        connection = Connection(port)
        failed.extend(one.control_id for one in messages if connection.say(one.content) != "AA")

    threads = [threading.Thread(target=talk, args=(messages,)) for messages in wanted.values()]
    for one in threads:
        one.start()
    for one in threads:
        one.join(60)
    assert failed == []
    filed = list(Input.objects.filter(source="burst").order_by("received_at", "id").values_list("control_id", flat=True))
    for prefix, messages in wanted.items():
        assert [one for one in filed if one.startswith(prefix)] == [one.control_id for one in messages]
