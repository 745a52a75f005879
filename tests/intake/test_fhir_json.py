"""FHIR JSON into submissions: whose it is, what refers to what, what is a document, and what is refused with a sentence."""

import base64
import gzip
import hashlib
import json
import tracemalloc
from io import BytesIO
from typing import Any

import pytest

from muniment.intake.fhir_json import read, units
from muniment.intake.submission import IdentifierFact, Submission
from muniment.kernel.errors import Problem
from muniment.kernel.fhir import canonical
from muniment.kernel.fhir.structure import validate
from support.corpora import corpus

URN = "urn:uuid:00000000-0000-4000-8000-00000000000"
OWN = IdentifierFact("urn:source:CLINIC", "Patient/p1")


def patient(id_: str = "p1", **elements: Any) -> dict[str, Any]:
    return {"resourceType": "Patient", "id": id_, "name": [{"family": f"Family {id_}", "given": ["Ada"]}], **elements}


def observation(id_: str = "o1", subject: Any = "Patient/p1", **elements: Any) -> dict[str, Any]:
    base = {"resourceType": "Observation", "id": id_, "status": "final", "code": {"text": "Weight"}}
    return base | ({"subject": {"reference": subject}} if subject else {}) | elements


def bundle(kind: str, *resources: Any, **elements: Any) -> dict[str, Any]:
    request = {"method": "POST", "url": "Patient"}
    entries = [{"resource": one} | ({"request": request} if kind in ("batch", "transaction") else {}) for one in resources]
    return {"resourceType": "Bundle", "type": kind, "entry": entries, **elements}


def read_all(value: Any, **options: str) -> tuple[list[Submission], list[Problem]]:
    data = value if isinstance(value, bytes) else json.dumps(value).encode()
    found = list(read(data, source="CLINIC", **options))
    return [one for one in found if isinstance(one, Submission)], [one for one in found if isinstance(one, Problem)]


def only(value: Any) -> Submission:
    submissions, problems = read_all(value)
    assert problems == []
    assert len(submissions) == 1
    return submissions[0]


def test_a_patient_resource_says_who_it_is() -> None:
    found = only(
        patient(
            identifier=[
                {"system": "urn:mrn", "value": "42", "type": {"coding": [{"system": "urn:hl7/v2-0203", "code": "MR"}]}},
                {"system": "http://hl7.org/fhir/sid/us-ssn", "value": "999-00-1111"},
                {"system": "urn:empty"},
            ],
            birthDate="1980-02",
            gender="female",
            deceasedDateTime="2026-01-02",
            address=[{"line": ["1 Main St"], "city": "Anytown", "postalCode": "00000"}],
            telecom=[{"system": "email", "value": "a@example.org"}, {"system": "phone"}],
            meta={"security": [{"code": "HTEST"}]},
        )
    )
    facts = found.patient
    assert facts is not None
    assert facts.identifiers == (
        IdentifierFact("urn:mrn", "42", "MR"),
        IdentifierFact("http://hl7.org/fhir/sid/us-ssn", "999-00-1111", "SS"),
        OWN,
    )
    assert (facts.names[0].family, facts.names[0].given) == ("Family p1", ("Ada",))
    assert (str(facts.birth), facts.sex, facts.deceased, str(facts.deceased_at)) == ("1980-02", "female", True, "2026-01-02")
    assert (facts.addresses[0].city, facts.telecoms[0].value, len(facts.telecoms)) == ("Anytown", "a@example.org", 1)
    assert facts.flags == {"test"}
    assert (found.format, found.kind, found.source, found.drafts[0].key) == ("fhir", "Patient", "CLINIC", "Patient/p1")


def test_one_submission_for_each_patient_and_one_first_for_what_is_nobodys() -> None:
    doctor = {"resourceType": "Practitioner", "id": "d1"}
    found, problems = read_all(
        bundle("batch", patient("p1"), observation("o1"), patient("p2"), observation("o2", "Patient/p2"), doctor)
    )
    assert problems == []
    keys = [(one.patient and one.patient.identifiers[-1].value, [draft.key for draft in one.drafts]) for one in found]
    assert keys == [
        (None, ["Practitioner/d1"]),
        ("Patient/p1", ["Patient/p1", "Observation/o1"]),
        ("Patient/p2", ["Patient/p2", "Observation/o2"]),
    ]


