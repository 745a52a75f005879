"""What is sent: the same every time, in order, well formed, and with prose that differs from patient to patient."""

from __future__ import annotations

import hashlib
import json
import os
import re
import subprocess
import sys
from collections import Counter, defaultdict
from datetime import UTC, datetime, timedelta
from itertools import islice, pairwise
from pathlib import Path
from typing import Any

import pytest
from lxml import etree

from muniment.demo import DEFAULT_AS_OF, Gold, Sent, assigners, messages
from muniment.demo.kinds import KINDS
from muniment.demo.rota import SIGNING_DAYS, gaps
from muniment.demo.timeline import Plan

Parsed = list[dict[str, list[list[str]]]]
HERE = Path(__file__).resolve().parents[2]
_DIGEST = (
    "import hashlib, itertools; from muniment.demo import messages; h = hashlib.sha256();"
    "[h.update(s.name.encode() + s.content) for s in itertools.islice(messages(seed=11, persons=120, encounters=300), 900)];"
    "print(h.hexdigest())"
)


def _digest_elsewhere(hash_seed: str) -> str:
    environment = {**os.environ, "PYTHONHASHSEED": hash_seed, "PYTHONPATH": str(HERE / "src")}
    return subprocess.run(
        [sys.executable, "-c", _DIGEST], env=environment, capture_output=True, text=True, check=True
    ).stdout.strip()


def test_the_same_in_this_process_and_in_others() -> None:
    digest = hashlib.sha256()
    for sent in islice(messages(seed=11, persons=120, encounters=300), 900):
        digest.update(sent.name.encode() + sent.content)
    assert digest.hexdigest() == _digest_elsewhere("1") == _digest_elsewhere("2024")


def test_another_seed_is_another_hospital() -> None:
    one, two = (next(iter(messages(seed=seed, persons=60, encounters=150))) for seed in (1, 2))
    assert one.content != two.content


def test_a_time_without_offset_is_refused() -> None:
    with pytest.raises(ValueError, match="offset"):
        messages(as_of=datetime(2026, 11, 20))


def test_in_order_of_time_and_none_from_the_future(small: list[Sent]) -> None:
    assert all(one.sent_at <= two.sent_at for one, two in pairwise(small))
    assert small[-1].sent_at <= DEFAULT_AS_OF
    assert small[0].sent_at > DEFAULT_AS_OF - timedelta(days=600)
    assert len({sent.name for sent in small}) == len(small)


def test_all_messages_of_a_patient_and_of_a_stay_go_one_way(small: list[Sent]) -> None:
    """The load gives a person to one process: two that write one chart would wait for each other, each for the other."""
    ways: dict[bytes, set[int]] = {}
    for sent in small:
        if sent.kind == "hl7v2" and not sent.name.startswith("Q"):
            for found in re.findall(rb"\r(?:PID\|[^|]*\|[^|]*|PV1(?:\|[^|\r]*){18})\|([^|\r]+)", sent.content):
                for number in found.split(b"~"):
                    ways.setdefault(number, set()).add(sent.whose)
    assert len(ways) > 500
    assert [number for number, some in ways.items() if len(some) > 1] == []


def test_every_message_has_its_segments(parsed: Parsed) -> None:
    needed = {
        "ADT": {"MSH", "EVN", "PID"},
        "MDM": {"MSH", "EVN", "PID", "PV1", "TXA", "OBX"},
        "OMP": {"MSH", "PID", "PV1", "ORC", "RXO"},
        "ORU": {"MSH", "PID", "PV1", "OBR", "OBX"},
    }
    for message in parsed:
        kind = message["MSH"][0][8].split("^")
        assert message["MSH"][0][11] == "2.5.1"
        assert needed[kind[0]] <= set(message)


def test_every_patient_is_identified_and_every_visit_numbered(parsed: Parsed) -> None:
    spelt = assigners()
    for message in parsed:
        first = message["PID"][0][3].split("~")[0].split("^")
        assert re.fullmatch(r"\d{7}", first[0])
        assert spelt[first[3]] == message["MSH"][0][3]
        if "PV1" in message:
            assert re.match(r"[VCBX]\d{7}\^", message["PV1"][0][19])
            assert re.fullmatch(r"[IEOP]|OBS|SS", message["PV1"][0][2])


def test_every_trigger_occurs(parsed: Parsed) -> None:
    told = Counter(message["MSH"][0][8].split("^")[1] for message in parsed)
    assert {"A01", "A02", "A03", "A04", "A05", "A08", "A11", "A40", "R01", "T02", "T08"} <= set(told)


