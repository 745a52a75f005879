"""The documentation is complete, in step with the code, and leads nowhere that is not there."""

from __future__ import annotations

import ast
import html
import re
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any

import pytest

from muniment.cli import reference

ROOT = Path(__file__).resolve().parents[2]
LINK = re.compile(r"\[[^\]]*\]\(([^)\s]+)\)")
FENCED = re.compile(r"^```.*?^```", re.DOTALL | re.MULTILINE)
TUTORIAL = (ROOT / "docs" / "tutorial.md").read_text()


def tracked() -> list[Path]:
    """The files of the repository, new ones included, as git sees them; every file where git is not."""
    told = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    if told.returncode:
        return [path for path in ROOT.rglob("*") if path.is_file() and ".venv" not in path.parts]
    return [ROOT / name for name in told.stdout.splitlines() if (ROOT / name).is_file()]


FILES = tracked()
PAGES = [path for path in FILES if path.suffix == ".md"]


def named(path: Path) -> str:
    return str(path.relative_to(ROOT))


# The reference, written from the code


@pytest.mark.parametrize("name", reference.PAGES)
def test_the_reference_is_what_the_code_says(name: str) -> None:
    kept = (reference.DOCS / name).read_text()
    assert kept == reference.NOTE + reference.PAGES[name](), "run python -m muniment.cli.reference"


def test_every_setting_that_is_read_is_documented_and_no_other() -> None:
    assert reference.settings_read() == set(reference.SETTINGS)


def test_every_command_says_what_it_does() -> None:
    from muniment.cli.main import cli

    assert [words for words, command in reference._commands(cli, ("muniment",)) if not (command.help or "").strip()] == []


def test_every_queue_says_what_is_in_it_and_who_works_it() -> None:
    from muniment.config.furnish import queues

    assert [one["code"] for one in queues() if not (one["definition"] and one["pools"])] == []


def test_every_shipped_rule_is_cited() -> None:
    from muniment.config.furnish import shipped_rules

    assert [rule["code"] for rule in shipped_rules() if not (rule["citation"].strip() and rule["statement"].strip())] == []


def test_every_role_has_its_guide() -> None:
    from muniment.accounts.rules import Role

    guides = (ROOT / "docs" / "how-to" / "README.md").read_text()
    assert [role.label for role in Role if f"[{role.label}](" not in guides] == []


# The pages


def links(page: Path) -> list[str]:
    return LINK.findall(FENCED.sub("", page.read_text()))


def slug(heading: str) -> str:
    """A heading's anchor as forges make it."""
    return re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-")


def leads_somewhere(page: Path, link: str) -> bool:
    if re.match(r"[a-z]+:", link):
        return True
    path, _, anchor = link.partition("#")
    target = (page.parent / path).resolve() if path else page
    if not target.exists() or not target.is_relative_to(ROOT):
        return False
    return not anchor or anchor in [slug(one) for one in re.findall(r"^#+ (.+)$", target.read_text(), re.MULTILINE)]


@pytest.mark.parametrize("page", PAGES, ids=named)
def test_every_link_leads_somewhere(page: Path) -> None:
    assert [link for link in links(page) if not leads_somewhere(page, link)] == []


def test_the_link_check_knows_a_dead_link() -> None:
    page = ROOT / "README.md"
    assert leads_somewhere(page, "GLOSSARY.md#glossary")
    assert not leads_somewhere(page, "GLOSSARY.md#nothing-here")
    assert not leads_somewhere(page, "docs/nowhere.md")


@pytest.mark.parametrize("folder", ["docs/how-to", "docs/explanation", "docs/adr"])
def test_every_page_of_a_folder_is_in_its_list(folder: str) -> None:
    here = ROOT / folder
    listed = set(links(here / "README.md"))
    assert sorted(page.name for page in here.glob("*.md") if page.name != "README.md" and page.name not in listed) == []


def test_decisions_are_numbered_without_a_gap_and_named_alike() -> None:
    pages = sorted((ROOT / "docs" / "adr").glob("0*.md"))
    assert [int(page.name[:4]) for page in pages] == list(range(1, len(pages) + 1))
    listed = dict(re.findall(r"\]\((\d{4}[^)]+)\) \| (.+) \|", (ROOT / "docs" / "adr" / "README.md").read_text()))
    assert {page.name: page.read_text().splitlines()[0] for page in pages} == {
        name: f"# {name[:4]}. {title}" for name, title in listed.items()
    }


def test_the_layers_in_the_plan_are_those_that_are_checked() -> None:
    contract = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]["contracts"][0]["layers"]
    plan = (ROOT / "docs" / "adr" / "0001-the-plan-of-the-house.md").read_text()
    assert re.search(r"^```\n(.+?)^```", plan, re.DOTALL | re.MULTILINE)[1].splitlines() == contract  # type: ignore[index]


def test_every_dependency_is_among_the_libraries_chosen() -> None:
    project: dict[str, Any] = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    wanted = [*project["dependencies"], *(one for extra in project["optional-dependencies"].values() for one in extra)]
    page = (ROOT / "docs" / "adr" / "0012-libraries.md").read_text()
    listed = {name for row in re.findall(r"^\| ([^|]+) \|", page, re.MULTILINE) for name in re.split(r"[ ,()]+", row)}
    assert [name for one in wanted if (name := re.split(r"[\[<>=]", one)[0]) not in listed] == []


