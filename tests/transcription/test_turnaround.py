"""From messages of a transcription system to figures, each with the list behind it."""

from __future__ import annotations

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from muniment.audit.verify import verify
from muniment.core import clock
from muniment.record import actions as record
from muniment.record.models import Entry
from muniment.record.rules import Meaning
from muniment.rulebook.queries import at as rules_on
from muniment.transcription import actions, queries
from muniment.transcription.models import DictatedDocument, KeptMonth, Pending
from muniment.transcription.rules import Group, Month, Step, months
from support.delinquency import at
from support.dictation import REED, DictationFeed, follow
from support.house import system_actor
from support.queries import EVENT, GOODBYE, SIGNED_IN, asked
from support.stays import adopt_rules
from support.web import client_of

ZONE = ZoneInfo("America/New_York")
MARCH = Month(date(2026, 3, 1), ZONE)
PROGRESS = "11506-3^Progress note"


@pytest.fixture
def feed(house):
    adopt_rules(house, "transcription.")
    made = DictationFeed(house)
    made.house = house
    return made


def figures(feed, step=Step.WHOLE, month=MARCH, hours=96):
    return queries.by_month([feed.house.hospital.id], step, [month], hours).get(month.key)


def groups(feed, group, step=Step.WHOLE):
    found = queries.by_group([feed.house.hospital.id], step, group, MARCH, 96)
    return {one.key: (one.counted, one.within, one.median) for one in found}


def three(feed):
    """Turnarounds of 10, 30 and 120 hours from dictation to authentication."""
    feed.document("D1", dictated="20260305080000", transcribed="20260305120000", signed="20260305180000")
    feed.document("D2", dictated="20260305080000", transcribed="20260306080000", signed="20260306140000", by=REED)
    feed.document(
        "D3", dictated="20260305080000", transcribed="20260308090000", signed="20260310090000", code=PROGRESS, system="OUT"
    )
    follow()


def test_each_step_has_its_turnaround(feed):
    three(feed)
    whole = figures(feed)
    assert (whole.counted, whole.excluded, whole.median, whole.within) == (3, 0, 30.0, 2)
    assert whole.ninetieth == pytest.approx(102 - 0.2, abs=0.3)  # 30 + 0.8 × 89 (the clock moved forward an hour on the 8th)
    assert (figures(feed, Step.TRANSCRIPTION, hours=24).within, figures(feed, Step.AUTHENTICATION, hours=72).within) == (2, 3)
    assert whole.share == pytest.approx(66.7, abs=0.1)


def test_figures_are_broken_down_by_what_whom_and_where(feed):
    three(feed)
    assert groups(feed, Group.DOCUMENT) == {"18842-5": (2, 2, 20.0), "11506-3": (1, 0, 120.0)}
    assert groups(feed, Group.SERVICE) == {"MED": (3, 2, 30.0)}
    assert groups(feed, Group.SOURCE) == {"TRX": (2, 2, 20.0), "OUT": (1, 0, 120.0)}
    assert sorted(one[0] for one in groups(feed, Group.AUTHOR).values()) == [1, 2]


def test_a_later_message_need_not_repeat_what_is_known(feed):
    feed.document("D1", dictated="20260305080000", transcribed="20260305120000")
    feed.document("D1", dictated="20260305080000", transcribed="20260309120000", signed="20260309120000", trigger="T08")
    follow()
    row = DictatedDocument.objects.get()
    assert [one.isoformat() for one in (row.dictated_at, row.transcribed_at, row.authenticated_at)] == [
        "2026-03-05T13:00:00+00:00", "2026-03-05T17:00:00+00:00", "2026-03-09T16:00:00+00:00",
    ]  # fmt: skip


def test_a_document_its_source_files_to_another_stay_goes_along(feed):
    """And what is noted of others is followed all the same: a document that can't be kept would hold them back for ever."""
    feed.document("D1", dictated="20260305080000", transcribed="20260305120000", signed="20260305180000")
    follow()
    before = DictatedDocument.objects.get()
    feed.document(
        "D1", dictated="20260305080000", transcribed="20260305120000", signed="20260305180000", trigger="T08", visit="V2"
    )
    feed.document("D2", dictated="20260305080000", transcribed="20260305120000", signed="20260305180000", visit="V2")
    assert follow() == 1
    after = DictatedDocument.objects.get(id=before.id)
    assert after.encounter_id != before.encounter_id
    assert figures(feed).counted == 2
    assert not Pending.objects.exists()


