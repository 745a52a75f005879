"""The alphabetic index in the workspace: what its pages show, where each line leads, what it adds, and how many queries it takes."""

from __future__ import annotations

import pytest

from muniment.coding.drafting import Draft, carry_out
from muniment.coding.models import Abstract, AbstractCode
from muniment.kernel.errors import Problem
from support import official
from support.charts import client_of
from support.coding import CodedStay, adopt_coding_rules, install_codes
from support.house import system_actor
from support.terminology import install_publications

pytestmark = pytest.mark.django_db
HTMX = {"HTTP_HX_REQUEST": "true"}


@pytest.fixture
def stay(house):
    install_codes()
    adopt_coding_rules(house)
    return CodedStay(house).discharged()


@pytest.fixture
def books(stay):
    install_publications(
        system_actor(),
        official.recognised("ICD10CM_2026_Index.csv", official.INDEX_CSV),
        official.recognised("n.xml", official.NEOPLASMS),
    )


@pytest.fixture
def client(house):
    return client_of(house, "coder")


def get(client, stay, tail, **asked):
    return client.get(f"/coding/{stay.encounter_id}/{tail}", asked, **HTMX)


def body(client, stay, tail, **asked):
    return get(client, stay, tail, **asked).content.decode()


def test_without_an_index_nothing_of_it_is_shown(client, stay):
    assert "find-index" not in body(client, stay, "")
    assert "data-named" not in body(client, stay, "search/diagnosis/", q="heart failure")
    assert "not in an installed index" in body(client, stay, "index/icd-10-cm-index/", at="1")


def test_the_workspace_names_the_releases_that_answer(client, stay, books):
    page = body(client, stay, "")
    assert "find-index" in page
    assert "ICD-10-CM Index to Diseases and Injuries, fiscal year 2026" in page
    assert "2 publications" in page


def test_a_term_is_found_and_opens_its_page_with_the_cursor_on_it(client, stay, books):
    found = body(client, stay, "index/", q="acute on chronic")
    assert "Failure, heart, systolic, acute on chronic" in found
    assert "index/icd-10-cm-index/?at=4" in found
    page = body(client, stay, "index/icd-10-cm-index/", at="4")
    landed = page[page.index("data-here") :]
    assert landed.startswith('data-here data-do="add:diagnosis:I5023"')
    assert "No term of the installed indexes answers" in body(client, stay, "index/", q="xyzzy")


def test_each_line_has_the_way_its_code_allows(client, stay, books):
    page = body(client, stay, "index/icd-10-cm-index/", at="1")
    assert 'data-do="add:diagnosis:I509"' in page
    assert "guide/diagnosis/?at=I502" in page, "a heading ends at the guided path"
    assert "not in the release of the stay" in page
    assert 'data-do="add:diagnosis:I502"' not in page
    assert 'data-do="add:diagnosis:I9999"' not in page
    assert "?see=category%20I50" in page


def test_see_is_followed_and_says_when_it_is_only_near(client, stay, books):
    assert "heart" in body(client, stay, "index/icd-10-cm-index/", see="Failure, heart")
    near = body(client, stay, "index/icd-10-cm-index/", see="Failure, heart, of the moon")
    assert "is not a term of ICD-10-CM Index to Diseases and Injuries, fiscal year 2026. This is as near as it has." in near
    assert "I50.2" in body(client, stay, "index/icd-10-cm-index/", see="category I50"), "the guided path at the category"
    assert "names no term" in body(client, stay, "index/icd-10-cm-index/", see="condition")
    assert "look under its name" in body(client, stay, "index/icd-10-cm-index/", at="7")


def test_a_table_is_a_grid_with_a_way_in_each_cell(client, stay, books):
    page = body(client, stay, "index/icd-10-cm-neoplasms/", at="2")
    assert page.index("Malignant Primary") < page.index("Benign")
    assert 'data-do="add:diagnosis:I10"' in page
    assert "guide/diagnosis/?at=I502" in page
    assert "none" in page


def test_a_code_that_was_found_leads_to_its_place_and_an_unknown_book_is_refused(client, stay, books):
    assert "index/naming/I5023/" in body(client, stay, "search/diagnosis/", q="I50.23")
    assert 'data-here data-do="add:diagnosis:I5023"' in body(client, stay, "index/naming/I5023/")
    assert "No index that is installed names J960" in body(client, stay, "index/naming/J960/")
    assert get(client, stay, "index/icd-10-pcs/", at="1").status_code == 403


def test_a_page_of_the_book_takes_so_many_queries(client, stay, books, django_assert_max_num_queries):
    get(client, stay, "index/icd-10-cm-index/", at="4")
    with django_assert_max_num_queries(22):
        get(client, stay, "index/icd-10-cm-index/", at="4")


def test_a_guided_step_takes_so_many_queries(client, stay, django_assert_max_num_queries):
    get(client, stay, "guide/diagnosis/", at="I50")
    with django_assert_max_num_queries(22):
        get(client, stay, "guide/diagnosis/", at="I50")


def test_a_manifestation_is_added_behind_its_cause():
    both = carry_out(Draft(), "pair:E119:I509")
    assert [one.code for one in both.codes] == ["E119", "I509"]
    assert [one.code for one in carry_out(carry_out(Draft(), "add:diagnosis:E119"), "pair:E119:I509").codes] == ["E119", "I509"]
    with pytest.raises(Problem, match=r"I50\.9 is there already"):
        carry_out(both, "pair:E119:I509")
    with pytest.raises(Problem):
        carry_out(Draft(), "pair:E119")


def test_a_pair_is_offered_where_both_can_be_used_and_saved_in_order(client, stay):
    install_publications(system_actor(), official.recognised("index-2026.xml", official.INDEX.format(year=2026)))
    client.get(f"/coding/{stay.encounter_id}/")
    page = body(client, stay, "index/icd-10-cm-index/", at="3")
    assert 'data-do="pair:E119:I509"' in page
    assert "E11.9 [I50.9]" in page
    assert "pair:E119:I502" not in page, "the manifestation is a heading"
    client.post(
        f"/coding/{stay.encounter_id}/save/",
        {"revision": Abstract.objects.get().revision, "disposition": "01", "do": "pair:E119:I509"}, **HTMX,
    )  # fmt: skip
    assert list(AbstractCode.objects.order_by("sequence").values_list("code", flat=True)) == ["E119", "I509"]