def test_references_become_drafts() -> None:
    encounter = {
        "resourceType": "Encounter",
        "status": "finished",
        "class": {"code": "AMB"},
        "subject": {"reference": URN + "1"},
    }
    first = observation(
        subject=URN + "1",
        encounter={"reference": URN + "2"},
        performer=[
            {"reference": "Practitioner/n9"},
            {"reference": "Practitioner?identifier=urn:npi|1"},
            {"reference": "https://elsewhere.example/fhir/Organization/1"},
            {"reference": "#c"},
        ],
        contained=[
            {"resourceType": "PractitionerRole", "id": "c", "practitioner": {"reference": "Practitioner/n9/_history/3"}}
        ],
        extension=[{"url": "urn:x", "valueReference": {"reference": "Patient/p1"}}],
    )
    whole = {
        "resourceType": "Bundle",
        "type": "transaction",
        "entry": [
            {"fullUrl": URN + "1", "resource": patient(), "request": {"method": "POST", "url": "Patient"}},
            {"fullUrl": URN + "2", "resource": encounter, "request": {"method": "POST", "url": "Encounter"}},
            {"fullUrl": URN + "3", "resource": first, "request": {"method": "PUT", "url": "Observation/o1"}},
        ],
    }
    found = only(whole)
    assert [draft.key for draft in found.drafts] == ["Patient/p1", f"Encounter/{URN}2", "Observation/o1"]
    resource = found.drafts[2].resource
    assert resource["subject"] == {"reference": "draft:patient"}
    assert resource["encounter"] == {"reference": f"draft:Encounter/{URN}2"}
    assert [one["reference"] for one in resource["performer"]] == [
        "draft:Practitioner/n9",
        "Practitioner?identifier=urn:npi|1",
        "https://elsewhere.example/fhir/Organization/1",
        "#c",
    ]
    assert resource["contained"][0]["practitioner"]["reference"] == "draft:Practitioner/n9"
    assert resource["extension"][0]["valueReference"]["reference"] == "draft:patient"


def test_absolute_urls_of_the_bundle_are_its_own() -> None:
    base = "https://clinic.example/fhir/"
    entries = [{"fullUrl": base + "Patient/p1", "resource": patient()}, {"resource": observation(subject=base + "Patient/p1")}]
    found = only({"resourceType": "Bundle", "type": "searchset", "entry": entries})
    assert found.drafts[1].resource["subject"]["reference"] == "draft:patient"


def test_a_urn_that_leads_nowhere_stays_and_is_remarked_on() -> None:
    found = only(observation(encounter={"reference": URN + "7"}))
    assert found.drafts[0].resource["encounter"]["reference"] == URN + "7"
    assert len(found.remarks) == 1


@pytest.mark.parametrize(
    ("subject", "identifier"),
    [
        ({"reference": "Patient/p1"}, OWN),
        ({"reference": "Patient/p1/_history/4"}, OWN),
        ({"reference": "Patient?identifier=urn:mrn|42"}, IdentifierFact("urn:mrn", "42")),
        ({"reference": "https://x.example/Patient/1"}, IdentifierFact("urn:source:CLINIC", "https://x.example/Patient/1")),
        ({"identifier": {"system": "urn:mrn", "value": "42"}}, IdentifierFact("urn:mrn", "42")),
    ],
)
def test_a_patient_only_referred_to_is_known_by_that_alone(subject: dict[str, Any], identifier: IdentifierFact) -> None:
    found = only(observation(subject="") | {"subject": subject})
    assert found.patient is not None
    assert found.patient.identifiers == (identifier,)
    assert found.patient.names == ()


@pytest.mark.parametrize("subject", ["", "Group/g1", "#p", "Patient?name=x"])
def test_clinical_data_that_does_not_say_whose_it_is_is_not_filed(subject: str) -> None:
    contained = [{"resourceType": "Patient", "id": "p", "active": True}]
    found, problems = read_all(bundle("batch", observation("o1", subject, contained=contained), observation("o2")))
    assert [one.drafts[0].key for one in found] == ["Observation/o2"]
    assert "does not say whose it is" in problems[0].what
    assert problems[0].where == "entry 1"


def test_an_entry_tied_to_a_patients_entry_is_the_patients() -> None:
    provenance = {
        "resourceType": "Provenance",
        "target": [{"reference": "Observation/o1"}],
        "recorded": "2026-01-01T00:00:00Z",
        "agent": [{"who": {"display": "x"}}],
    }
    found = only(bundle("collection", provenance, observation()))
    assert len(found.drafts) == 2


