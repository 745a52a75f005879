"""Official files become releases: which belong together, what is borrowed and says so, and how a later file revises what is there."""

from datetime import date
from pathlib import Path

import pytest
from click.testing import CliRunner

from muniment.audit.models import LifecycleEvent
from muniment.cli.terminology import command
from muniment.kernel.errors import Problem, Unreadable
from muniment.terminology import changes, queries
from muniment.terminology.actions import install_release
from muniment.terminology.composing import BORROWED, compose
from muniment.terminology.models import CodeSystemRelease, Concept
from muniment.terminology.official import Kind, Recognised, find
from muniment.terminology.rules import System
from muniment.terminology.sources import ConceptRow, ReleaseSource
from support import official
from support.corpora import corpus
from support.house import system_actor
from support.terminology import some_of

TABULAR = official.recognised("tabular.xml", official.TABULAR.format(year=2026))
ORDER = official.recognised("icd10cm-order-2026.txt", official.CM_ORDER)
EXEMPT = official.recognised("POAexemptCodesFY26.txt", official.EXEMPT)


def one_release(*files: Recognised) -> tuple[ReleaseSource, dict[str, ConceptRow]]:
    made, left = compose(files)
    source = made[0]
    assert not left
    return source, {row.code: row for row in source.rows()}


def test_list_structure_and_exempt_codes_of_a_year_are_one_release() -> None:
    source, rows = one_release(ORDER, EXEMPT, TABULAR)
    assert (source.version, source.effective_from, source.effective_to) == ("2026", date(2025, 10, 1), date(2026, 9, 30))
    assert all(one.mark in source.source for one in (ORDER, EXEMPT, TABULAR))
    assert {code for code, row in rows.items() if row.billable} == {"I5020", "I5021", "I5022", "I5023", "I509", "I5099"}
    assert rows["I509"].ancestors == ("9", "I30-I5A", "I50")
    assert rows["I509"].attributes["poa_exempt"]
    assert not rows["I5020"].attributes["poa_exempt"]
    assert "poa_exempt" not in rows["I502"].attributes, "a heading has no indicator"
    assert rows["I50"].notes["code_first"] == ["what it is due to"]
    assert "notes_from" not in rows["I50"].attributes, "the notes are its own"


def test_a_code_the_structure_lacks_stands_below_its_longest_heading() -> None:
    _, rows = one_release(ORDER, TABULAR)
    assert rows["I5099"].ancestors == ("9", "I30-I5A", "I50", "I509")
    _, rows = one_release(official.recognised("codes FY26.txt", "I3511   New valve disorder\nZ9999   Far from all\n"), TABULAR)
    assert rows["I3511"].ancestors == ("9", "I30-I5A")
    assert rows["Z9999"].ancestors == ()


def test_without_a_tabular_list_the_notes_are_borrowed_and_say_whose_they_are() -> None:
    source, rows = one_release(ORDER)
    assert BORROWED in source.source
    assert rows["I50"].notes
    assert rows["I50"].attributes["notes_from"] == BORROWED
    assert "K529" not in rows, "a code that the list does not have"


def test_exempt_codes_alone_join_the_release_that_comes_with_the_packages_of_their_year() -> None:
    source, rows = one_release(EXEMPT)
    assert (source.version, source.effective_from) == ("2026-04", date(2026, 4, 1))
    assert rows["I509"].attributes["poa_exempt"]
    older = official.recognised("POAexemptCodesFY25.txt", official.EXEMPT)
    made, left = compose([older])
    assert (made, left[0].reason) == ([], "no list of codes of its fiscal year was named with it")


def test_an_april_release_takes_over_and_has_the_exempt_codes_of_its_year() -> None:
    april = official.recognised("icd10cm-order-April-2026.txt", official.CM_ORDER)
    made, _ = compose([ORDER, EXEMPT])
    assert [one.version for one in made] == ["2026", "2026-04"], "the April list of the packages joins in"
    made, _ = compose([ORDER, EXEMPT, april])
    assert [(one.version, one.effective_from) for one in made] == [("2026", date(2025, 10, 1)), ("2026-04", date(2026, 4, 1))]
    assert all("POAexempt" in one.source for one in made)