def test_the_last_moment_of_a_month_is_the_next_months_first_for_nobody(feed):
    """Midnight in New York belongs to April alone."""
    feed.document("D1", dictated="20260331080000", transcribed="20260331120000", signed="20260401000000")
    follow()
    assert figures(feed).counted == 0
    assert figures(feed, month=MARCH.back(-1)).counted == 1


def test_what_is_signed_here_counts_from_its_signature(feed):
    feed.document("D1", dictated="20260305080000", transcribed="20260305120000")
    follow()
    entry = Entry.objects.get(category="document")
    with at(3, 6, 8):
        record.sign(
            actor=feed.house.actor("clinician"), patient_id=entry.patient_id, entry_id=entry.entry_id, number=1, meaning=Meaning.AUTHOR,
            printed_name="Ada Stone", credential="MD", zone="America/New_York", practitioner_id=feed.stone.id,
        )  # fmt: skip
    assert follow() == 1
    assert figures(feed).median == 24.0
    assert verify().sound


def test_what_is_not_known_or_runs_backwards_is_left_out_and_counted(feed):
    feed.document("D1", transcribed="20260305120000", signed="20260306120000")
    feed.document("D2", dictated="20260307080000", transcribed="20260305120000", signed="20260306120000")
    follow()
    assert (figures(feed).counted, figures(feed).excluded, figures(feed).median) == (0, 2, None)
    assert queries.excluded([feed.house.hospital.id], Step.WHOLE, MARCH).count() == 2


def test_a_day_without_a_time_is_no_moment(feed):
    feed.document("D1", dictated="20260305", transcribed="20260305120000", signed="20260306120000")
    follow()
    assert DictatedDocument.objects.get().dictated_at is None


def test_what_is_retracted_is_gone(feed):
    three(feed)
    feed.retract("D1")
    follow()
    assert figures(feed).counted == 2
    assert not Pending.objects.exists()


def test_what_waits_is_counted_by_its_age_as_it_was_then(feed):
    feed.document("D1", dictated="20260305080000")  # a notice: dictated, nothing typed yet
    feed.document("D2", dictated="20260305080000", transcribed="20260306080000")
    feed.document("D3", dictated="20260305080000", transcribed="20260306080000", signed="20260310080000")
    follow()
    here = [feed.house.hospital.id]

    def waits(step, day, hour=13):
        moment = datetime(2026, 3, day, hour, tzinfo=UTC)
        counted = queries.ages(here, step, moment)
        assert sum(counted) == queries.waiting(here, step, moment).count()
        return counted

    assert waits(Step.TRANSCRIPTION, 5) == [3, 0, 0, 0, 0]
    assert waits(Step.TRANSCRIPTION, 6, 14) == [0, 1, 0, 0, 0]
    assert waits(Step.AUTHENTICATION, 7) == [0, 2, 0, 0, 0]
    assert waits(Step.AUTHENTICATION, 11) == [0, 0, 1, 0, 0]
    assert waits(Step.TRANSCRIPTION, 4) == [0, 0, 0, 0, 0]


def trend(feed, step=Step.WHOLE):
    return queries.by_month([feed.house.hospital.id, feed.house.clinic.id], step, [*months(date(2026, 4, 2), ZONE)], 96)


def keep():
    with at(4, 2):
        return actions.keep(actor=system_actor())


def kept(month="2026-03-01"):
    return KeptMonth.objects.filter(month=month, step=Step.WHOLE).count()


@pytest.mark.parametrize("step", Step)
def test_months_that_are_over_are_kept_as_they_are_counted(feed, step):
    three(feed)
    feed.document("D4", transcribed="20260305120000", signed="20260306120000")
    follow()
    counted = trend(feed, step)
    assert keep() == 12 * 2 * len(Step)  # of two facilities on one clock
    assert keep() == 0
    with CaptureQueriesContext(connection) as seen:
        assert trend(feed, step) == counted
    assert "date_part" not in seen[0]["sql"]
    assert counted["2026-03"].counted > 0
    assert f"{datetime(2026, 4, 1, tzinfo=ZONE)}" in seen[1]["sql"]  # only this month is counted
    assert verify().sound


def test_what_is_told_late_of_a_month_is_counted_anew(feed):
    three(feed)
    keep()
    assert kept() == 2
    feed.document("D5", dictated="20260305080000", transcribed="20260305090000", signed="20260306080000")
    follow()
    assert kept() == 1  # the hospital's is gone; the clinic's, and other months, stand
    assert kept("2026-02-01") == 2
    assert trend(feed)["2026-03"].counted == 4
    assert keep() == len(Step)
    assert (kept(), trend(feed)["2026-03"].counted) == (2, 4)
    feed.retract("D5")
    follow()
    assert trend(feed)["2026-03"].counted == 3