def test_an_invalid_entry_of_a_batch_is_one_problem_and_the_rest_goes_on() -> None:
    wrong = observation("o2", valueQuantity={"value": "72.5"})
    found, problems = read_all(bundle("batch", observation("o1"), wrong, observation("o3")))
    assert [draft.key for draft in found[0].drafts] == ["Observation/o1", "Observation/o3"]
    assert len(problems) == 1
    assert problems[0].where == "entry 2: Observation.valueQuantity.value"
    assert problems[0].remedy


@pytest.mark.parametrize("kind", ["transaction", "document", "message"])
def test_a_bundle_that_stands_or_falls_as_a_whole_falls_as_a_whole(kind: str) -> None:
    for wrong in (observation("o2", weight=1), observation("o2", subject=""), {"resourceType": "Nothing"}):
        first = {"resourceType": "Basic", "code": {"text": "x"}}
        found, problems = read_all(bundle(kind, first, observation("o1"), wrong))
        assert found == []
        assert len(problems) == 1
        assert problems[0].where.startswith("entry 3")
        assert "as a whole" in problems[0].what


def test_a_document_is_its_subjects() -> None:
    composition = {
        "resourceType": "Composition",
        "id": "c1",
        "status": "final",
        "type": {"text": "Discharge summary"},
        "subject": {"reference": "Patient/p1"},
        "date": "2026-01-01",
        "author": [{"reference": "Practitioner/d1"}],
        "title": "Discharge summary",
        "attester": [{"mode": "legal"}],
    }
    doctor = {"resourceType": "Practitioner", "id": "d1", "name": [{"family": "Roe", "suffix": ["MD"]}]}
    whole = bundle("document", composition, patient(), doctor, observation(subject=""))
    whole |= {"identifier": {"system": "urn:x", "value": "doc-1"}, "timestamp": "2026-01-01T10:00:00Z"}
    found, problems = read_all(whole)
    assert problems == []
    nobodys, mine = found
    assert [draft.key for draft in nobodys.drafts] == ["Practitioner/d1"]
    assert [draft.key for draft in mine.drafts] == ["Composition/c1", "Patient/p1", "Observation/o1"]
    assert (mine.control_id, str(mine.sent_at), mine.kind) == ("doc-1", "2026-01-01T10:00:00+00:00", "Bundle/document")
    draft = mine.drafts[0]
    assert draft.signed_by_source
    assert draft.author is not None
    assert draft.author.name is not None
    assert (draft.author.name.family, draft.author.credential) == ("Roe", "MD")


def test_history_is_read_from_its_oldest_version() -> None:
    versions = [observation(valueString="new"), observation(valueString="old")]
    found = only(bundle("history", *versions))
    assert [draft.resource["valueString"] for draft in found.drafts] == ["old", "new"]
    assert {draft.key for draft in found.drafts} == {"Observation/o1"}


@pytest.mark.parametrize("method", ["DELETE", "PATCH", "GET"])
def test_what_is_not_filing_is_refused(method: str) -> None:
    entry = {"request": {"method": method, "url": "Observation/1"}}
    found, problems = read_all({"resourceType": "Bundle", "type": "batch", "entry": [entry]})
    assert found == []
    assert method in problems[0].what


def test_entered_in_error_is_a_retraction() -> None:
    assert only(observation(status="entered-in-error")).drafts[0].retracts
    assert not only(observation()).drafts[0].retracts


def test_an_unnamed_resource_has_the_same_key_each_time() -> None:
    nameless = {name: value for name, value in observation().items() if name != "id"}
    again = dict(reversed(nameless.items()))
    assert only(nameless).drafts[0].key == only(again).drafts[0].key
    assert only(nameless).drafts[0].key.startswith("Observation/sha256:")


def test_numbers_stay_as_they_were_written() -> None:
    data = json.dumps(observation(valueQuantity={"value": 0})).replace('"value": 0', '"value": 72.50').encode()
    assert b'"value":72.50' in canonical.encode(only(data).drafts[0].resource)


# Documents


def document_reference(content_type: str, content: bytes, **attachment: Any) -> dict[str, Any]:
    data = base64.b64encode(content).decode()
    attachment = {"contentType": content_type, "data": data, "title": "note", **attachment}
    return {
        "resourceType": "DocumentReference",
        "status": "current",
        "subject": {"reference": "Patient/p1"},
        "content": [{"attachment": attachment}],
    }