def test_times_carry_the_hospital_s_offset(parsed: Parsed) -> None:
    offsets = {message["MSH"][0][6][-5:] for message in parsed}
    assert offsets == {"-0400", "-0500"}


def test_discharges_say_when_and_where_to(parsed: Parsed) -> None:
    gone = [message["PV1"][0] for message in parsed if message["MSH"][0][8].startswith("ADT^A03")]
    assert all(re.fullmatch(r"\d\d", fields[36]) and fields[44] < fields[45] for fields in gone)


def test_a_stay_begins_when_its_admission_happens(parsed: Parsed) -> None:
    admitted = [message for message in parsed if message["MSH"][0][8].startswith("ADT^A01")]
    begun = [(message["EVN"][0][6], message["PV1"][0][44]) for message in admitted]
    assert begun
    assert [pair for pair in begun if pair[0] != pair[1]] == []


def test_documents_name_their_kind_author_and_number(parsed: Parsed) -> None:
    known = {code for code, _ in KINDS.values()}
    numbers: dict[str, str] = {}
    for message in parsed:
        if "TXA" not in message:
            continue
        fields = message["TXA"][0]
        assert fields[2].split("^")[0] in known
        assert re.match(r"1990\d{6}\^", fields[9])
        assert fields[17] in ("AU", "DI", "PA")
        number = fields[12].split("^")[0]
        trigger = message["MSH"][0][8].split("^")[1]
        same = numbers.setdefault(number, message["OBX"][0][5])
        assert same == message["OBX"][0][5], (number, trigger)


def test_results_carry_range_and_flag_that_agree(parsed: Parsed) -> None:
    seen: Counter[str] = Counter()
    for message in parsed:
        for fields in message.get("OBX", []):
            if fields[2] != "NM":
                continue
            low, high = (float(part) for part in re.fullmatch(r"([\d.]+)-([\d.]+)", fields[7]).groups())  # type: ignore[union-attr]
            value, flag = float(fields[5]), fields[8]
            seen[flag] += 1
            assert {"N": low <= value <= high, "L": value < low, "LL": value < low, "H": value > high, "HH": value > high}[
                flag
            ], fields
    assert {"N", "L", "H", "LL", "HH"} <= set(seen)


def test_prose_differs_from_patient_to_patient(parsed: Parsed) -> None:
    told: dict[str, list[str]] = defaultdict(list)
    for message in parsed:
        once = message["MSH"][0][8].startswith("MDM^T02")
        if once and message["TXA"][0][2].split("^")[0] in ("34117-2", "34108-1"):
            text = message["OBX"][0][5].replace("\\.br\\", "\n")
            found = re.search(r"HISTORY OF PRESENT ILLNESS:\n(.+)", text)
            if found:
                told[message["PV1"][0][10]].append(found.group(1))
    assert sum(map(len, told.values())) > 500
    for service, histories in told.items():
        anonymous = [re.sub(r"^(Mr\.|Ms\.) \w+|^\w+ is", "X", one) for one in histories]
        assert len(set(anonymous)) / len(anonymous) > 0.95, service


def test_prose_has_no_holes_and_no_slips(parsed: Parsed) -> None:
    for message in parsed:
        if "TXA" not in message:
            continue
        text = message["OBX"][0][5].replace("\\.br\\", "\n")
        assert not re.search(r"[{}\[\]]|\.\.|\ba 8\d?-year|<\d|\?\w+=|\S  +[a-z]|\b1 (?:days|hours|weeks|years)\b", text), text


def test_ccda_is_well_formed_and_has_its_sections(small: list[Sent]) -> None:
    found = [sent for sent in small if sent.kind == "ccda" and not sent.name.startswith("Q")]
    assert len(found) > 20
    parser = etree.XMLParser(resolve_entities=False, no_network=True)
    space = {"c": "urn:hl7-org:v3"}
    for sent in found:
        root = etree.fromstring(sent.content, parser)
        codes = root.xpath("//c:section/c:code/@code", namespaces=space)
        assert set(codes) == {"48765-2", "10160-0", "11450-4", "30954-2", "46240-8"}
        assert root.xpath("//c:patientRole/c:id/@extension", namespaces=space)


