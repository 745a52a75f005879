"""The life of a model: trained by a job from final codings, measured, chosen by an administrator and chosen back; what coders mute."""

from __future__ import annotations

from unittest.mock import patch

import pytest
from procrastinate.contrib.django.models import ProcrastinateJob

from muniment.audit.verify import verify
from muniment.core import clock
from muniment.encounters.models import Encounter
from muniment.kernel.errors import Refused
from muniment.suggestions import actions, charts, codings, jobs, queries
from muniment.suggestions.models import Mute, State, TrainedModel, Training
from muniment.suggestions.scoring import Found
from support import learning
from support.charts import client_of
from support.coding import CodedStay, install_codes
from support.house import system_actor

pytestmark = [pytest.mark.django_db, pytest.mark.rules("coding.")]
PAGE = "/suggestions/"


@pytest.fixture
def coded(house):
    """Six stays with a final coding and a text each."""
    install_codes()
    for number in range(6):
        stay = CodedStay(house, f"{number}").discharged()
        stay.note("There is a weak pump again. Seen by Stone.")
        stay.finalised(house, "I50.9")
    return house


def body(client, address=PAGE):
    answer = client.get(address)
    assert answer.status_code == 200
    return " ".join(answer.content.decode().split())


def test_the_page_costs_as_many_queries_with_models_as_it_needs(house, django_assert_max_num_queries):
    """Who asks (3), the training and its stays (2), who speaks, the models, the choices, two counts of decisions."""
    install_codes()
    for _ in range(3):
        learning.trained(house)
    client = client_of(house, "administrator")
    body(client)
    with django_assert_max_num_queries(12):
        assert "Model 3 by first letter of the code" in body(client)


def test_by_night_a_training_begins_only_where_it_is_worth_it(coded):
    jobs.look(timestamp=0)
    assert not Training.objects.exists(), "six stays are too few"
    with patch.object(actions, "LEAST_STAYS", 6):
        jobs.look(timestamp=0)
    assert Training.objects.get().started_by


def test_without_a_model_the_page_says_what_there_would_be(house):
    page = body(client_of(house, "administrator"))
    assert "The terminology alone speaks to every coder" in page
    assert "No model has been trained" in page
    assert "0 stays of the last two years have a final coding" in page
    assert "Train a model now" not in page
    with pytest.raises(Refused, match="Only 0 stays"):
        actions.start_training(actor=house.actor("administrator"), today=clock.today())


def test_a_job_learns_from_final_codings_and_keeps_what_it_learned(coded):
    with patch.object(actions, "LEAST_STAYS", 6):
        assert actions.worth_training(clock.today())
        client = client_of(coded, "administrator")
        assert client.post(f"{PAGE}train/").status_code == 302
        run = queries.last_training()
        assert "A training runs" in body(client)
        assert actions.start_training(actor=coded.actor("administrator"), today=clock.today()) == run, "it is not begun twice"
    assert ProcrastinateJob.objects.filter(task_name=jobs.TRAIN).count() == 1
    with patch.object(jobs, "Settings", lambda: learning.Settings(held_out=50, rounds=3)):
        jobs.train_model(training_id=str(run.id))
    model = queries.trained().get()
    assert (Training.objects.get().state, model.number, model.stays + model.unseen) == (State.DONE, 1, 6)
    assert queries.speaks() == 0, "nothing speaks before somebody chooses it"
    assert not actions.worth_training(clock.today()), "there is no more to learn from than before"
    assert verify().sound


def test_examples_are_finally_coded_stays_with_text_and_names_are_known(coded):
    found = list(codings.examples(system_actor(), clock.today() - actions.WINDOW, clock.today()))
    assert [one.codes for one in found] == [frozenset({"I509"})] * 6
    assert {text for one in found for text in one.texts.values()} == {"There is a weak pump again. Seen by Stone."}
    assert {"alba", "ada"} <= codings.names()


def test_a_training_without_texts_ends_with_its_reason(house):
    install_codes()
    CodedStay(house).discharged().finalised(house, "I50.9")
    with patch.object(actions, "LEAST_STAYS", 1):
        run = actions.start_training(actor=house.actor("administrator"), today=clock.today())
    jobs.train_model(training_id=str(run.id))
    assert queries.last_training().state == State.NOTHING
    assert "No finally coded stay of the window has a document with text" in body(client_of(house, "administrator"))
    assert not TrainedModel.objects.exists()


