"""ADT messages: who, which stay, what happened."""

from datetime import UTC
from zoneinfo import ZoneInfo

import pytest

from muniment.intake.hl7v2.read import read
from muniment.intake.submission import (
    AddressFact,
    IdentifierFact,
    LocationFacts,
    NameFact,
    PatientFacts,
    PractitionerFacts,
    Submission,
    TelecomFact,
)

CHICAGO = ZoneInfo("America/Chicago")


def adt(*segments: str, trigger: str = "A01", head: str = "20260102030405") -> Submission:
    lines = [rf"MSH|^~\&|ADT|MAIN|HIM|MAIN|{head}||ADT^{trigger}|C1|P|2.5", *segments]
    return read("\r".join(lines).encode(), zone_of=lambda facility: CHICAGO if facility == "MAIN" else UTC)


def patient(*segments: str) -> PatientFacts:
    found = adt(*segments).patient
    assert found is not None
    return found


def test_the_envelope() -> None:
    found = adt("PID|1||4711^^^MAIN^MR")
    assert (found.format, found.kind, found.source, found.facility, found.control_id) == (
        "hl7v2",
        "ADT^A01",
        "ADT|MAIN",
        "MAIN",
        "C1",
    )
    assert str(found.sent_at) == "2026-01-02T03:04:05-06:00"
    assert found.extra == {"version": "2.5", "processing": "P"}


def test_times_without_offset_are_in_the_facilitys_zone_or_in_that_of_the_message() -> None:
    segments = ("PID|1||4711^^^MAIN^MR", "PV1|1|I|||||||||||||||||V1" + "|" * 25 + "202601020100")
    assert str(adt(*segments).encounter.admitted_at) == "2026-01-02T01:00:00-06:00"  # type: ignore[union-attr]
    eastern = adt(*segments, head="20260102030405-0500").encounter
    assert str(eastern.admitted_at) == "2026-01-02T01:00:00-05:00"  # type: ignore[union-attr]


def test_identifiers_keep_their_assigner_and_type() -> None:
    who = patient(
        "PID|1|X1|4711^^^MAIN^MR~4712^^^&1.2.36.146&ISO^PI~4713^^^GRP&2.16.840.1&ISO^MR~5||Test^Tess"
        "|||||||||||||A1^^^MAIN|123-45-6780|D99^IL"
    )
    assert who.identifiers == (
        IdentifierFact("MAIN", "4711", "MR"),
        IdentifierFact("urn:oid:1.2.36.146", "4712", "PI"),
        IdentifierFact("urn:oid:2.16.840.1", "4713", "MR"),
        IdentifierFact("MAIN", "5", "PI"),
        IdentifierFact("MAIN", "X1", "PT"),
        IdentifierFact("http://hl7.org/fhir/sid/us-ssn", "123456780", "SS"),
        IdentifierFact("IL", "D99", "DL"),
    )


def test_a_filler_social_security_number_is_no_identifier() -> None:
    found = adt("PID|1||4711" + "|" * 16 + "999-99-9999")
    assert [fact.value for fact in found.patient.identifiers] == ["4711"]  # type: ignore[union-attr]
    assert any("PID-19" in remark for remark in found.remarks)


def test_names() -> None:
    who = patient("PID|1||1||van Test&van&Test^Tess^Ann Marie^Jr^Dr^^L~Born^Tess^^^^^M||||T^T^^^^^A")
    assert who.names == (
        NameFact("van Test", ("Tess", "Ann", "Marie"), "Dr", "Jr", "official"),
        NameFact("Born", ("Tess",), use="maiden"),
        NameFact("T", ("T",), use="nickname"),
    )


def test_demographics() -> None:
    who = patient(
        "PID|1||1||Test^Tess||19700203|F|||1 Main St&Main^Apt 2^Springfield^IL^62701^USA^H~^^Chicago^IL||(217)555-0100^PRN^CP"
        "~^NET^Internet^tess@example.org|^WPN^PH^^1^217^5550101^12|||||||99^^^MAIN^MR|||Y|2||||20260101|Y"
    )
    assert str(who.birth) == "1970-02-03"
    assert who.sex == "female"
    assert who.addresses[0] == AddressFact(("1 Main St", "Apt 2"), "Springfield", "IL", "62701", "USA", "home")
    assert who.telecoms == (
        TelecomFact("(217)555-0100", "phone", "mobile"),
        TelecomFact("tess@example.org", "email", "home"),
        TelecomFact("217-5550101 x12", "phone", "work"),
    )
    assert who.mother == (IdentifierFact("MAIN", "99", "MR"),)
    assert who.multiple_birth_order == 2
    assert (who.deceased, str(who.deceased_at)) == (True, "2026-01-01")


def test_not_said_is_not_never() -> None:
    who = patient("PID|1||1")
    assert (who.deceased, who.sex, who.birth, who.flags) == (None, "", None, frozenset())
    assert patient('PID|1||1||X^Y||""|""' + "|" * 22 + "N").deceased is False