def test_fhir_bundles_hold_together(small: list[Sent]) -> None:
    found = [sent for sent in small if sent.kind == "fhir" and not sent.name.startswith("Q")]
    kinds: Counter[str] = Counter()
    for sent in found:
        bundle: dict[str, Any] = json.loads(sent.content)
        urls = {entry["fullUrl"] for entry in bundle["entry"]}
        assert len(urls) == len(bundle["entry"])
        kinds.update(entry["resource"]["resourceType"] for entry in bundle["entry"])
        references = re.findall(r'"reference":"([^"]+)"', sent.content.decode())
        assert set(references) <= urls
    assert {"Patient", "Immunization", "AllergyIntolerance", "Condition", "DocumentReference"} <= set(kinds)


def test_a_few_cannot_be_filed(small: list[Sent]) -> None:
    spoilt = [sent for sent in small if sent.name.startswith("Q")]
    assert len(spoilt) == 8
    assert {sent.kind for sent in spoilt} == {"hl7v2", "ccda", "fhir"}
    assert all(sent.sent_at > DEFAULT_AS_OF.astimezone(UTC) - timedelta(days=23) for sent in spoilt)
    with pytest.raises(json.JSONDecodeError):
        json.loads(next(sent.content for sent in spoilt if sent.kind == "fhir"))


def test_some_charts_wait_for_a_document_or_a_signature(small_plan: Plan) -> None:
    """Many of the young, fewer of the last quarter, hardly any of the old."""
    as_of = small_plan.as_of
    ended = [stay for stay in small_plan.stays if stay.story.patient_class == "I" and stay.end <= as_of]
    waiting: dict[str, list[bool]] = defaultdict(list)
    for stay in ended:
        days = (as_of - stay.end).days
        band = "week" if days < 7 else "month" if days <= 30 else "quarter" if days <= 90 else "old"
        found = gaps(11, stay.visit, stay.story, stay.end, as_of).values()
        waiting[band].append(any(gap.until > as_of for gap in found))
    share = {band: sum(found) / len(found) for band, found in waiting.items()}
    assert 0.3 <= share["week"] <= 0.95
    assert 0.1 <= share["month"] <= 0.6
    assert share["quarter"] <= 0.12
    assert share["old"] == 0


def test_what_was_missing_or_unsigned_is_made_good_in_time(parsed: Parsed) -> None:
    """A document sent unsigned long ago came again, signed; none of it before it was written."""
    sent: dict[str, dict[str, str]] = defaultdict(dict)
    for message in parsed:
        if "TXA" in message:
            fields = message["TXA"][0]
            sent[fields[12].split("^")[0]][fields[17]] = message["MSH"][0][6]
    again = [states for states in sent.values() if "AU" in states and len(states) > 1]
    assert len(again) > 100
    assert all(states["AU"] > min(states.values()) for states in again)
    old = (DEFAULT_AS_OF - timedelta(days=SIGNING_DAYS + 81)).strftime("%Y%m%d")
    assert all("AU" in states for states in sent.values() if min(states.values()) < old)


def test_every_clinic_visit_that_ended_is_ended_by_a_message(parsed: Parsed, small_gold: dict[str, Gold]) -> None:
    ended = {message["PV1"][0][19].split("^")[0] for message in parsed if message["MSH"][0][8].startswith("ADT^A03")}
    visits = {one.visit for one in small_gold.values() if one.patient_class == "O"}
    assert len(visits) > 300
    assert visits <= ended


def test_every_stay_that_ended_has_its_answer(parsed: Parsed, small_gold: dict[str, Gold]) -> None:
    gone = {message["PV1"][0][19].split("^")[0] for message in parsed if message["MSH"][0][8].startswith("ADT^A03")}
    assert {visit for visit in gone if not visit.startswith("X")} <= set(small_gold)


def test_the_whole_hospital_has_its_size() -> None:
    kinds, persons, visits, inpatient = Counter[str](), set[str](), set[str](), set[str]()
    for sent in messages():
        kinds[sent.kind] += 1
        if sent.kind != "hl7v2" or sent.name.startswith("Q"):
            continue
        for line in sent.content.split(b"\r"):
            if line.startswith(b"PID|"):
                persons.add(line.split(b"|")[3].decode().split("~")[-1])
            if line.startswith(b"PV1|"):
                fields = line.decode().split("|")
                visits.add(fields[19])
                if fields[2] == "I":
                    inpatient.add(fields[19])
    assert len(persons) >= 2000
    assert len(visits) >= 6000
    assert 0.12 <= len(inpatient) / len(visits) <= 0.17
    assert sum(kinds.values()) <= 38_000
    assert 130 <= kinds["ccda"] <= 170
    assert 170 <= kinds["fhir"] <= 220
