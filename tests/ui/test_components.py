"""The components render what they are given, and the gallery shows all of them."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path

import allauth
import pytest
from django.template import Context, Template
from django.template.loader import get_template
from django.test import Client

import muniment.ui
from muniment.kernel.errors import Unfileable
from muniment.ui import samples
from muniment.ui.gallery import SCREENS, SPECIMENS
from muniment.ui.shapes import Fact, Filter, Frame, Option, Patient, Place, Tone, Why
from muniment.ui.templatetags.ui import register

ROOT = Path(muniment.ui.__file__).parent
pytestmark = pytest.mark.usefixtures("plain_site")


def render(source: str, **context: object) -> str:
    return Template("{% load ui %}" + source).render(Context(context))


def test_every_component_is_in_the_gallery() -> None:
    sources = "".join(get_template(specimen.template).template.source for specimen in SPECIMENS)  # type: ignore[attr-defined]
    shown = set(re.findall(r"{%\s*(\w+)", sources)) | set(re.findall(r"\|(\w+)", sources))
    assert (set(register.tags) | set(register.filters)) - shown == set()


def test_every_specimen_is_listed() -> None:
    there = {path.stem for path in (ROOT / "templates" / "ui" / "gallery").glob("*.html")}
    assert there == {specimen.name for specimen in SPECIMENS}
    screens = {path.stem for path in (ROOT / "templates" / "ui" / "gallery" / "screens").glob("[!_]*.html")}
    assert screens == {screen.kind for screen in SCREENS}


def test_every_style_class_in_a_template_is_styled_or_used_by_a_script() -> None:
    styles = "".join(path.read_text() for path in (ROOT / "static" / "ui").glob("*.[cj]s*"))
    tags = re.compile(r'class="([^"]*)"')
    used: set[str] = set()
    for path in (ROOT / "templates").rglob("*.html"):
        for classes in tags.findall(re.sub(r"{%.*?%}|{{.*?}}", " ", path.read_text())):
            used |= set(classes.split())
    assert {name for name in used if f".{name}" not in styles} == set()


def test_gallery_answers_without_a_sign_in_or_a_database() -> None:
    page = Client().get("/ui/")
    assert page.status_code == 200
    for specimen in SPECIMENS:
        assert f'id="{specimen.name}"' in page.text


@pytest.mark.parametrize("screen", SCREENS, ids=lambda screen: screen.kind)
def test_each_kind_of_screen(screen: object) -> None:
    page = Client().get(f"/ui/{screen.kind}")  # type: ignore[attr-defined]
    assert page.status_code == 200
    assert page.text.count("<h1") == 1
    assert 'aria-current="page"' in page.text


def test_unknown_screen_is_not_found_in_plain_words() -> None:
    page = Client().get("/ui/palace")
    assert page.status_code == 404
    assert "There is nothing at this address" in page.text


def test_no_inline_script_style_or_handler() -> None:
    """The site's policy allows scripts and styles from itself only."""
    pages = [Client().get(f"/ui/{path}").text for path in ("", *(screen.kind for screen in SCREENS))]
    for page in pages:
        assert not re.search(r"<script(?![^>]*\bsrc=)|<style|\sstyle=|\son[a-z]+=\"", page.replace("&quot;", ""))


def test_banner_says_who_and_which_encounter() -> None:
    html = render("{% patient_banner patient %}", patient=samples.PATIENT)
    words = " ".join(re.sub(r"<[^>]+>", " ", html).split())
    for part in (
        "LINDQVIST , Maren Elise",
        "14 Mar 1943 (83 y)",
        "female",
        "MRN 0042213 Harbour General",
        "2026-01176",
        "Part 2",
    ):
        assert part in words


def test_banner_takes_the_gravest_flags_edge() -> None:
    assert samples.PATIENT.tone is Tone.LATE
    assert samples.QUIET.tone is Tone.PLAIN


def test_banner_escapes_names() -> None:
    patient = Patient(family="<b>", given="&", born="1950", age="75 y", sex="unknown", mrn="1", assigner="A")
    assert "<b>&lt;B&gt;</b>, &amp;" in render("{% patient_banner patient %}", patient=patient)