def test_a_chosen_model_reads_the_charts_and_is_chosen_back_with_one_click(house):
    install_codes()
    stay = CodedStay(house).discharged()
    stay.note("There is a weak pump again.")
    row = Encounter.objects.select_related("facility").get(id=stay.encounter_id)
    assert "I509" not in {one.code for one in charts.read_now(system_actor(), row).found}
    model = learning.trained(house)
    charts.model_of.cache_clear()
    assert charts.read(system_actor(), row) is None, "the chart is read anew by who speaks now"
    read = charts.read_now(system_actor(), row)
    assert read.model == model.number
    assert "I509" in {one.code for one in read.found if one.score > 0.5}
    coder, administrator = client_of(house, "coder"), client_of(house, "administrator")
    assert "Model 1 speaks, trained on" in body(coder, f"/coding/{stay.encounter_id}/suggestions/")
    page = body(administrator)
    assert "Model 1 speaks to every coder" in page
    assert "The terminology alone</th>" in page
    assert administrator.post(f"{PAGE}choose/", {"number": "0"}).status_code == 302
    assert queries.speaks() == 0
    assert charts.read(system_actor(), row).model == 0, "what the terminology said is still known"
    assert "Let model 1 speak" in body(administrator)
    assert verify().sound


@pytest.mark.parametrize("number", ["", "x", "²", "-1", "7", "9999999999"])
def test_a_model_that_is_not_there_can_not_be_chosen(house, number):
    assert client_of(house, "administrator").post(f"{PAGE}choose/", {"number": number}).status_code in (403, 404, 422)
    assert queries.speaks() == 0


def test_only_who_answers_for_the_rules_trains_and_chooses(house):
    for role in ("coder", "technician", "clinician"):
        with pytest.raises(Refused):
            actions.choose(actor=house.actor(role), number=0)
        with pytest.raises(Refused):
            actions.start_training(actor=house.actor(role), today=clock.today())
        assert client_of(house, role).post(f"{PAGE}choose/", {"number": "0"}).status_code == 403


def test_what_a_coder_mutes_is_silent_for_them_alone_until_they_hear_it_again(house):
    install_codes()
    stay = CodedStay(house).discharged()
    stay.note("Hypertension is known.")
    row = Encounter.objects.select_related("facility").get(id=stay.encounter_id)
    charts.read_now(system_actor(), row)
    coder, address = client_of(house, "coder"), f"/coding/{stay.encounter_id}/suggestions/"
    assert ">I10<" in body(coder, address)
    answer = coder.post(f"{address}decide/", {"code": "I10", "verdict": "mute"}, HTTP_HX_REQUEST="true")
    assert ">I10<" not in answer.content.decode()
    assert ">I10<" not in body(coder, address)
    assert "1 muted by you" in body(coder, address)
    assert queries.muted(house.actor("administrator")) == []
    actions.mute(actor=house.actor("coder"), code="I10", words="Hypertension", muted=True)
    assert Mute.objects.count() == 1, "it is muted already"
    assert "hypertension" in body(coder, f"{PAGE}muted/")
    coder.post(f"{PAGE}muted/unmute/", {"code": "I10", "words": "hypertension"})
    assert "You have muted nothing" in body(coder, f"{PAGE}muted/")
    assert ">I10<" in body(coder, address)


def test_what_was_taken_and_refused_is_counted_by_section_and_probability(house):
    install_codes()
    stay = CodedStay(house).discharged()
    row = Encounter.objects.select_related("facility").get(id=stay.encounter_id)
    coder = house.actor("coder")
    for percent, section, taken in (
        (95, "assessment", True),
        (91, "assessment", False),
        (60, "", True),
        (60, "assessment", True),
    ):
        actions.decide(
            actor=coder, stay=row, found=Found("I10", 0.5, (), "hypertension", section), percent=percent, model=0, taken=taken,
            reason="" if taken else "it is not coded in this stay",
        )  # fmt: skip
    assert [(one.name, one.taken, one.refused, one.precision) for one in queries.by_band(coder)] == [
        ("90 to 100 %", 1, 1, "50 %"), ("50 to 74 %", 2, 0, "100 %"),
    ]  # fmt: skip
    assert [(one.name, one.taken, one.refused) for one in queries.by_section(coder)] == [
        ("assessment", 2, 1),
        ("no heading", 1, 0),
    ]
    page = body(client_of(house, "administrator"))
    assert "assessment</th>" in page
    assert "90 to 100 %" in page
