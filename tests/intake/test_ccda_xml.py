"""Hostile and broken XML is refused quickly, with a sentence."""

import time
from datetime import UTC
from pathlib import Path

import pytest

from muniment.intake.ccda.read import read, root_of
from muniment.intake.ccda.xml import MAX_DEPTH, parse
from muniment.kernel.errors import Problem, Unfileable, Unreadable
from support.ccda_documents import document

_LAUGHS = "<!DOCTYPE a [<!ENTITY x0 'ha'>" + "".join(f"<!ENTITY x{n} '{f'&x{n - 1};' * 10}'>" for n in range(1, 12)) + "]>"

REFUSED = {
    "empty": b"",
    "blank": b"  \n ",
    "binary": bytes(range(256)) * 40,
    "a PDF": b"%PDF-1.7\n%\xe2\xe3",
    "truncated": document()[:900],
    "billion laughs": f"<?xml version='1.0'?>{_LAUGHS}<a>&x11;</a>".encode(),
    "billion laughs in an attribute": f"{_LAUGHS}<a b='&x11;'/>".encode(),
    "laughs in UTF-16": f"<?xml version='1.0' encoding='UTF-16'?>{_LAUGHS}<a>&x11;</a>".encode("utf-16"),
    "laughs behind a comment": f"<!-- long -->\n<?pi?>{_LAUGHS}<a>&x11;</a>".encode(),
    "external entity": b"<!DOCTYPE a [<!ENTITY x SYSTEM 'file:///etc/passwd'>]><a>&x;</a>",
    "external DTD": b"<!DOCTYPE a SYSTEM 'http://127.0.0.1:9/x.dtd'><a/>",
    "undefined entity": b"<a>&nbsp;</a>",
    "nesting": b"<a>" * (MAX_DEPTH + 1) + b"</a>" * (MAX_DEPTH + 1),
    "deep nesting": b"<a>" * 200_000,
    "wrong encoding": b"<?xml version='1.0' encoding='UTF-8'?><a>\xe9</a>",
    "unknown encoding": b"<?xml version='1.0' encoding='x-none'?><a/>",
    "undeclared prefix": b"<a><value xsi:type='CD'/></a>",
}


@pytest.mark.parametrize("name", REFUSED)
def test_refused_quickly_with_a_sentence(name: str) -> None:
    began = time.perf_counter()
    with pytest.raises(Unreadable) as caught:
        parse(REFUSED[name])
    assert time.perf_counter() - began < 2
    assert caught.value.what.endswith(".")
    assert caught.value.remedy


def test_too_large() -> None:
    with pytest.raises(Unreadable, match="larger than 1 MiB"):
        parse(b"<a>" + b" " * (1 << 20) + b"</a>", max_bytes=1 << 20)


def test_too_many_elements() -> None:
    with pytest.raises(Unreadable, match="more than 500,000"):
        parse(b"<a>" + b"<b/>" * 500_001 + b"</a>")


def test_the_line_is_named() -> None:
    with pytest.raises(Unreadable) as caught:
        parse(b"<a>\n<b>\n</a>")
    assert caught.value.where == "line 3"


@pytest.mark.parametrize(
    "data",
    [
        "<?xml version='1.0'?><a>é</a>".encode("utf-8-sig"),
        "<?xml version='1.0' encoding='UTF-16'?><a>é</a>".encode("utf-16"),
        "<?xml version='1.0' encoding='ISO-8859-1'?><a>é</a>".encode("latin-1"),
        "\n  <?xml version='1.0'?><a>é</a>".encode(),
        b"<a><!-- <!DOCTYPE inside a comment is harmless --><?pi x?>\xc3\xa9</a>",
    ],
)
def test_encodings(data: bytes) -> None:
    assert "".join(map(str, parse(data).itertext())) == "é"


def test_an_embedded_scan_may_be_large() -> None:
    assert len(parse(b"<a>" + b"A" * 11_000_000 + b"</a>").text or "") == 11_000_000


def test_deep_nesting_in_a_large_document_is_refused_too() -> None:
    with pytest.raises(Unreadable):
        parse(b"<b>" + b"<a>" * 1000 + b"A" * 9_500_000 + b"</a>" * 1000 + b"</b>")


def test_no_file_is_read(tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("hidden")
    data = f'<a xmlns:xi="http://www.w3.org/2001/XInclude"><xi:include href="{tmp_path}/secret" parse="text"/></a>'.encode()
    assert "hidden" not in "".join(map(str, parse(data).itertext()))


@pytest.mark.parametrize("data", [b"<section xmlns='urn:hl7-org:v3'/>", b"<ClinicalDocument/>", b"<html/>"])
def test_what_is_no_document_says_so(data: bytes) -> None:
    with pytest.raises(Unfileable, match="ClinicalDocument"):
        root_of(data)


def test_a_document_without_any_id_is_refused() -> None:
    data = document().replace(b'<id root="1.2.3.4.5" extension="DOC-1"/>', b"").replace(b"<setId", b"<setId nullFlavor='NI'")
    with pytest.raises(Problem, match="no identifier"):
        read(data, zone_of=lambda _: UTC)