@pytest.mark.parametrize(
    ("segments", "flag"),
    [
        (("PID|1||1||Unknown^Male",), "unknown"),
        (("PID|1||1" + "|" * 28 + "Y",), "unknown"),
        (("PID|1||1" + "|" * 29 + "AL",), "alias"),
        (("PID|1||1", "PV1|1|I||N"), "newborn"),
        (("PID|1||1", "PV1|1|I" + "|" * 14 + "V"), "vip"),
        (("PID|1||1", "PD1" + "|" * 12 + "Y"), "protected"),
    ],
)
def test_flags(segments: tuple[str, ...], flag: str) -> None:
    assert patient(*segments).flags == {flag}


def test_a_training_message_is_flagged_test() -> None:
    found = read(b"MSH|^~\\&|A|B|||2026||ADT^A04|1|T|2.5\rPID|1||1", zone_of=lambda _: UTC)
    assert found.patient is not None
    assert found.patient.flags == {"test"}


def test_what_can_not_be_read_is_remarked_by_its_place() -> None:
    found = adt("PID|1||1||X^Y||19701340|Q", "PV1|1|I" + "|" * 17 + "V1" + "|" * 25 + "20261399")
    assert found.patient.birth is None  # type: ignore[union-attr]
    places = " ".join(found.remarks)
    assert all(place in places for place in ("PID-7", "PID-8", "PV1-44"))


def test_the_stay() -> None:
    found = adt(
        "PID|1||4711^^^MAIN^MR||Test^Tess|||||||||||||A77^^^MAIN",
        "PV1|1|I|4W^401^B^MAIN|||3E^300^A|1234567893^Hale^Ada^M^^Dr^MD^^&2.16.840.1.113883.4.6&ISO^^^^NPI|R1^Ref|C1^Con~C2^Sul|MED"
        "||||7|||A1^Adm||V100^^^MAIN^VN" + "|" * 17 + "01" + "|" * 8 + "202601020100|202601051200",
        "PV2||MED|^Chest pain|||||20260103",
    ).encounter
    assert found is not None
    assert found.identifier == IdentifierFact("MAIN", "V100", "VN")
    assert found.account == IdentifierFact("MAIN", "A77", "AN")
    assert (found.class_, found.service, found.admit_source, found.disposition, found.reason) == (
        "IMP",
        "MED",
        "7",
        "01",
        "Chest pain",
    )
    assert found.location == LocationFacts(facility="MAIN", unit="4W", room="401", bed="B")
    assert found.prior_location == LocationFacts(unit="3E", room="300", bed="A")
    assert found.attending == PractitionerFacts(
        identifiers=(IdentifierFact("urn:oid:2.16.840.1.113883.4.6", "1234567893", "NPI"),),
        name=NameFact("Hale", ("Ada", "M"), "Dr"),
        credential="MD",
    )
    assert [each.identifiers[0].value for each in found.consulting] == ["C1", "C2"]
    assert [str(each) for each in (found.admitted_at, found.discharged_at, found.expected_at)] == [
        "2026-01-02T01:00:00-06:00",
        "2026-01-05T12:00:00-06:00",
        "2026-01-03",
    ]


def test_an_empty_pv1_is_no_stay() -> None:
    assert adt("PID|1||4711", "PV1|1").encounter is None


def test_a_stay_without_visit_number_is_named_by_its_account() -> None:
    found = adt("PID|1||4711" + "|" * 15 + "A77^^^MAIN", "PV1|1|I", "DG1|1||I10^H^I10").encounter
    assert found is not None
    assert found.identifier == found.account == IdentifierFact("MAIN", "A77", "AN")


def test_a_stay_without_any_number_is_said_and_not_referred_to() -> None:
    found = adt("PID|1||4711", "PV1|1|I", "DG1|1||I10^H^I10")
    assert found.encounter is not None
    assert found.encounter.identifier is None
    assert "encounter" not in found.drafts[0].resource
    assert "Neither PV1-19 nor PID-18 gives a number for the stay." in found.remarks


def test_a_merge_with_several_pairs() -> None:
    found = adt("PID|||1^^^M", "MRG|2^^^M||||||Old^Name", "PID|||3^^^M", "MRG|4^^^M~5^^^M", trigger="A40")
    pairs = [([i.value for i in m.survivor.identifiers], [i.value for i in m.retired.identifiers]) for m in found.merges]
    assert pairs == [(["1"], ["2"]), (["3"], ["4", "5"])]
    assert found.patient == found.merges[0].survivor
    assert found.merges[0].retired.names == (NameFact("Old", ("Name",)),)


def test_the_same_message_gives_the_same_submission() -> None:
    segments = (
        "PID|1||4711^^^MAIN^MR",
        "PV1|1|I" + "|" * 17 + "V1",
        "DG1|1||I10^Hypertension^I10|||F",
        "AL1|1|DA|PCN^Penicillin",
    )
    assert adt(*segments) == adt(*segments)
