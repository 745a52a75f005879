"""An update of the codes: what it changes, which charts and rules it touches, and a year regrouped by its version."""

from __future__ import annotations

import csv
import io
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest

from muniment.audit.models import LifecycleEvent
from muniment.audit.verify import verify
from muniment.codeupdates import actions, queries, updates
from muniment.codeupdates.models import RegroupedStay, Regrouping, State
from muniment.codeupdates.regrouping import Sums, Tally
from muniment.codeupdates.web import presenters
from muniment.coding.models import FinalCoding
from muniment.kernel.errors import Problem, Refused
from muniment.terminology.actions import install_release
from muniment.terminology.rules import System
from support.charts import client_of
from support.coding import CodedStay, draft_of
from support.house import system_actor
from support.terminology import source
from support.updates import changed, install_after, install_before, rows

pytestmark = [pytest.mark.django_db, pytest.mark.rules("coding.")]
DAY = date(2026, 10, 1)
MAY, OCTOBER = datetime(2026, 5, 6, 15, 0, tzinfo=UTC), datetime(2026, 10, 10, 15, 0, tzinfo=UTC)
URL = "/code-updates/2026-10-01/"


@pytest.fixture
def year(house):
    """Three final codings of May, and one of October that was coded before the update was here."""
    install_before()
    for number, codes in (("1", ("I50.23", "J96.01")), ("2", ("I42.0", "I10")), ("3", ("I50.23", "I10"))):
        CodedStay(house, number).discharged(at=MAY).finalised(house, *codes)
    return house


def administrator(house):
    return house.actor("administrator")


def run_through(house, day=DAY):
    run = actions.start(actor=administrator(house), day=day)
    while actions.go_on(actor=system_actor(), run_id=run.id):
        pass
    return Regrouping.objects.get(id=run.id)


def test_an_update_is_the_releases_that_begin_on_a_day(house):
    install_before()
    assert [one.day for one in updates.updates()] == [date(2026, 4, 1), date(2025, 10, 1)]
    install_after()
    update = updates.update(DAY)
    assert [(one.system, one.before.version, one.after.version) for one in update.pairs] == [
        (System.ICD10CM, "2026", "2027"), (System.MS_DRG, "43.1", "44.0"),
    ]  # fmt: skip
    assert [(one.written, one.kind.value) for one in updates.changes_of(update)] == [
        ("I10", "new title"), ("I42.0", "became a heading"), ("I50.9", "deleted"),
    ]  # fmt: skip
    with pytest.raises(Refused, match="No installed release begins"):
        updates.update(date(2026, 10, 2))


def test_a_year_is_regrouped_by_service_and_nothing_of_it_changes(year):
    install_after()
    before = list(FinalCoding.objects.order_by("pk").values_list("sha256", "drg"))
    run = run_through(year)
    assert (run.state, run.done, run.total, run.version, run.since) == (State.DONE, 3, 3, 440, date(2025, 10, 1))
    (sums,) = Tally.read(run.figures, run.usage).by_service([year.hospital.id]).values()
    assert (sums.stays, sums.changed, sums.refused, sums.weighed) == (3, 1, 1, 2)
    weights = [one.weight for one in FinalCoding.objects.filter(principal="I5023")]
    assert sums.cmi_before == sum(weights) / 2
    assert sums.cmi_after == Decimal("2.0000")
    assert run.usage == {"icd-10-cm|I10": 2, "icd-10-cm|I420": 1}
    stay = RegroupedStay.objects.get()
    assert (stay.before, stay.after, stay.after_weight) == ("316", "", None)
    assert "not a valid code" in stay.why
    assert list(FinalCoding.objects.order_by("pk").values_list("sha256", "drg")) == before
    assert verify().sound


def test_without_weights_of_its_own_the_case_mix_is_not_available(year):
    install_after(weights=False)
    run = run_through(year)
    (sums,) = Tally.read(run.figures, run.usage).by_service([year.hospital.id]).values()
    assert (sums.weighed, sums.cmi_before, sums.cmi_after) == (0, None, None)
    body = client_of(year, "administrator").get(f"{URL}year/").content.decode()
    assert "not available" in body


def test_a_run_whose_worker_was_stopped_goes_on_where_it_was(year, monkeypatch):
    install_after()
    monkeypatch.setattr(actions, "AT_ONCE", 2)
    run = actions.start(actor=administrator(year), day=DAY)
    assert actions.go_on(actor=system_actor(), run_id=run.id)
    assert actions.start(actor=administrator(year), day=DAY).id == run.id, "it is going: a second one is not begun"
    monkeypatch.setattr(queries, "SILENT", timedelta(seconds=-1))
    assert actions.start(actor=administrator(year), day=DAY).id == run.id
    assert not actions.go_on(actor=system_actor(), run_id=run.id)
    assert Regrouping.objects.get().done == 3
    assert not actions.go_on(actor=system_actor(), run_id=run.id), "a finished run stays as it is"
    assert sum(one.stays for one in Tally.read(Regrouping.objects.get().figures, {}).sums.values()) == 3
    assert LifecycleEvent.objects.filter(name="codeupdates.regroup").count() == 2


def test_a_recoded_stay_counts_once_with_what_is_in_force(year):
    from muniment.coding import actions as coding

    install_after()
    stay = FinalCoding.objects.get(principal="I420")
    abstract = coding.recode(
        actor=year.actor("coder"), patient_id=stay.patient_id, encounter_id=stay.encounter_id, reason="Another cause was found"
    )
    abstract = coding.set_codes(
        actor=year.actor("coder"), patient_id=stay.patient_id, abstract_id=abstract.id, revision=abstract.revision,
        draft=draft_of("I50.23"),
    )  # fmt: skip
    coding.finalise(actor=year.actor("coder"), patient_id=stay.patient_id, abstract_id=abstract.id, revision=abstract.revision)
    run = run_through(year)
    assert (run.done, run.total, RegroupedStay.objects.count()) == (3, 3, 0)