def test_what_changes_no_time_leaves_the_month_kept(feed):
    three(feed)
    keep()
    feed.document("D1", dictated="20260305080000", transcribed="20260305120000", signed="20260305180000", code=PROGRESS)
    assert follow() == 1
    assert kept() == 2


def test_a_year_later_old_months_are_gone(feed):
    three(feed)
    keep()
    clock_token = clock._moment.set(datetime(2027, 4, 2, 12, tzinfo=ZONE).astimezone(UTC))
    try:
        actions.keep(actor=system_actor())
    finally:
        clock._moment.reset(clock_token)
    assert kept() == 0
    assert KeptMonth.objects.count() == 12 * 2 * len(Step)


def test_looking_twice_changes_nothing(feed):
    three(feed)
    before = list(DictatedDocument.objects.order_by("id").values())
    feed.document("D1", dictated="20260305080000", transcribed="20260305120000", signed="20260305180000")
    follow()
    assert list(DictatedDocument.objects.order_by("id").values()) == before


def page(feed, name="figures", role="administrator", **query):
    with at(4, 2):
        return client_of(feed.house.users[role]).get(reverse(f"transcription-{name}"), {"month": "2026-03", **query})


def test_the_board_shows_figures_with_their_lists(feed):
    three(feed)
    shown = page(feed).content.decode()
    for words in (
        "Within 96 hours",
        "66.7 %",
        "30.0",
        "Discharge summary",
        "Ada Stone, MD",
        "Rosa Reed, MD",
        "OUT",
        "Mar 2026",
    ):
        assert words in shown
    listed = page(feed, "documents", step="whole", by="source", key="OUT").content.decode()
    assert "120.0" in listed
    assert listed.count("<tbody><tr>") == 1
    assert "ROWE" in listed


def test_each_list_has_as_many_rows_as_its_figure_says(feed):
    three(feed)
    feed.document("D4", transcribed="20260305120000", signed="20260306120000")
    feed.document("D5", dictated="20260305080000")
    follow()
    for query, rows in (
        ({}, 3),
        ({"show": "excluded"}, 1),
        ({"step": "transcription", "show": "waiting"}, 1),
        ({"by": "document", "key": "11506-3"}, 1),
        ({"by": "author", "key": "none"}, 0),
        ({"by": "author", "key": "x"}, 0),
    ):
        shown = page(feed, "documents", **{"step": "whole"} | query).content.decode()
        assert shown.count('<th scope="row">') == rows, query


@pytest.mark.parametrize(("role", "status"), [("administrator", 200), ("auditor", 200), ("coder", 403), ("clinician", 403)])
def test_the_access_table_decides(feed, role, status):
    assert (page(feed, role=role).status_code, page(feed, "documents", role=role).status_code) == (status, status)


def test_without_a_rule_nothing_is_called_in_time(house):
    feed = DictationFeed(house)
    feed.house = house
    three(feed)
    assert "No rule says how long a step may take." in page(feed).content.decode()


def test_what_an_address_may_say_wrongly_is_left_out(feed):
    assert page(feed, month="1999-99", step="sideways", facility="x").status_code == 200
    assert page(feed, "documents", by="colour", key="red", show="all", at="??").status_code == 200


TIMES, KEPT = "SELECT transcription_document", "SELECT transcription_month"
BUDGETS = {
    # the facilities, the rule of the month's end, the months that are kept, this one, by document with their names, by service, by author with their names, by
    # system, what waits for each of two steps
    "figures": ["SELECT accounts_facility", "SELECT rulebook_version", KEPT, TIMES, *[TIMES] * 4, "SELECT accounts_practitioner", TIMES, *[TIMES] * 2],
    # the facilities, the page, the patients by number and name, the total
    "documents": ["SELECT accounts_facility", TIMES, "SELECT accounts_facility", "SELECT identity_identifier", "SELECT identity_patient", TIMES],
}  # fmt: skip


@pytest.mark.parametrize("name", BUDGETS)
def test_what_a_screen_costs(feed, name):
    three(feed)
    client = client_of(feed.house.users["administrator"])
    with at(4, 2):
        client.get(reverse("ui-gallery"))
        rules_on(date(2026, 3, 31))  # read once for each edition of the book
        seen = asked(lambda: client.get(reverse(f"transcription-{name}"), {"month": "2026-03"}))
    event = EVENT if name == "documents" else []
    assert seen == [*SIGNED_IN, *BUDGETS[name], *event, *GOODBYE]
