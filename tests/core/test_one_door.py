"""Only actions write. Watched in every test (support.one_door), and read off the source here."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest
from django.db import connection, transaction

import muniment
from muniment.accounts.models import Organisation
from muniment.core.bulk import copy_in
from support.house import system_actor
from support.one_door import WrittenOutside

SOURCE = Path(muniment.__file__).parent
MANAGER = {"create", "get_or_create", "update_or_create", "bulk_create", "bulk_update", "delete", "save", "update"}
RAW = re.compile(r"^\s*(INSERT INTO|UPDATE \S+ SET|DELETE FROM|TRUNCATE \w|COPY \S+ (\(|FROM))", re.I)

# Writers beside actions.py, each with the reason it is one.
ALLOWED = {
    "core/bulk.py": "COPY for actions; the watched connection sees who calls it",
    "record/blobs.py": "the bytes of documents, put away by filing before the version that names them",
    "record/blob_files.py": "the bytes of productions, as blobs.py, in pieces",
    "record/production/files.py": "saves PDF files, not rows",
    "record/filing.py": "the statements of record.actions, kept apart for their length",
    "encounters/outbox.py": "notes of stays to look at again, made inside the action that made it necessary, taken by the feature's",
    "completion/analysis.py": "the analysis of one chart, called by completion.actions alone, kept apart for its length",
    "qualitative/analysis.py": "what the checks find of a batch of stays, called by qualitative.actions alone, kept apart for its length",
    "scanning/checking.py": "a PDF saved into memory; no database is known there",
    "downtime/pack.py": "a PDF saved into memory, of blanks that are kept",
    "scanning/pictures.py": "a picture saved into memory; no database is known there",
    "core/cache.py": "the shared cache, which may be lost",
    "accounts/seals.py": "the seal of a person's standing, laid inside the action that changed it",
    "accounts/models.py": "User.save lowers the user name and calls Django's",
}


def by_hand():
    with connection.cursor() as cursor:
        cursor.execute("  insert into accounts_organisation (code) values ('x')")


@pytest.mark.parametrize(
    "write",
    [
        lambda: Organisation.objects.create(code="x", name="X"), lambda: Organisation.objects.update(name="Y"),
        lambda: Organisation.objects.all()._raw_delete("default"), lambda: Organisation(code="x", name="X").save(), by_hand,
        lambda: copy_in("accounts_organisation", ["code"], [("x",)]),
    ],
)  # fmt: skip
def test_a_write_outside_an_action_is_noticed(db, write):
    with pytest.raises(WrittenOutside), transaction.atomic():
        write()


def test_a_write_inside_an_action_is_not(db):
    from muniment.accounts import actions

    made = actions.found_organisation(actor=system_actor(), code="x", name="X")
    assert Organisation.objects.get() == made


def sources() -> list[Path]:
    return [path for path in sorted(SOURCE.rglob("*.py")) if "migrations" not in path.parts and path.name != "actions.py"]


def writes_in(path: Path) -> list[str]:
    """Lines of a file that write to the database, by how they are written."""
    found = []
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and _writes(node):
            found.append(f"line {node.lineno}: .{node.func.attr}(")
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and RAW.match(node.value):
            found.append(f"line {node.lineno}: {node.value[:60]}")
    return found


def _writes(call: ast.Call) -> bool:
    """A manager's or a row's writing method; not an action (it takes an actor), nor a dict's, a set's or a hash's method."""
    assert isinstance(call.func, ast.Attribute)
    name, receiver = call.func.attr, ast.unparse(call.func.value)
    if name == "copy" and receiver == "cursor":
        return True
    if name not in MANAGER or any(keyword.arg == "actor" for keyword in call.keywords):
        return False
    if name in ("update", "delete", "create"):
        return bool(re.search(r"objects|filter\(|exclude\(|_set\b|all\(\)", receiver))
    return True


def test_the_source_writes_nowhere_else():
    found = {str(path.relative_to(SOURCE)): lines for path in sources() if (lines := writes_in(path))}
    assert {name: lines for name, lines in found.items() if name not in ALLOWED} == {}


def test_no_exception_is_kept_that_is_not_needed():
    assert [name for name in ALLOWED if not writes_in(SOURCE / name)] == []


@pytest.mark.parametrize(
    ("code", "writes"),
    [
        ("Row.objects.create(a=1)", True), ("row.save()", True), ("Row.objects.filter(a=1).update(b=2)", True),
        ("rows.all().delete()", True),
        ("Row.objects.bulk_create(rows)", True), ("cursor.execute('INSERT INTO a VALUES (1)')", True), ("digest.update(data)", False),
        ("work.create(actor=actor, items=[])", False), ("names.update(more)", False), ("x = 'Update the chart'", False),
    ],
)  # fmt: skip
def test_the_reading_knows_a_write_when_it_sees_one(tmp_path, code, writes):
    path = tmp_path / "some.py"
    path.write_text(code)
    assert bool(writes_in(path)) is writes