@pytest.mark.parametrize("role", ["coder", "technician", "clinician", "auditor", "researcher", "privacy-officer"])
def test_only_who_answers_for_the_rules_starts_it(year, role):
    install_after()
    with pytest.raises(Refused):
        actions.start(actor=year.actor(role), day=DAY)


def test_a_day_without_a_grouper_says_so(house):
    install_before()
    install_release(actor=system_actor(), source=source(rows(changed), version="2031", since=date(2030, 10, 1), until=None))
    with pytest.raises(Problem, match="No MS-DRG grouper is installed"):
        actions.start(actor=administrator(house), day=date(2030, 10, 1))
    body = client_of(house, "administrator").get("/code-updates/2030-10-01/year/").content.decode()
    assert "No MS-DRG grouper is installed for a discharge on 01 October 2030" in body
    assert "Regroup the year" not in body


def test_stays_with_codes_that_ended_and_rules_that_name_them_are_listed(year, django_assert_max_num_queries):
    from muniment.rulebook import actions as rulebook
    from muniment.rulebook.rules import SourceKind

    final = CodedStay(year, "4").discharged(at=OCTOBER).finalised(year, "I50.9")
    draft = CodedStay(year, "5").discharged(at=OCTOBER)
    draft.coded(year, "I50.23", "I50.9")
    CodedStay(year, "6").discharged(at=OCTOBER).finalised(year, "I50.23", "I10")
    rulebook.propose(
        actor=year.actor("privacy-officer"), code="house.cardiomyopathy", title="Cardiomyopathy is reviewed", statement="x", citation="House policy",
        source_kind=SourceKind.HOUSE, parameters={"codes": ["I42.0", "I42.1"]}, effective_from=DAY,
    )  # fmt: skip
    install_after()
    found = queries.touched(
        year.actor("coder"), updates.update(DAY), updates.unusable(updates.changes_of(updates.update(DAY))), [year.hospital.id]
    )
    assert [(one.encounter_id, one.is_draft, one.codes) for one in found] == [
        (draft.encounter_id, True, ("icd-10-cm|I509",)), (final.encounter_id, False, ("icd-10-cm|I509",)),
    ]  # fmt: skip
    coder = client_of(year, "coder")
    coder.get(f"{URL}charts/")
    with django_assert_max_num_queries(25):
        body = " ".join(coder.get(f"{URL}charts/").content.decode().split())
    assert "ROWE5" in body
    assert "I50.9 Heart failure, unspecified (deleted)" in body
    assert "See whether to code it again" in body
    assert "ROWE6" not in body
    assert "Cardiomyopathy is reviewed" in body
    assert '<td class="mono">I42.0</td>' in body
    assert queries.touched(year.actor("coder"), updates.update(DAY), {}, [year.hospital.id]) == []


def test_another_facilitys_stays_are_not_shown(year):
    install_after()
    run = run_through(year)
    stranger = replace(year.actor("coder"), facilities=frozenset([year.clinic.id]))
    assert queries.regrouped(year.actor("coder"), run).count() == 1
    assert queries.regrouped(stranger, run).count() == 0
    (everything,) = presenters.services(run, [year.clinic.id])
    assert everything.sums == Sums()
    body = client_of(year, "coder").get(f"{URL}year/stays/").content.decode()
    assert "ROWE2" in body
    assert "No stay changes its MS-DRG" in client_of(year, "coder").get(f"{URL}year/stays/?service=Oncology").content.decode()


def test_the_changes_are_narrowed_searched_and_paged(house):
    install_before()
    install_after()
    coder = client_of(house, "coder")
    body = coder.get(URL).content.decode()
    assert all(words in body for words in ("Primary hypertension", "became a heading", "I50.9"))
    assert "Primary hypertension" not in coder.get(f"{URL}?kind=deleted").content.decode()
    assert "I42.0" in coder.get(f"{URL}?q=i42").content.decode()
    assert "I42.0" in coder.get(f"{URL}?q=DILATED").content.decode()
    assert "No change fits" in coder.get(f"{URL}?q=zzz&system=icd-10-pcs&kind=moved").content.decode()
    assert coder.get(f"{URL}?kind=';--&from=x&system=1").status_code == 200
    for wrong in ("/code-updates/tomorrow/", "/code-updates/2026-10-02/", "/code-updates/2026-10-02/year/stays/"):
        assert coder.get(wrong).status_code in (403, 404, 422)


def test_the_list_says_which_release_answers_on_a_day(house):
    coder = client_of(house, "coder")
    assert "No code system is installed" in coder.get("/code-updates/").content.decode()
    install_before()
    install_after()
    body = coder.get("/code-updates/?on=2026-11-02").content.decode()
    assert "ICD-10-CM 2027" in body
    wrong = coder.get("/code-updates/?on=soon")
    assert wrong.status_code == 422
    assert "“soon” is no day" in wrong.content.decode()


def test_the_figures_are_taken_as_csv(year):
    install_after()
    administrator_client = client_of(year, "administrator")
    assert administrator_client.get(f"{URL}year/services.csv").status_code == 403
    run_through(year)
    lines = list(csv.reader(io.StringIO(administrator_client.get(f"{URL}year/services.csv").content.decode())))
    assert lines[1][:4] == ["All stays", "3", "1", "1"]
