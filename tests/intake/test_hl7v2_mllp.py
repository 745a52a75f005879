"""MLLP on loopback: frames however they are cut, order, bounds, faults, stopping, TLS."""

import asyncio
import ssl
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from muniment.intake.hl7v2.ack import acknowledge
from muniment.intake.hl7v2.mllp import Deframer, Listener, frame, send, serve
from muniment.intake.hl7v2.parse import parse
from muniment.kernel.errors import Problem


def message(number: int) -> bytes:
    return f"MSH|^~\\&|A|B|C|D|2026||ADT^A08|N{number}|P|2.5\rPID|1||4711\r".encode()


async def accept(data: bytes, peer: str) -> bytes:
    return acknowledge(data, "AA", "Filed", control_id="K")


class Talk:
    """A sender that writes raw bytes and reads whole frames."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.reader, self.writer = reader, writer

    async def say(self, data: bytes) -> None:
        self.writer.write(data)
        await self.writer.drain()

    async def hear(self) -> Any:
        return parse(await asyncio.wait_for(self.reader.readuntil(b"\x1c\r"), 5)).first("MSA")

    async def ended(self) -> bool:
        return await asyncio.wait_for(self.reader.read(), 5) == b""


def talk(body: Callable[[Listener, Talk], Awaitable[None]], handler: Any = accept, **options: Any) -> None:
    async def run() -> None:
        async with await serve(handler, host="127.0.0.1", port=0, **options) as listener:
            reader, writer = await asyncio.open_connection("127.0.0.1", listener.port)
            try:
                await body(listener, Talk(reader, writer))
            finally:
                writer.close()

    asyncio.run(run())


def test_a_frame_in_single_bytes() -> None:
    async def body(_: Listener, line: Talk) -> None:
        for byte in frame(message(1)):
            await line.say(bytes([byte]))
        assert (await line.hear())[2] == "N1"

    talk(body)


def test_two_messages_in_one_packet_are_answered_in_order() -> None:
    async def slow_first(data: bytes, peer: str) -> bytes:
        await asyncio.sleep(0.05 if b"N1" in data else 0)
        return await accept(data, peer)

    async def body(_: Listener, line: Talk) -> None:
        await line.say(frame(message(1)) + frame(message(2)) + frame(message(3))[:20])
        assert [(await line.hear())[2], (await line.hear())[2]] == ["N1", "N2"]
        await line.say(frame(message(3))[20:])
        assert (await line.hear())[2] == "N3"

    talk(body, slow_first)


def test_noise_between_frames_is_skipped() -> None:
    async def body(_: Listener, line: Talk) -> None:
        await line.say(b"\r\nhello" + frame(message(1)) + b"\r\n" + frame(message(2)))
        assert [(await line.hear())[2], (await line.hear())[2]] == ["N1", "N2"]

    talk(body)


def test_an_oversized_frame_is_refused_and_the_connection_closed() -> None:
    handled: list[bytes] = []

    async def handler(data: bytes, peer: str) -> bytes:
        handled.append(data)
        return await accept(data, peer)

    async def body(_: Listener, line: Talk) -> None:
        await line.say(frame(message(1) + b"NTE|1||" + b"x" * 5000))
        answer = await line.hear()
        assert (answer[1], answer[2]) == ("AR", "N1")
        assert await line.ended()

    talk(body, handler, max_bytes=1000)
    assert not handled


def test_a_failing_handler_answers_ae_in_neutral_words_and_the_connection_stays(caplog: pytest.LogCaptureFixture) -> None:
    async def fails_once(data: bytes, peer: str) -> bytes:
        if b"N1" in data:
            raise RuntimeError("row of patient 4711 is locked")
        return await accept(data, peer)

    async def body(_: Listener, line: Talk) -> None:
        await line.say(frame(message(1)))
        answer = await line.hear()
        assert answer[1] == "AE"
        assert "4711" not in answer[3]
        await line.say(frame(message(2)))
        assert (await line.hear())[1] == "AA"

    talk(body, fails_once)
    assert "RuntimeError" in caplog.text
    assert "4711" not in caplog.text


def test_an_idle_connection_is_closed() -> None:
    async def body(_: Listener, line: Talk) -> None:
        assert await line.ended()

    talk(body, idle_seconds=0.05)


def test_one_connection_too_many_is_closed_and_the_first_works_on() -> None:
    async def body(listener: Listener, line: Talk) -> None:
        await line.say(frame(message(1)))
        await line.hear()
        second = Talk(*await asyncio.open_connection("127.0.0.1", listener.port))
        assert await second.ended()
        second.writer.close()
        await line.say(frame(message(2)))
        assert (await line.hear())[2] == "N2"

    talk(body, max_connections=1)


def test_stopping_answers_what_is_in_hand() -> None:
    begun = asyncio.Event()

    async def slow(data: bytes, peer: str) -> bytes:
        begun.set()
        await asyncio.sleep(0.1)
        return await accept(data, peer)

    async def body(listener: Listener, line: Talk) -> None:
        await line.say(frame(message(1)) + frame(message(2)))
        await begun.wait()
        await listener.stop()
        assert (await line.hear())[2] == "N1"
        assert await line.ended()  # N2 was not acknowledged: the sender sends it again

    talk(body, slow)


def test_the_client_sends_and_hears() -> None:
    async def body(listener: Listener, _: Talk) -> None:
        def exchange() -> list[bytes]:
            return list(send("127.0.0.1", listener.port, [message(n) for n in range(20)]))

        answers = await asyncio.to_thread(exchange)
        assert [parse(each).segments[1][2] for each in answers] == [f"N{n}" for n in range(20)]

    talk(body)


def test_a_receiver_that_is_not_there_is_a_problem_with_a_remedy() -> None:
    with pytest.raises(Problem, match="can't be reached") as caught:
        list(send("127.0.0.1", 1, [message(1)], timeout_seconds=1))
    assert caught.value.remedy


def certificate(folder: Path) -> tuple[Path, Path]:
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    now = datetime.now(UTC)
    builder = x509.CertificateBuilder(
        subject, subject, key.public_key(), x509.random_serial_number(), now, now + timedelta(days=1)
    )
    signed = builder.add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False).sign(
        key, hashes.SHA256()
    )
    public, private = folder / "cert.pem", folder / "key.pem"
    public.write_bytes(signed.public_bytes(serialization.Encoding.PEM))
    plain = (serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    private.write_bytes(key.private_bytes(*plain))
    return public, private


def test_tls(tmp_path: Path) -> None:
    public, private = certificate(tmp_path)
    server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    server.load_cert_chain(public, private)

    async def run() -> None:
        async with await serve(accept, host="localhost", port=0, ssl=server) as listener:
            client = ssl.create_default_context(cafile=str(public))

            def exchange() -> list[bytes]:
                return list(send("localhost", listener.port, [message(1), message(2)], ssl=client))

            answers = await asyncio.to_thread(exchange)
            assert [parse(each).segments[1][2] for each in answers] == ["N1", "N2"]

    asyncio.run(run())


def test_the_deframer_keeps_no_more_than_its_bound() -> None:
    deframer = Deframer(100)
    assert list(deframer.feed(b"\x0b" + b"x" * 101)) == []
    assert deframer.too_large
    assert list(Deframer(100).feed(b"no start" * 100)) == []
