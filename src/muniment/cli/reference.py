"""Writes docs/reference from the code: ``python -m muniment.cli.reference``; with ``--check`` says what is out of step."""

from __future__ import annotations

import ast
import importlib
import inspect
import os
import sys
from collections.abc import Callable, Iterator
from enum import StrEnum
from pathlib import Path
from typing import Any

import click

SOURCE = Path(__file__).resolve().parent.parent
DOCS = SOURCE.parent.parent / "docs" / "reference"
NOTE = "<!-- Written by `python -m muniment.cli.reference`. Change the code, then run it. -->\n\n"

# Every environment variable the code reads, and what it is for. A test fails when one is missing here.
SETTINGS = {
    "DATABASE_URL": "An administrator's login at a PostgreSQL of yours (15 or later). Unset: the embedded server is used.",
    "DATABASE_APP_URL": "The application's login, where its role was made by hand.",
    "DATABASE_OWNER_URL": "The owner's login, where its role was made by hand.",
    "MUNIMENT_ANCHORS": "The file that anchors the audit chain outside the database. Best on another disk or host.",
    "MUNIMENT_BEHIND_PROXY": "1 when a proxy in front sets X-Forwarded-For and X-Forwarded-Proto.",
    "MUNIMENT_CHANNELS": "The folder in which the folders of channels lie: those of files, of a fax server, of a mail server. The worker looks into them every minute. Unset: none.",
    "MUNIMENT_CLAMD": "The socket of a clamd that looks at every input for malware before it is read: a path, or `host:port`. Unset: none is looked for.",
    "MUNIMENT_DATABASE_NAME": "The database's name (default `muniment`).",
    "MUNIMENT_DATA_DIR": "Where database, documents, keys and anchors lie (default `/var/lib/muniment` for root, else `~/.local/share/muniment`).",
    "MUNIMENT_DEBUG": "1 for Django's debug pages. Never where real records are.",
    "MUNIMENT_DOCUMENTS": "Where large documents lie, encrypted (default `documents` in the data folder).",
    "MUNIMENT_GROUPER": "A command that groups claims instead of msdrg, one JSON claim a line in and out (see the how-to on grouping). Unset: msdrg.",
    "MUNIMENT_HOSTS": "Host names the site answers to, separated by spaces (default: this machine only).",
    "MUNIMENT_HTTPS": "1 when people reach the site over HTTPS: secure cookies, HSTS, redirect.",
    "MUNIMENT_LOG_LEVEL": "DEBUG, INFO (default), WARNING or ERROR.",
    "MUNIMENT_ORIGINS": "Origins trusted for forms, such as `https://records.example.org`, separated by spaces.",
    "MUNIMENT_SCAN_FOLDER": "A folder the worker looks into every minute: PDF, TIFF, JPEG and PNG in `<folder>/<facility's code>/` are taken as scans. Unset: none.",
    "MUNIMENT_SESSION_MINUTES": "Minutes without a request until a session ends (default 30).",
    "XDG_DATA_HOME": "The user's data folder, where MUNIMENT_DATA_DIR is not set.",
}


def settings_read() -> set[str]:
    """The environment variables that the package's code names."""
    found: set[str] = set()
    for path in SOURCE.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Call) and _reads_environment(node) and node.args and isinstance(node.args[0], ast.Constant):
                found.add(str(node.args[0].value))
            if (
                isinstance(node, ast.Subscript)
                and ast.unparse(node.value) == "os.environ"
                and isinstance(node.slice, ast.Constant)
            ):
                found.add(str(node.slice.value))
    return found - {"DJANGO_SETTINGS_MODULE"}


def _reads_environment(node: ast.Call) -> bool:
    return ast.unparse(node.func) in ("os.environ.get", "flag")


def settings_page() -> str:
    rows = "".join(f"| `{name}` | {text} |\n" for name, text in SETTINGS.items())
    return f"# Settings\n\nAll by environment variable.\n\n| variable | what it does |\n| --- | --- |\n{rows}"


def commands_page() -> str:
    from muniment.cli.main import cli

    lines = ["# Commands\n\n"]
    for words, command in _commands(cli, ("muniment",)):
        lines.append(f"## `{' '.join(words)}`\n\n{inspect.cleandoc(command.help or '')}\n\n")
        parameters = [one for one in command.params if isinstance(one, click.Option) and one.name != "help"]
        if parameters:
            lines.append("| option | meaning |\n| --- | --- |\n")
            lines.extend(f"| `{'`, `'.join(one.opts)}` | {_meaning(one)} |\n" for one in parameters)
            lines.append("\n")
    return "".join(lines).rstrip() + "\n"


def _meaning(option: click.Option) -> str:
    default = f" (default {option.default})" if option.show_default and option.default is not None else ""
    return f"{option.help or ''}{default}".strip() or "–"


def _commands(group: click.Group, words: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], click.Command]]:
    context = click.Context(group)
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        if isinstance(command, click.Group):
            yield from _commands(command, (*words, name))
        elif command is not None:
            yield (*words, name), command


def screens_page() -> str:
    rows = "".join(f"| `{path}` | `{name}` | {need} |\n" for path, name, need in sorted(_screens()))
    return f"# Screens\n\nEvery address, and what the [access table](access.md) must grant.\n\n| address | name | needs |\n| --- | --- | --- |\n{rows}"