def test_comparison_says_so() -> None:
    assert "Comparing two patients: this is the right-hand record" in render("{% patient_banner p %}", p=samples.COMPARED)


def test_due_is_a_time_with_words() -> None:
    html = render("{% due on today %}", on=date(2026, 3, 14), today=date(2026, 3, 16))
    assert 'datetime="2026-03-14" title="14 Mar 2026"' in html
    assert "late 2 days" in html


def test_missing_fact_is_said() -> None:
    assert "not recorded" in render("{% facts items %}", items=[Fact(label="Fax", value="")])


def test_why_names_rule_citation_inputs_and_date() -> None:
    html = render("{% why answer %}", answer=samples.WHY)
    for part in ("24 hours after admission", "42 CFR 482.22(c)(5)", "3 Mar 2026, 22:40", "the rules of 3 Mar 2026"):
        assert part in html
    assert "Unverified" not in html


def test_unverified_rule_says_so_wherever_it_speaks() -> None:
    assert "Unverified" in render("{% why answer %}", answer=Why(rule="Anything.", verified=False))


def test_filter_reads_its_chosen_words() -> None:
    part = Filter(name="Whose", options=(Option("Mine", "?mine"), Option("Nobody’s", "?pool", True)))
    assert part.chosen == "Nobody’s"
    assert "Whose: </span>Nobody’s" in render("{% filters items 0 'charts' %}", items=[part])
    assert "<b>0</b> charts" in render("{% filters items 0 'charts' %}", items=[part])


def test_error_summary_follows_the_form_and_links_to_fields() -> None:
    html = render("{% form_errors form %}", form=samples.wrong_form())
    targets = re.findall(r'href="#([\w-]+)"', html)
    assert targets == ["id_wrong-reason", "id_wrong-on", "id_wrong-kind", "id_wrong-poa"]
    fields = render("{{ form }}", form=samples.wrong_form())
    assert all(f'id="{target}"' in fields for target in targets)


def test_a_field_in_error_names_its_sentence() -> None:
    html = render("{% field form.on %}", form=samples.wrong_form())
    described = re.search(r'aria-describedby="([^"]+)"', html)
    assert described
    assert all(f'id="{name}"' in html for name in described[1].split())
    assert 'aria-invalid="true"' in html


def test_untouched_form_has_no_summary() -> None:
    assert render("{% form_errors form %}", form=samples.SampleForm()).strip() == ""


def test_undo_carries_the_forgery_token() -> None:
    assert 'value="tok"' in render("{% toast 'Done.' '/undo' %}", csrf_token="tok")


def test_seven_places_are_too_many() -> None:
    with pytest.raises(ValueError, match="at most six"):
        Frame(places=[Place(label=str(number), url="#") for number in range(7)])


@pytest.mark.parametrize("name", ["400.html", "403.html", "403_csrf.html", "404.html", "500.html"])
def test_error_pages_need_no_context(name: str) -> None:
    """Django renders the page of a crash without one."""
    html = get_template(name).render()
    assert "Nothing" in html or "nothing" in html
    assert "data-failed" in html


def test_a_problem_says_what_where_and_what_to_do() -> None:
    problem = Unfileable("The message names no patient.", where="PID-3", remedy="Correct it in quarantine.")
    page = get_template("problem.html").render({"problem": problem, "status": 422})
    notice = get_template("problem_notice.html").render({"problem": problem})
    for said in (problem.what, problem.where, problem.remedy, "Nothing was changed."):
        assert said in page
        assert said in notice
    assert notice.startswith('<div class="notice late">')


def test_every_page_of_the_sign_in_library_takes_our_look() -> None:
    """Each element the library places on a page is one of ours."""
    theirs = Path(allauth.__file__).parent / "templates" / "allauth"
    for folder in ("elements", "layouts"):
        ours = {path.name for path in (ROOT / "templates" / "allauth" / folder).iterdir()}
        assert {path.name for path in (theirs / folder).iterdir()} - ours == set()
    for page in ("account/login.html", "mfa/index.html", "mfa/totp/activate_form.html"):
        assert "ui/tokens.css" in get_template(page).render({"form": samples.SampleForm(), "MFA_SUPPORTED_TYPES": []})
