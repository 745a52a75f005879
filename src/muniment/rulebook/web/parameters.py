"""A rule's parameters as fields, groups of fields and tables to fill in: read from them, written back to them.

Writing what was read changes nothing. What neither we ship nor the last version has is not asked for.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django import forms
from django.forms import BaseFormSet, BoundField, formset_factory
from django.http import QueryDict

from muniment.rulebook.shapes import Group, Kind, Part, Table, Value, shape
from muniment.rulebook.shipped import Words, parameters_of, words_of
from muniment.rulebook.web.forms import Lines, NumberLines
from muniment.ui.words import sentence_case

SPARE = 3  # empty rows of a table
MOST_ROWS = 500
PREFIX = "parameter"


class Asked:
    """What a rule's parameters are called and which choices they leave."""

    def __init__(self, code: str) -> None:
        self._words = words_of(code)

    def words(self, path: str) -> Words:
        found = self._words.get(path, Words())
        return found if found.label else found._replace(label=sentence_case(path.rpartition(".")[2].replace("_", " ")))

    def field(self, value: Value, path: str, *, required: bool, have: Any = None) -> forms.Field:
        """``have``: what stands there now, which is a choice though we do not list it."""
        said = self.words(path)
        more: dict[str, Any] = {"label": said.label, "help_text": said.hint, "required": required}
        if said.one_of:
            values = dict.fromkeys(["" if not required else said.one_of[0], *said.one_of, have or said.one_of[0]])
            return forms.ChoiceField(choices=[(one, one) for one in values], **more)
        if value.kind is Kind.FLAG:
            return forms.BooleanField(**more | {"required": False})
        if value.kind is Kind.NUMBER:
            return forms.IntegerField(**more, **_short("Write a whole number, like 30."))
        if value.kind is Kind.AMOUNT:
            return forms.FloatField(**more, **_short("Write a number, like 0.65."))
        if value.kind is Kind.TEXT:
            return forms.CharField(**more, max_length=400)
        more.pop("required")
        return NumberLines(**more) if value.kind is Kind.NUMBERS else Lines(**more)


def _short(wrong: str) -> dict[str, Any]:
    widget = forms.TextInput(attrs={"inputmode": "decimal", "data-width": "short", "autocomplete": "off"})
    return {"widget": widget, "min_value": 0, "max_value": 1_000_000_000, "error_messages": {"invalid": wrong}}


class ValuesForm(forms.Form):
    """The values of their own, and those of groups under ``group.value``."""

    def __init__(self, parts: Iterable[Part], asked: Asked, initial: Mapping[str, Any], data: Any = None) -> None:
        super().__init__(data, prefix=PREFIX, initial=dict(initial))
        self.parts = [part for part in parts if not isinstance(part, Table)]
        for part in self.parts:
            if isinstance(part, Group):
                paths = {f"{part.name}.{one.name}": one for one in part.values}
                self.fields |= {
                    path: asked.field(one, path, required=False, have=initial.get(path)) for path, one in paths.items()
                }
            else:
                self.fields[part.name] = asked.field(part, part.name, required=True, have=initial.get(part.name))
        self.asked = asked

    @property
    def alone(self) -> list[BoundField]:
        return [self[part.name] for part in self.parts if isinstance(part, Value)]

    @property
    def groups(self) -> list[tuple[Words, list[BoundField]]]:
        """(its words, its fields) of each group."""
        groups = [part for part in self.parts if isinstance(part, Group)]
        return [(self.asked.words(one.name), [self[f"{one.name}.{value.name}"] for value in one.values]) for one in groups]

    def clean(self) -> dict[str, Any]:
        said = super().clean() or self.cleaned_data
        for part in self.parts:
            if isinstance(part, Group) and _said(part.values, said, f"{part.name}."):
                _need(self, part.values, said, prefix=f"{part.name}.")
        return said

    def said(self) -> dict[str, Any]:
        found: dict[str, Any] = {}
        for part in self.parts:
            if isinstance(part, Value):
                found[part.name] = self.cleaned_data[part.name]
            elif some := _said(part.values, self.cleaned_data, f"{part.name}."):
                found[part.name] = some
        return found


def _need(form: forms.Form, values: Iterable[Value], said: Mapping[str, Any], prefix: str = "") -> None:
    for one in values:
        name = f"{prefix}{one.name}"
        if one.needed and one.kind is not Kind.FLAG and name in said and _is_empty(said[name]):
            form.add_error(name, "Fill this in.")


def _said(values: Iterable[Value], said: Mapping[str, Any], prefix: str = "") -> dict[str, Any]:
    """What was filled in under these names; nothing at all where it was left empty."""
    given = {one.name: said.get(f"{prefix}{one.name}") for one in values}
    if all(_is_empty(one) for one in given.values()):
        return {}
    always = {one.name for one in values if one.needed and one.kind is Kind.FLAG}
    return {name: value for name, value in given.items() if name in always or not _is_empty(value)}


