"""From bytes to text: MSH-18 (HL7 table 0211), byte order marks, and the code pages senders really use."""

from __future__ import annotations

import codecs
import re

# HL7 table 0211. A declared "ASCII" is read as UTF-8, which holds it.
CHARSETS = {
    "": "utf-8",
    "ASCII": "utf-8",
    "UTF-8": "utf-8",
    "UTF8": "utf-8",
    "UNICODE": "utf-8",
    "UNICODE UTF-8": "utf-8",
    "UNICODE UTF-16": "utf-8",  # the bytes were found readable as single bytes, so UTF-16 they are not
    "UNICODE UTF-32": "utf-8",
    "CP1252": "cp1252",
    "WINDOWS-1252": "cp1252",
    "GB 18030-2000": "gb18030",
    "KS X 1001": "euc_kr",
    "CNS 11643-1992": "big5",
    "BIG-5": "big5",
    "ISO IR6": "utf-8",
    "ISO IR14": "shift_jis",
    "ISO IR87": "iso2022_jp",
    "ISO IR159": "iso2022_jp_1",
    **{f"8859/{part}": f"iso8859_{part}" for part in (1, 2, 3, 4, 5, 6, 7, 8, 9, 15)},
    **{f"ISO-8859-{part}": f"iso8859_{part}" for part in (1, 2, 3, 4, 5, 6, 7, 8, 9, 15)},
}
_WIDE = (
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
    (codecs.BOM_UTF8, "utf-8"),
)
_HEADER = re.compile(rb"MSH[^\r\n]*")


def decode(data: bytes) -> tuple[str, str, str]:
    """The text, the encoding it was read with, and a remark ("" when it was what the message declared)."""
    for mark, encoding in _WIDE:
        if data.startswith(mark):
            return _marked(data[len(mark) :], encoding)
    declared = _declared(data)
    encoding = CHARSETS.get(declared.upper(), "")
    if not encoding:
        return _guessed(data, f"MSH-18 names the character set {declared[:20]!r}, which is not in HL7 table 0211")
    try:
        return data.decode(encoding), encoding, ""
    except UnicodeDecodeError:
        return _guessed(data, f"The text is not {encoding.upper()}" + (" as MSH-18 says" if declared else ""))


def _marked(data: bytes, encoding: str) -> tuple[str, str, str]:
    try:
        return data.decode(encoding), encoding, ""
    except UnicodeDecodeError:
        text = data.decode(encoding, errors="replace")
        return text, encoding, f"Some characters are not {encoding.upper()} and were replaced"


def _guessed(data: bytes, reason: str) -> tuple[str, str, str]:
    for encoding in ("utf-8", "cp1252"):
        try:
            return data.decode(encoding), encoding, f"{reason}; it was read as {encoding}."
        except UnicodeDecodeError:
            continue
    return data.decode("latin-1"), "latin-1", f"{reason}; it was read as latin-1."


def _declared(data: bytes) -> str:
    header = _HEADER.search(data)
    if not header or len(header[0]) < 4:
        return ""
    fields = header[0].split(header[0][3:4])
    if len(fields) < 18:
        return ""
    return re.split(r"[~^]", fields[17].decode("ascii", errors="replace"))[0].strip()