@pytest.mark.parametrize(
    ("content_type", "content", "text"),
    [
        ("text/plain", "naïve".encode(), "naïve"),
        ("text/plain; charset=iso-8859-1", "naïve".encode("latin-1"), "naïve"),
        ("text/plain; charset=nonsense", b"plain", "plain"),
        ("text/plain", b"\xff\xfeodd", "ÿþodd"),
        (
            "text/html",
            b"<style>p{}</style><h1>Note</h1><p>Chest &amp; lungs<br>clear<script>x()</script>",
            "Note\nChest & lungs\nclear",
        ),
        ("application/pdf", b"%PDF-1.7", ""),
        ("application/rtf", b"{\\rtf1 x}", ""),
    ],
)
def test_an_embedded_document_comes_out(content_type: str, content: bytes, text: str) -> None:
    draft = only(document_reference(content_type, content)).drafts[0]
    assert draft.document is not None
    assert (draft.document.content, draft.document.text) == (content, text)
    assert (draft.document.media_type, draft.document.file_name) == (content_type.partition(";")[0], "note")
    attachment = draft.resource["content"][0]["attachment"]
    assert attachment == {"contentType": content_type, "title": "note", "size": len(content)}


def test_reports_and_media_hold_documents_too() -> None:
    data = {"contentType": "text/plain", "data": base64.b64encode(b"normal").decode()}
    base = {"status": "final", "code": {"text": "x"}, "subject": {"reference": "Patient/p1"}}
    for resource in (
        {"resourceType": "DiagnosticReport", **base, "presentedForm": [dict(data), dict(data)]},
        {"resourceType": "Media", "status": "completed", "subject": base["subject"], "content": dict(data)},
    ):
        draft = only(resource).drafts[0]
        assert draft.document is not None
        assert draft.document.text == "normal"
    report = only({"resourceType": "DiagnosticReport", **base, "presentedForm": [dict(data), dict(data)]}).drafts[0].resource
    assert [("data" in one) for one in report["presentedForm"]] == [False, True]


def test_a_binary_travels_with_the_document_that_points_to_it() -> None:
    binary = {"resourceType": "Binary", "id": "b1", "contentType": "text/plain", "data": base64.b64encode(b"note").decode()}
    reference = document_reference("text/plain", b"")
    reference["content"][0]["attachment"] = {"url": "Binary/b1"}
    found = only(bundle("collection", binary, reference))
    assert [draft.resource["resourceType"] for draft in found.drafts] == ["DocumentReference"]
    assert found.drafts[0].document is not None
    assert found.drafts[0].document.content == b"note"


def test_a_binary_alone_is_whose_its_security_context_says() -> None:
    binary = {"resourceType": "Binary", "contentType": "text/plain", "data": base64.b64encode(b"note").decode()}
    found = only(binary | {"securityContext": {"reference": "Patient/p1"}})
    assert found.patient is not None
    assert found.drafts[0].document is not None


def test_broken_base64_is_a_problem_of_its_entry() -> None:
    broken = document_reference("text/plain", b"", data="AAA")
    found, problems = read_all(bundle("batch", broken, observation()))
    assert [draft.key for draft in found[0].drafts] == ["Observation/o1"]
    assert "base64" in problems[0].what


def held(content: bytes, **attachment: Any) -> dict[str, Any]:
    found = document_reference("text/plain", content)
    found["content"][0]["attachment"] |= attachment
    return found


def base64_of(content: bytes) -> str:
    return base64.b64encode(content).decode()


@pytest.mark.parametrize(
    "said",
    [
        {"size": 4},
        {"hash": base64_of(hashlib.sha1(b"note").digest())},
        {"hash": hashlib.sha1(b"note").hexdigest()},
        {"hash": base64_of(hashlib.sha256(b"note").digest()), "size": 4},
        {"hash": base64_of(hashlib.sha256(b"note").hexdigest().encode())},
    ],
)
def test_a_document_that_is_what_its_attachment_says_is_taken(said: dict[str, Any]) -> None:
    draft = only(held(b"note", **said)).drafts[0]
    assert draft.document is not None
    assert draft.document.content == b"note"
    assert draft.resource["content"][0]["attachment"].get("hash") == said.get("hash")