def test_a_file_without_a_year_asks_for_it_and_takes_what_is_said() -> None:
    nameless = official.recognised("list.txt", official.CM_ORDER)
    made, left = compose([nameless])
    assert (made, "--from" in left[0].reason) == ([], True)
    (source,), _ = compose([nameless], date(2026, 1, 15))
    assert (source.version, source.title) == ("2026-01-15", "ICD-10-CM, in force from 15 January 2026")


def test_two_files_of_one_kind_are_not_mixed() -> None:
    _, left = compose([ORDER, official.recognised("icd10cm_order_2026.txt", official.CM_ORDER)])
    assert "is taken from icd10cm-order-2026.txt" in left[0].reason


def test_weights_join_every_grouper_version_of_their_year() -> None:
    made, _ = compose([official.recognised("table.txt", official.TABLE_5)])
    assert [one.version for one in made] == ["43.0", "43.1"]
    rows = {row.code: row for row in made[0].rows()}
    assert rows["291"].attributes["weight"] == "1.2000"
    assert rows["292"].attributes.get("weight") is None, "a weight the table does not have is not made up"


def test_a_damaged_tabular_list_is_told_by_its_name() -> None:
    broken = official.recognised("tabular.xml", official.TABULAR.format(year=2026)[:-40])
    (source,), _ = compose([broken])
    with pytest.raises(Unreadable, match="breaks off") as told:
        list(source.rows())
    assert told.value.where == "tabular.xml"
    entities = '<?xml version="1.0"?><!DOCTYPE a [<!ENTITY e SYSTEM "file:///etc/passwd">]><ICD10CM.tabular><version>2026</version><chapter><name>9</name><desc>&e;</desc></chapter></ICD10CM.tabular>'
    (source,), _ = compose([official.recognised("tabular.xml", entities)])
    assert "root:" not in "".join(row.display for row in source.rows())


@pytest.mark.django_db
def test_the_command_installs_once_revises_with_new_files_and_tells_what_it_left(tmp_path: Path) -> None:
    (tmp_path / "icd10cm-order-2024.txt").write_text(official.CM_ORDER)
    (tmp_path / "tabular.xml").write_text(official.TABULAR.format(year=2024))
    (tmp_path / "guide.pdf").write_text("%PDF-1.7")
    said = CliRunner().invoke(command, ["install", str(tmp_path)], catch_exceptions=False)
    assert "ICD-10-CM, fiscal year 2024: 10 concepts, in force from 2023-10-01 to 2024-09-30" in said.output
    assert "not used: guide.pdf: a document for people" in said.output
    again = CliRunner().invoke(command, ["install", str(tmp_path)], catch_exceptions=False)
    assert again.output == said.output
    assert LifecycleEvent.objects.filter(name="terminology.install").count() == 1
    first = CodeSystemRelease.objects.get()

    (tmp_path / "POAexemptCodesFY24.txt").write_text(official.EXEMPT)
    CliRunner().invoke(command, ["install", str(tmp_path)], catch_exceptions=False)
    assert queries.lookup(System.ICD10CM, "I50.9", date(2026, 5, 5)).attributes["poa_exempt"], (
        "the packages' April list joins in"
    )
    revised = queries.release_on(System.ICD10CM, date(2024, 1, 5)).release
    assert (revised.version, revised.title) == ("2024.2", "ICD-10-CM, fiscal year 2024, revision 2")
    assert queries.lookup(System.ICD10CM, "I50.9", date(2024, 1, 5)).attributes["poa_exempt"]
    assert "poa_exempt" not in Concept.objects.get(release=first, code="I509").attributes, "what was chosen from stays"
    CliRunner().invoke(command, ["install", str(tmp_path)], catch_exceptions=False)
    assert CodeSystemRelease.objects.count() == 2


