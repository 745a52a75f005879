"""A clamd of the test's own: answers INSTREAM, PING and VERSION as the real one does, and knows one signature."""

from __future__ import annotations

import socket
import struct
import threading
from pathlib import Path
from typing import Any, Self

EICAR = ("X5O!P%@AP[4\\PZX54(P^)7CC)7}$" + "EICAR-STANDARD-" + "ANTIVIRUS-TEST-FILE!$H+H*").encode()  # never whole on disk
SIGNATURE = "Win.Test.EICAR_HDB-1"


class Clamd:
    """A context manager; ``seen`` are the bytes it looked at, in order. ``most``: what it accepts, in bytes."""

    def __init__(self, path: Path, *, most: int = 25 * 1024 * 1024) -> None:
        self.path, self.most, self.seen = path, most, list[bytes]()
        self._line = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)

    def __enter__(self) -> Self:
        self._line.bind(str(self.path))
        self._line.listen(8)
        threading.Thread(target=self._serve, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._line.shutdown(socket.SHUT_RDWR)
        self._line.close()
        self.path.unlink(missing_ok=True)

    def _serve(self) -> None:
        while True:
            try:
                talk, _ = self._line.accept()
            except OSError:
                return
            with talk:
                talk.sendall(self._answer(talk.makefile("rb")) + b"\0")

    def _answer(self, said: Any) -> bytes:
        command = b""
        while not command.endswith(b"\0"):
            command += said.read(1)
        if command == b"zVERSION\0":
            return b"ClamAV 1.4.1/27400/Mon Nov 30 09:00:00 2026"
        assert command == b"zINSTREAM\0"
        content = b""
        while length := struct.unpack("!L", said.read(4))[0]:
            content += said.read(length)
            if len(content) > self.most:
                return b"INSTREAM size limit exceeded. ERROR"
        self.seen.append(content)
        return f"stream: {SIGNATURE} FOUND".encode() if EICAR in content else b"stream: OK"