@pytest.mark.parametrize("said", [{"size": 5}, {"hash": base64_of(hashlib.sha1(b"nota").digest())}, {"hash": "AAAA"}])
def test_a_document_that_is_not_what_its_attachment_says_is_not(said: dict[str, Any]) -> None:
    found, problems = read_all(held(b"note", **said))
    assert found == []
    assert "its attachment says" in problems[0].what
    assert "damaged" in problems[0].remedy
    binary = {"resourceType": "Binary", "id": "b1", "contentType": "text/plain", "data": base64_of(b"note")}
    reference = document_reference("text/plain", b"")
    reference["content"][0]["attachment"] = {"url": "Binary/b1", **said}
    found, problems = read_all(bundle("collection", binary, reference))
    assert (found, len(problems)) == ([], 1)


def test_a_contained_binary_is_the_document() -> None:
    reference = document_reference("text/plain", b"")
    reference["content"][0]["attachment"] = {"url": "#b", "title": "note"}
    reference["contained"] = [{"resourceType": "Binary", "id": "b", "contentType": "text/plain", "data": base64_of(b"note")}]
    draft = only(reference).drafts[0]
    assert draft.document is not None
    assert (draft.document.content, draft.document.media_type, draft.document.text) == (b"note", "text/plain", "note")
    assert draft.resource["contained"] == [{"resourceType": "Binary", "id": "b", "contentType": "text/plain"}]
    twice = document_reference("text/plain", b"")
    twice["content"] = [{"attachment": {"url": "#b"}}, {"attachment": {"url": "#b"}}]
    twice["contained"] = [{"resourceType": "Binary", "id": "b", "contentType": "text/plain", "data": base64_of(b"note")}]
    assert "data" in only(twice).drafts[0].resource["contained"][0]


def test_the_bytes_are_those_of_the_attachment_that_held_them() -> None:
    reference = document_reference("text/plain", b"note")
    reference["content"].insert(0, {"attachment": {"url": "https://elsewhere.example/1.pdf"}})
    draft = only(reference).drafts[0]
    assert draft.document is not None
    assert draft.document.place == 1


def test_a_document_with_a_broken_binary_is_not_filed_without_it() -> None:
    binary = {"resourceType": "Binary", "id": "b1", "contentType": "text/plain", "data": "AAA"}
    reference = document_reference("text/plain", b"")
    reference["content"][0]["attachment"] = {"url": "Binary/b1"}
    found, problems = read_all(bundle("batch", binary, reference, observation()))
    assert [draft.key for one in found for draft in one.drafts] == ["Observation/o1"]
    assert [problem.what for problem in problems] == ["The embedded document is not valid base64."]


def test_a_document_that_did_not_come_is_remarked_on() -> None:
    reference = document_reference("text/plain", b"")
    reference["content"][0]["attachment"] = {"url": "Binary/elsewhere"}
    found = only(reference)
    assert found.drafts[0].document is None
    assert "did not come with it" in found.remarks[0]


# Inputs and units


def lines(*values: Any) -> bytes:
    return b"\n".join(value if isinstance(value, bytes) else json.dumps(value).encode() for value in values) + b"\n"


def test_ndjson_with_a_broken_line_goes_on() -> None:
    found, problems = read_all(
        lines(observation("o1"), b"", b'{"resourceType":', observation("o2"), [1], bundle("batch", patient()))
    )
    assert [draft.key for one in found for draft in one.drafts] == ["Patient/p1", "Observation/o1", "Observation/o2"]
    assert [problem.where.partition(",")[0] for problem in problems] == ["line 3", "line 5"]


def test_gzip_is_unpacked() -> None:
    data = json.dumps(observation()).encode()
    assert read_all(gzip.compress(data))[0] == read_all(data)[0]
    assert "gzip" in read_all(gzip.compress(data)[:-9])[1][0].what


@pytest.mark.parametrize("packed", [False, True])
def test_a_long_file_is_cut_into_units_that_count_its_lines(packed: bool) -> None:
    data = lines(*(observation(f"o{n}") for n in range(1, 1201)))
    cut = list(units(BytesIO(gzip.compress(data) if packed else data)))
    assert [name for name, _ in cut] == ["lines 1–500", "lines 501–1000", "lines 1001–1200"]
    assert b"".join(unit for _, unit in cut if isinstance(unit, bytes)) == data
    broken = cut[1][1].replace(b'"final"', b'"final', 1)  # type: ignore[union-attr]
    assert read_all(broken, unit=cut[1][0])[1][0].where.startswith("line 501")