def _is_empty(value: Any) -> bool:
    """0 is a value, though it equals False."""
    return value is None or value is False or value in ("", [])


class RowForm(forms.Form):
    """A row of a table. One whose cells are all empty is dropped."""

    columns: tuple[Value, ...] = ()
    asked: Asked
    table = ""

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        row = int(str(self.prefix).rpartition("-")[2]) + 1 if str(self.prefix).rpartition("-")[2].isdigit() else 0
        for one in self.columns:
            have = self.initial.get(one.name)
            field = self.asked.field(one, f"{self.table}.{one.name}", required=False, have=have)
            field.widget.attrs |= {"aria-label": f"{field.label}, row {row}"} | (
                {} if one.kind is Kind.FLAG else {"class": "input"}
            )
            field.label, field.help_text = f"{field.label}, row {row}", ""
            if one.kind in (Kind.TEXTS, Kind.NUMBERS):
                field.widget.attrs["rows"] = 2
            self.fields[one.name] = field

    def clean(self) -> dict[str, Any]:
        said = super().clean() or self.cleaned_data
        if _said(self.columns, said):
            _need(self, self.columns, said)
        return said

    def said(self) -> dict[str, Any]:
        return _said(self.columns, getattr(self, "cleaned_data", {}))


@dataclass(frozen=True, slots=True, kw_only=True)
class Rows:
    """A table with its rows as they are filled in. ``heads``: label and hint of each column."""

    name: str
    words: Words
    heads: list[tuple[str, str]]
    formset: BaseFormSet[RowForm]

    def said(self) -> list[dict[str, Any]]:
        return [row for form in self.formset if (row := form.said())]


def _rows(table: Table, asked: Asked, initial: Iterable[Mapping[str, Any]], data: Any) -> Rows:
    kind = type("RowForm", (RowForm,), {"columns": table.columns, "asked": asked, "table": table.name})
    made: type[BaseFormSet[RowForm]] = formset_factory(
        kind, extra=SPARE, max_num=MOST_ROWS, absolute_max=MOST_ROWS, validate_max=True
    )
    words = [asked.words(f"{table.name}.{one.name}") for one in table.columns]
    return Rows(
        name=table.name, words=asked.words(table.name), heads=[(one.label, one.hint) for one in words],
        formset=made(data, prefix=f"{PREFIX}-{table.name}", initial=[dict(row) for row in initial]),
    )  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Filled:
    """The parameters of one rule in the form."""

    values: ValuesForm
    tables: list[Rows]
    had: frozenset[str]  # the names the version that was read has
    otherwise: Mapping[str, Any]

    @classmethod
    def make(cls, code: str, last: Mapping[str, Any], data: QueryDict | None = None) -> Filled | None:
        """None where there is nothing to fill in. Raises Unshaped where it is of no shape that a form has."""
        asked = Asked(code)
        otherwise = {name: one.otherwise for name, one in words_of(code).items() if one.otherwise is not None}
        known = otherwise | parameters_of(code)
        parts = shape(known, last)  # ours first: the database keeps names in no order of ours
        if not parts:
            return None
        optional = {part.name for part in parts if isinstance(part, Group)}  # left out on purpose, it stays so
        start = {name: value for name, value in known.items() if name not in optional} | dict(last)
        inside = {f"{name}.{each}": one for name in optional for each, one in start.get(name, {}).items()}
        return cls(
            values=ValuesForm(parts, asked, start | inside, data), had=frozenset(last), otherwise=otherwise,
            tables=[_rows(part, asked, start.get(part.name, ()), data) for part in parts if isinstance(part, Table)],
        )  # fmt: skip

    @property
    def is_valid(self) -> bool:
        return all([self.values.is_valid(), *(one.formset.is_valid() for one in self.tables)])

    def parameters(self) -> dict[str, Any]:
        """What was filled in; what a version need not say is not said where it was not and holds anyhow."""
        found = self.values.said() | {one.name: one.said() for one in self.tables}
        silent = {name for name, value in self.otherwise.items() if name not in self.had and found.get(name) == value}
        return {name: value for name, value in found.items() if name not in silent}


def with_more(data: QueryDict) -> QueryDict:
    """What was typed, with room for more rows in the table whose button was pressed."""
    more = data.copy()
    name = f"{PREFIX}-{data['more']}-TOTAL_FORMS"
    count = data.get(name, "")
    if count.isascii() and count.isdigit() and len(count) < 4:
        more[name] = str(int(count) + SPARE)
    return more