@pytest.mark.django_db
def test_what_can_not_be_read_leaves_nothing(tmp_path: Path) -> None:
    (tmp_path / "tabular.xml").write_text(official.TABULAR.format(year=2026)[:-40])
    with pytest.raises(Unreadable):
        CliRunner().invoke(command, ["install", str(tmp_path)], catch_exceptions=False)
    (tmp_path / "tabular.xml").write_text("nothing")
    with pytest.raises(Problem, match="None of these files is a release"):
        CliRunner().invoke(command, ["install", str(tmp_path)], catch_exceptions=False)
    assert not CodeSystemRelease.objects.exists()
    assert not Concept.objects.exists()


@pytest.mark.django_db
def test_a_difference_names_each_change_once() -> None:
    later = "\n".join([
        official.order_line(1, "I50", "Heart failure", billable=False),
        official.order_line(2, "I502", "Systolic heart failure, one code now"),
        official.order_line(3, "I509", "Heart failure, unspecified"),
        official.order_line(4, "I5099", "Heart failure of a new kind"),
        official.order_line(5, "I5100", "Another new one"),
    ]) + "\n"  # fmt: skip
    for name, text, year in (("icd10cm-order-2026.txt", official.CM_ORDER, 2026), ("icd10cm-order-2027.txt", later, 2027)):
        listed, structure = (
            official.recognised(name, text),
            official.recognised(f"{year}.xml", official.TABULAR.format(year=year)),
        )
        (source,), _ = compose([listed, structure])
        install_release(actor=system_actor(), source=source)
    before, after = changes.named("icd-10-cm|2026"), changes.named("icd-10-cm|2027")
    found = [(one.code, one.kind) for one in changes.between(before, after)]
    assert found == [
        ("I502", "new title"), ("I502", "became a code"), ("I5020", "deleted"), ("I5021", "deleted"), ("I5022", "deleted"),
        ("I5023", "deleted"), ("I5100", "added"),
    ]  # fmt: skip
    assert changes.between(before, before) == ()
    with pytest.raises(Problem, match=r"No release is called “icd-10-cm\|1999”"):
        changes.named("icd-10-cm|1999")
    said = CliRunner().invoke(command, ["diff", "icd-10-cm|2026", "icd-10-cm|2027", "--json"], catch_exceptions=False)
    assert '{"code": "I51.00", "change": "added", "before": null, "after": "Another new one"}' in said.output
    assert "1 new title, 1 became a code, 4 deleted, 1 added" in said.output


@pytest.fixture(scope="module")
def fiscal_year_2027() -> list[ReleaseSource]:
    used, _ = find([corpus("codesets/fy2027")])
    return compose(used)[0]


def test_the_lists_of_fiscal_year_2027_are_whole(fiscal_year_2027: list[ReleaseSource]) -> None:
    diagnoses, procedures = fiscal_year_2027
    assert (diagnoses.version, procedures.version) == ("2027", "2027")
    listed = [one for one in find([corpus("codesets/fy2027")])[0] if one.kind is Kind.PCS_CODES]
    assert len(listed) == 1
    rows = list(diagnoses.rows())
    assert sum(row.billable for row in rows) == 74_879
    assert not [row.code for row in rows if row.kind == "code" and len(row.code) > 3 and not row.ancestors]
    assert sum(row.billable for row in procedures.rows()) == 79_256


@pytest.mark.django_db
def test_a_stay_of_november_2026_is_coded_by_fiscal_year_2027(fiscal_year_2027: list[ReleaseSource]) -> None:
    whole = fiscal_year_2027[0]
    some = tuple(some_of(whole.rows(), "I50", "E11"))
    install_release(
        actor=system_actor(),
        source=ReleaseSource(
            whole.system, whole.version, whole.title, whole.effective_from, whole.effective_to, whole.source, lambda: iter(some)
        ),
    )
    found = queries.lookup(System.ICD10CM, "I50.23", date(2026, 11, 15))
    assert (found.valid, found.governing.sentence) == (True, "ICD-10-CM, fiscal year 2027")
    assert found.attributes.get("notes_from", BORROWED) == BORROWED