def _screens() -> Iterator[tuple[str, str, str]]:
    from django.urls import get_resolver
    from django.urls.resolvers import URLPattern, URLResolver

    from muniment.access.middleware import OPEN, SIGNED_IN
    from muniment.access.rules import Grade

    def walk(patterns: Any, before: str) -> Iterator[tuple[str, URLPattern]]:
        for one in patterns:
            if isinstance(one, URLResolver):
                yield from walk(one.url_patterns, before + str(one.pattern))
            else:
                yield before + str(one.pattern), one

    for path, pattern in walk(get_resolver().url_patterns, "/"):
        name, need = pattern.name or "", getattr(pattern.callback, "needs", None)
        if name.startswith(OPEN):
            words = "nothing: the door"
        elif name.startswith(SIGNED_IN):
            words = "a sign-in"
        else:
            words = f"{need[0]}, {Grade(need[1]).name.lower()}" if need else "refused to all"
        yield path, name, words


def access_page() -> str:
    from muniment.access.rules import Category, grade
    from muniment.accounts.rules import Role

    head = " | ".join(category.value for category in Category)
    rows = "".join(
        f"| {role.label} | "
        + " | ".join(grade(role, category).name.lower().replace("none", "–") for category in Category)
        + " |\n"
        for role in Role
    )
    return f"# Access\n\nRole × data category. What is not granted is refused.\n\n| role | {head} |\n|{' --- |' * (len(Category) + 1)}\n{rows}"


def queues_page() -> str:
    from muniment.config.furnish import queues

    rows = "".join(
        f"| `{one['code']}` | {one['name']} | {', '.join(one['pools'])} | {one['definition']} |\n" for one in queues()
    )
    return f"# Queues\n\n| code | queue | pools | what is in it |\n| --- | --- | --- | --- |\n{rows}"


def rules_page() -> str:
    from muniment.config.furnish import shipped_rules

    parts = [
        "# Shipped rules\n\nProposals: a department adopts them by two people. “Unverified”: nobody has held the text against its source.\n"
    ]
    for rule in shipped_rules():
        mark = "" if rule.get("verified") else " – unverified"
        parts.append(
            f"\n## `{rule['code']}`\n\n**{rule['title']}.** {rule['statement']}\n\n{rule['citation']} ({rule['source_kind']}{mark})\n"
        )
    return "".join(parts)


def tables_page() -> str:
    from muniment.core.models import our_models

    rows = []
    for model in sorted(our_models(), key=lambda one: one._meta.db_table):
        words = (inspect.getdoc(model) or "").split("\n")[0]
        kept = ("indelible" if model.indelible else "changeable") + (", witnessed by its events" if model.witnessed else "")
        rows.append(f"| `{model._meta.db_table}` | {words} | {kept} | {model.placement.value} |\n")
    return "# Tables\n\n| table | what it holds | | placement |\n| --- | --- | --- | --- |\n" + "".join(rows)


def actions_page() -> str:
    from django.apps import apps

    from muniment.core.actions import registry

    for app in apps.get_app_configs():
        if app.name.startswith("muniment.") and (SOURCE / app.label / "actions.py").exists():
            importlib.import_module(f"{app.name}.actions")
    rows = []
    importlib.import_module("muniment.demo.past")  # the demo's own action: named here whether or not a demo was loaded before
    ours = {name: function for name, function in registry.items() if function.__module__.startswith("muniment.")}
    for name, function in sorted(ours.items()):
        words = (inspect.getdoc(function) or "").split("\n")[0]
        rows.append(f"| `{name}` | {function.lifecycle} | {words} |\n")  # type: ignore[attr-defined]
    return (
        "# Actions\n\nThe only writers; each leaves one event of this name.\n\n| event | lifecycle | |\n| --- | --- | --- |\n"
        + "".join(rows)
    )


def states_page() -> str:
    """A diagram for every TRANSITIONS table of a ``rules.py``."""
    parts = ["# States\n\nDrawn from the transition tables in each feature's `rules.py`.\n"]
    for path in sorted(SOURCE.glob("*/rules.py")):
        table = getattr(importlib.import_module(f"muniment.{path.parent.name}.rules"), "TRANSITIONS", None)
        if table:
            parts.append(f"\n## {path.parent.name.capitalize()}\n\n```mermaid\nstateDiagram-v2\n")
            parts.extend(f"    {_node(begin)} --> {_node(end)}: {step}\n" for (begin, step), end in table.items())
            parts.append("```\n")
    return "".join(parts)


def _node(state: StrEnum) -> str:
    return str(state.value).replace(" ", "_").replace("-", "_")


PAGES: dict[str, Callable[[], str]] = {
    "settings.md": settings_page,
    "commands.md": commands_page,
    "screens.md": screens_page,
    "access.md": access_page,
    "queues.md": queues_page,
    "rules.md": rules_page,
    "tables.md": tables_page,
    "actions.md": actions_page,
    "states.md": states_page,
}


def main(check: bool) -> int:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "muniment.config.settings")
    import django

    django.setup()
    wrong = sorted(settings_read() ^ set(SETTINGS))
    if wrong:
        click.echo(f"Settings not documented, or documented and not read: {', '.join(wrong)}")
    for name, page in PAGES.items():
        text, path = NOTE + page(), DOCS / name
        if check and (not path.exists() or path.read_text() != text):
            wrong.append(name)
            click.echo(f"docs/reference/{name} is out of step; run python -m muniment.cli.reference")
        elif not check:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main("--check" in sys.argv))
