"""ZIP files nobody vouches for: opened in memory within bounds, never unpacked onto a disk. Pure."""

from __future__ import annotations

import io
import stat
import struct
import zipfile
import zlib
from pathlib import PurePosixPath

from muniment.kernel.errors import Unfileable, Unreadable

MAX_BYTES = 128 * 1024 * 1024  # packed
MAX_ENTRIES = 1000
MAX_UNPACKED = 256 * 1024 * 1024  # of all together
MAX_ENTRY = 64 * 1024 * 1024
PACKED = (
    zipfile.ZIP_STORED,
    zipfile.ZIP_DEFLATED,
)  # all that PS3.12 Annex V permits of XDM; of other packings one read unpacks without bound
_LISTED = b"PK\x01\x02"  # before each file in a ZIP's list of files
_SEND_AGAIN = "Ask the sender for another package."
_BROKEN = (
    zipfile.BadZipFile,
    zlib.error,
    EOFError,
    OSError,
    ValueError,
    NotImplementedError,
    RuntimeError,
    IndexError,
    struct.error,
)


def open_zip(content: bytes) -> dict[str, bytes]:
    """Path inside the ZIP → bytes, of its files. Raises Unreadable for what is broken or beyond the bounds, Unfileable for a password.

    The sizes a ZIP declares are not believed: each entry is read no further than it may be.
    """
    if len(content) > MAX_BYTES:
        raise Unreadable(f"The package is larger than {MAX_BYTES // 1048576} MiB.", remedy=_SEND_AGAIN)
    if content.count(_LISTED) > 2 * MAX_ENTRIES:  # the library reads the whole list before anybody can count it
        raise _too_many()
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as packed:
            found = [one for one in packed.infolist() if not one.is_dir()]
            _check_entries(found)
            return _read_all(packed, found)
    except _BROKEN as error:
        raise Unreadable("The package is damaged: the ZIP can't be opened.", remedy=_SEND_AGAIN) from error


def _too_many() -> Unreadable:
    return Unreadable(f"The package holds more than {MAX_ENTRIES} files.", remedy=_SEND_AGAIN)


def _check_entries(found: list[zipfile.ZipInfo]) -> None:
    if len(found) > MAX_ENTRIES:
        raise _too_many()
    for one in found:
        path = PurePosixPath(one.filename)
        if path.is_absolute() or ".." in path.parts or "\\" in one.orig_filename or ":" in one.filename:
            raise Unreadable("A file of the package has a path that leads out of it.", remedy=_SEND_AGAIN)
        if stat.S_ISLNK(one.external_attr >> 16):
            raise Unreadable("The package holds a link instead of a file.", remedy=_SEND_AGAIN)
        if one.flag_bits & 1:
            raise Unfileable("The package needs a password.", remedy="Ask the sender for one without, over a secure channel.")
        if one.compress_type not in PACKED:
            raise Unreadable("A file of the package is packed in another way than Deflate.", remedy=_SEND_AGAIN)
    if len({one.filename for one in found}) != len(found):
        raise Unreadable("The package holds two files of the same name.", remedy=_SEND_AGAIN)


def _read_all(packed: zipfile.ZipFile, found: list[zipfile.ZipInfo]) -> dict[str, bytes]:
    files: dict[str, bytes] = {}
    left = MAX_UNPACKED
    for one in found:
        with packed.open(one) as file:
            content = file.read(min(MAX_ENTRY, left) + 1)
        if len(content) > min(MAX_ENTRY, left):
            raise Unreadable(
                f"The package is larger than {MAX_UNPACKED // 1048576} MiB when unpacked, or a file in it than {MAX_ENTRY // 1048576} MiB.",
                remedy=_SEND_AGAIN,
            )
        left -= len(content)
        files[one.filename] = content
    return files