def test_the_glossary_is_sorted_and_names_its_sources() -> None:
    rows = re.findall(r"^\| \*\*(.+?)\*\* \| (.+) \| (.+) \|$", (ROOT / "GLOSSARY.md").read_text(), re.MULTILINE)
    terms = [term for term, _, _ in rows]
    assert len(terms) > 50
    assert terms == sorted(terms, key=str.casefold)
    assert len(terms) == len({term.casefold() for term in terms})
    assert [term for term, meaning, source in rows if not meaning.strip() or not source.strip()] == []


# What is written must not depend on where it was written

HERE = {str(ROOT), sys.prefix, sys.base_prefix} - {"/usr", "/usr/local"}
PRIVATE = (
    re.compile("|".join(re.escape(one) for one in sorted(HERE))),
    re.compile(r"(?<![\w.<])/(?:root|home/\w+|Users/\w+)/"),
    re.compile(r"--(?:extra-)?index-url\b|(?<!no-emit-)--find-links\b"),
    re.compile(r"https?://[^\s/\"'`)]*(?:artifactory|nexus|pypi|registry|mirror)[^\s/\"'`)]*/"),
)
TEXT = {".md", ".py", ".toml", ".lock", ".html", ".css", ".js", ".csv", ".sql", ".svg", ".xsl", ".txt", ""}


@pytest.mark.parametrize("line", [f"see {ROOT}/x", "cd /home/somebody/it", "--index-url=x", "https://pypi.example.org/simple/"])
def test_the_check_knows_what_is_private(line: str) -> None:
    assert any(pattern.search(line) for pattern in PRIVATE)


def test_no_file_names_a_machine_or_a_registry() -> None:
    found = []
    for path in FILES:
        if path.suffix not in TEXT or path == Path(__file__).resolve() or path.parent.name == ".git":
            continue
        for number, line in enumerate(path.read_text(errors="replace").splitlines(), 1):
            if any(pattern.search(line) for pattern in PRIVATE):
                found.append(f"{named(path)}:{number}")
    assert found == []


# The tutorial names people, buttons and keys that exist


def test_the_people_of_the_tutorial_work_at_the_demo_hospital() -> None:
    from muniment.demo.sign_ins import PASSWORD
    from muniment.demo.staff import staff

    people = {one.username: one for one in staff()}
    named_there = re.findall(r"`([a-z]{5,})`, (\w+) (\w+)", TUTORIAL)
    assert len(named_there) >= 3
    assert [user for user, given, family in named_there if (people[user].given, people[user].family) != (given, family)] == []
    assert set(re.findall(r"`([a-z]+-[a-z]+-[a-z]+)`", TUTORIAL)) == {PASSWORD}


def test_a_user_name_is_made_as_the_tutorial_says() -> None:
    from muniment.demo.staff import staff

    assert [one.username for one in staff() if one.username != f"{one.given[0]}{one.family}".lower()] == []


def words_of_the_code() -> str:
    """Everything the screens can say: templates without their tags, and strings in the web code."""
    said = []
    for path in (ROOT / "src" / "muniment").rglob("*"):
        if path.suffix == ".html":
            said.append(html.unescape(re.sub(r"<kbd>.*?</kbd>|<[^>]+>", "", path.read_text())))
        elif path.suffix == ".py":
            said += [
                node.value
                for node in ast.walk(ast.parse(path.read_text()))
                if isinstance(node, ast.Constant) and isinstance(node.value, str)
            ]
    return "\n".join(said)


def quoted(page: Path) -> list[str]:
    """What a page sets in bold as a label. Bold sentences are emphasis: they end in a full stop."""
    text = re.sub(r"\s+", " ", FENCED.sub("", page.read_text()))
    return [label for label in re.findall(r"\*\*([^*]+)\*\*", text) if not re.search(r"[.:|]", label)]


EMPHASIS = {
    "are not built yet", "after", "apart from the database's backups", "all documents are unreadable for good", "possible match",
}  # fmt: skip
GUIDES = [ROOT / "docs" / "tutorial.md", *sorted((ROOT / "docs" / "how-to").glob("*.md"))]


@pytest.fixture(scope="module")
def spoken() -> str:
    return words_of_the_code()


@pytest.mark.parametrize("page", GUIDES, ids=named)
def test_every_label_that_is_quoted_is_on_a_screen(page: Path, spoken: str) -> None:
    assert [label for label in quoted(page) if label not in spoken and label not in EMPHASIS] == []


def test_the_places_lie_under_the_keys_the_tutorial_gives() -> None:
    from muniment.ui.navigation import destinations

    keys = {one.key: one.label for one in destinations()}
    given = re.findall(r"`g` then `(\w)`: \*\*([^*]+)\*\*", TUTORIAL)
    assert len(given) >= 5
    shown = {"Audit trail": "Audit"}
    assert [(key, label) for key, label in given if keys.get(key) != shown.get(label, label)] == []


GIVEN = re.compile(r"(?:`|bin/|^)muniment ([a-z][a-z-]*)(?: ([a-z][a-z-]*))?", re.MULTILINE)


@pytest.mark.parametrize("page", PAGES, ids=named)
def test_every_command_that_is_given_exists(page: Path) -> None:
    from muniment.cli.main import cli

    known = {words[1:] for words, _ in reference._commands(cli, ("muniment",))}
    alone = {words[0] for words in known if len(words) == 1}
    given = GIVEN.findall(page.read_text())
    assert [words for words in given if words not in known and words[0] not in alone] == []
