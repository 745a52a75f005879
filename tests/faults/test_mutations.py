"""Inputs damaged in every way a line, a disk or a person damages them: filed, known or in quarantine with a sentence; never an error."""

from __future__ import annotations

import gzip
import json
import random

import pytest

from muniment.audit.verify import verify
from muniment.intake.desk import Desk
from muniment.intake.models import Input
from support.corpora import corpus
from support.house import system_actor
from support.messages import build

pytestmark = pytest.mark.faults
ROUNDS = 120
BUNDLE = {
    "resourceType": "Bundle",
    "type": "transaction",
    "entry": [
        {"fullUrl": "urn:uuid:p", "request": {"method": "POST", "url": "Patient"}, "resource": {
            "resourceType": "Patient", "id": "p", "identifier": [{"system": "HOSP", "value": "55"}], "birthDate": "1961-03-14"}},
        {"fullUrl": "urn:uuid:o", "request": {"method": "POST", "url": "Observation"}, "resource": {
            "resourceType": "Observation", "id": "o", "status": "final", "code": {"text": "Weight"},
            "subject": {"reference": "urn:uuid:p"}, "valueQuantity": {"value": 72.5, "unit": "kg"}}},
    ],
}  # fmt: skip
DOCUMENT = (
    '<?xml version="1.0" encoding="UTF-8"?><ClinicalDocument xmlns="urn:hl7-org:v3"><realmCode code="US"/>'
    '<id root="2.16.840.1.113883.19" extension="1"/><code code="34133-9" codeSystem="2.16.840.1.113883.6.1"/><title>Summary</title>'
    '<effectiveTime value="20260301120000-0500"/><recordTarget><patientRole><id root="2.16.840.1.113883.19.5" extension="77"/>'
    "<patient><name><given>Ada</given><family>Corrie</family></name></patient></patientRole></recordTarget>"
    "<component><structuredBody><component><section><title>Plan</title><text>Rest.</text></section></component></structuredBody></component>"
    "</ClinicalDocument>"
)
BOMB = (
    b'<!DOCTYPE a [<!ENTITY b "bbbb"><!ENTITY c "&b;&b;&b;">]><ClinicalDocument xmlns="urn:hl7-org:v3">&c;</ClinicalDocument>'
)
HOSTILE = {
    "nothing": b"", "nul": b"\x00" * 500, "binary": bytes(range(256)) * 4, "entities": BOMB,
    "deep XML": b"<a>" * 3000 + b"</a>" * 3000, "deep JSON": b"[" * 50_000 + b"]" * 50_000,
    "deep resource": b'{"resourceType":"Patient","extension":[' * 500 + b"]}" * 500,
    "gzip cut short": gzip.compress(json.dumps(BUNDLE).encode())[:60], "a header alone": b"MSH|^~\\&|", "no delimiters": b"MSH",
    "one huge field": b"MSH|^~\\&|SIM|HOSP|||20260301||ADT^A01|H1|P|2.5\rPID|1||" + b"9" * 300_000 + b"^^^HOSP^MR\r",
    "wrong encoding": "MSH|^~\\&|SIM|HOSP|||20260301||ADT^A01|H2|P|2.5\rPID|1||5^^^HOSP^MR||Müller".encode("utf-16"),
    "nul in a name": b'{"resourceType":"Patient","identifier":[{"system":"HOSP","value":"9"}],"name":[{"family":"A\\u0000B"}]}',
    "lone surrogate": b'{"resourceType":"Patient","identifier":[{"system":"HOSP","value":"8"}],"name":[{"family":"\\ud800"}]}',
    "far year": b"MSH|^~\\&|SIM|HOSP|||99990101||ADT^A01|H3|P|2.5\rPID|1||6^^^HOSP^MR||A^B||00000000|F\rPV1|1|I||||||||||||||||||V^^^HOSP",
}  # fmt: skip


@pytest.fixture
def desk(house):
    return Desk(actor=system_actor(), source="fuzz", facility=house.hospital)


def damaged(content, chance):
    """One to three damages: a cut, a lost or doubled piece, flipped bytes, a foreign piece, two inputs spliced."""
    found = bytearray(content)
    for _ in range(chance.randrange(1, 4)):
        at = chance.randrange(len(found) + 1)
        length = chance.randrange(1, 40)
        match chance.randrange(7):
            case 0:
                del found[at:]
            case 1:
                del found[at : at + length]
            case 2:
                found[at:at] = found[at : at + length] * chance.randrange(1, 4)
            case 3:
                for place in range(at, min(at + 3, len(found))):
                    found[place] ^= 1 << chance.randrange(8)
            case 4:
                found[at:at] = chance.choice(
                    [b"\x00", b"\xff\xfe", b"|", b"^", b"\\", b"~", b"&", b"\r", b"<", b"\x1c\r", b'"', b"{", "é".encode()]
                )
            case 5:
                found[at : at + length] = bytes(chance.randrange(256) for _ in range(length))
            case _:
                found[at:at] = chance.choice(SEEDS)[: chance.randrange(1, 200)]
        if not found:
            break
    return bytes(found)


SEEDS = [one.content for one in build(6, prefix="F")] + [json.dumps(BUNDLE).encode(), DOCUMENT.encode()]


def take(desk, content):
    outcomes = desk.take(content, "fuzz")
    assert outcomes
    for one in outcomes:
        assert one.status in ("filed", "duplicate", "quarantined")
        if one.status == "quarantined":
            assert len(one.reason) > 20, one
            kept = Input.objects.get(id=one.input_id)
            assert kept.reason
            assert "Traceback" not in kept.reason
    return outcomes


@pytest.mark.parametrize("seed", range(4))
def test_damaged_inputs_are_filed_or_kept_with_a_sentence(desk, seed):
    chance = random.Random(seed)
    statuses = [one.status for _ in range(ROUNDS) for one in take(desk, damaged(chance.choice(SEEDS), chance))]
    assert statuses.count("quarantined") > ROUNDS / 10
    assert statuses.count("filed") > ROUNDS / 50
    assert verify().sound


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_inputs_are_kept_with_a_sentence(desk, name):
    take(desk, HOSTILE[name])
    assert take(desk, HOSTILE[name])[0].status == "duplicate"


@pytest.mark.corpora
@pytest.mark.parametrize("name", ["hl7v2/linuxforhealth/messages.ndjson", "hl7v2/python-hl7/messages.ndjson"])
def test_damaged_messages_of_the_corpora(desk, name):
    lines = [json.loads(line)["msg"].encode() for line in corpus(name).read_text().splitlines()]
    chance = random.Random(3)
    for _ in range(80):
        take(desk, damaged(chance.choice(lines), chance))


@pytest.mark.corpora
def test_damaged_documents_of_the_corpora(desk):
    paths = sorted(corpus("ccda/sample_ccdas").rglob("*.xml"), key=lambda path: path.stat().st_size)[:60]
    chance = random.Random(4)
    for _ in range(25):
        take(desk, damaged(chance.choice(paths).read_bytes(), chance))