@pytest.mark.parametrize("indent", [None, 2])
def test_one_json_text_is_one_unit(indent: int | None) -> None:
    data = json.dumps(bundle("batch", patient(), observation()), indent=indent).encode()
    assert list(units(BytesIO(data))) == [("", data)]
    semi = data.replace(b'"entry": [', b'"entry": [\n')
    assert list(units(BytesIO(semi))) == [("", semi)]
    assert len(read_all(semi)[0][0].drafts) == 2


def test_units_too_big_are_problems_and_the_others_stand() -> None:
    long = lines(observation("big", note=[{"text": "x" * 3000}]))
    cut = list(units(BytesIO(lines(observation("a"), observation("b")) + long + lines(observation("c"))), limit=1000))
    assert [name for name, _ in cut] == ["lines 1–2", "line 3", "line 4"]
    assert [isinstance(unit, Problem) for _, unit in cut] == [False, True, False]
    ((name, problem),) = units(BytesIO(b"[" + b"1," * 1000), limit=1000)
    assert (name, type(problem).__name__) == ("", "Unreadable")
    assert "larger" in str(next(iter(units(BytesIO(gzip.compress(b"[" + b" " * 10**7)), limit=1000)))[1])


def test_a_file_cut_off_inside_its_compression_keeps_what_came_before() -> None:
    data = gzip.compress(lines(*(observation(f"o{n}", note=[{"text": str(n**30)}]) for n in range(2000))))
    cut = list(units(BytesIO(data[: len(data) * 3 // 4])))
    assert isinstance(cut[0][1], bytes)
    assert "gzip" in str(cut[-1][1])


def test_memory_is_flat_in_the_files_size() -> None:
    line = lines(observation())

    class Endless(BytesIO):
        left = 60_000_000

        def read(self, size: int | None = -1) -> bytes:
            count = min(size or 0, self.left) // len(line) or (1 if self.left > 0 else 0)
            self.left -= count * len(line)
            return line * count

    tracemalloc.start()
    total = sum(len(unit) for _, unit in units(Endless()) if isinstance(unit, bytes))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert total > 50_000_000
    assert peak < 5_000_000


NO_FHIR = [b"", b"null", b"[]", b"3", b'"Patient"', b"{}", b"\x00\x01", b"\x1f\x8b", b"<xml/>", b"MSH|^~\\&|", b"[" * 10**6]
NO_FHIR += [b'{"resourceType":{}}', b'{"resourceType":"Patient","resourceType":"Patient"}', b'{"resourceType":"Bundle"}']
NO_FHIR += [b'{"resourceType":"Bundle","type":"subscription-notification"}']
ENTRIES = [b"3", b"{}", b"[3]", b"[{}]", b"[null]", b"[[]]", b"[]"]
ENTRIES += [b'[{"resource":%s}]' % one for one in (b"3", b"[]", b"null", b"{}")]
NO_FHIR += [b'{"resourceType":"Bundle","type":"batch","entry":%s}' % entry for entry in ENTRIES]


@pytest.mark.parametrize("data", NO_FHIR)
def test_what_is_no_fhir_is_a_problem_with_a_sentence(data: bytes) -> None:
    found, problems = read_all(data)
    assert found == []
    assert len(problems) == 1
    assert problems[0].what.endswith(".")
    assert problems[0].remedy


@pytest.mark.corpora
def test_synthea_bundles_are_read_whole() -> None:
    files = sorted(corpus("fhir/synthea-smart/bundles").iterdir(), key=lambda file: (file.stat().st_size, file.name))
    for file in files[:8] + files[300:302]:
        found, problems = read_all(file.read_bytes())
        expected = json.loads(gzip.decompress(file.read_bytes()))["entry"]
        assert problems == []
        assert sum(len(one.drafts) for one in found) == len(expected)
        assert all(validate(draft.resource) == [] or _only_references(draft.resource) for one in found for draft in one.drafts)


def _only_references(resource: dict[str, Any]) -> bool:
    """``draft:`` is ours, so the only thing wrong with what is about to be filed."""
    return all(issue.path.endswith(".reference") for issue in validate(resource))


@pytest.mark.corpora
def test_the_us_core_examples_are_read() -> None:
    refused = {file.name for file in corpus("fhir/us-core-examples").rglob("*.json") if read_all(file.read_bytes())[1]}
    assert refused == {"diagnosticreport-cbc.json"}
