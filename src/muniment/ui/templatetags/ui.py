"""The components. Each is shown at /ui with its markup; a test fails for one that is not."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, tzinfo
from typing import Any

from django import template
from django.forms import BaseForm, BoundField
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

from muniment.ui import charts, dates
from muniment.ui.prose import prose
from muniment.ui.shapes import Document, Event, Fact, Figure, Filter, Page, Patient, Tab, Tone, Why
from muniment.ui.words import sentence_case

register = template.Library()

_SHAPES = {
    "plain": '<circle cx="6" cy="6" r="4.2" fill="none" stroke="currentColor" stroke-width="1.6"/>',
    "ok": '<path d="M1.5 6.4 4.6 9.6 10.6 2.8" fill="none" stroke="currentColor" stroke-width="2"/>',
    "info": '<rect x="1.5" y="1.5" width="9" height="9" rx="1"/>',
    "due": '<circle cx="6" cy="6" r="4.4" fill="none" stroke="currentColor" stroke-width="1.6"/>'
    '<path d="M6 1.6a4.4 4.4 0 0 1 0 8.8z"/>',
    "late": '<path d="M6 .4 11.6 6 6 11.6.4 6z"/>',
}


@register.simple_tag
def icon(name: str) -> SafeString:
    """The shape that goes with a tone: plain, ok, info, due or late. Decorative: the word beside it speaks."""
    shape = mark_safe(_SHAPES[str(name)])  # noqa: S308 our own constant
    return format_html('<svg class="icon" viewBox="0 0 12 12" aria-hidden="true">{}</svg>', shape)


@register.simple_tag
def state(words: str, tone: str = Tone.PLAIN) -> SafeString:
    """A state: a word with its shape."""
    return format_html('<span class="state {}">{}{}</span>', tone, icon(tone), words)


@register.simple_tag
def due(on: date, today: date | None = None) -> SafeString:
    """A due date seen from today ("due in 3 days", "late 2 days"); the date itself is in the title."""
    words, tone = dates.deadline(on, today or timezone.localdate())
    return format_html(
        '<time class="state {}" datetime="{}" title="{}">{}{}</time>', tone, on.isoformat(), dates.day(on), icon(tone), words
    )


@register.filter
def named(name: str) -> str:
    """A document's name in sentence case, however its source wrote it."""
    return sentence_case(name)


@register.filter
def day(value: date | None) -> str:
    """``14 Mar 2026``; an empty string for nothing."""
    return dates.day(value) if value else ""


@register.filter
def moment(value: datetime | None, zone: tzinfo | None = None) -> str:
    """``14 Mar 2026, 09:05`` in the given zone, else in the current one."""
    return dates.moment(value, zone or timezone.get_current_timezone()) if value else ""


@register.simple_tag
def key(name: str) -> SafeString:
    """A key as printed on the keyboard."""
    return format_html("<kbd>{}</kbd>", name)


@register.inclusion_tag("ui/parts/patient.html")
def patient_banner(patient: Patient) -> dict[str, Any]:
    """The banner that stands wherever a patient is. Goes into ``{% block banner %}``."""
    return {"patient": patient}


@register.inclusion_tag("ui/parts/facts.html")
def facts(items: Sequence[Fact]) -> dict[str, Any]:
    """A definition list of facts."""
    return {"items": items}


@register.inclusion_tag("ui/parts/why.html")
def why(answer: Why, label: str = "Why?") -> dict[str, Any]:
    """How an answer came about: rule, citation, inputs, the date it was judged by."""
    return {"answer": answer, "label": label}


@register.inclusion_tag("ui/parts/figure.html")
def figure(item: Figure) -> dict[str, Any]:
    """A number that links to its list, its definition beneath. Stands inside ``<div class="figures">``."""
    spark = charts.sparkline(item.spark, title=f"{item.label}, trend") if item.spark else ""
    return {"item": item, "spark": spark}


@register.inclusion_tag("ui/parts/timeline.html")
def timeline(events: Sequence[Event]) -> dict[str, Any]:
    """What happened, newest first as given: what, who, when, why."""
    return {"events": events}


@register.inclusion_tag("ui/parts/filters.html")
def filters(items: Sequence[Filter], count: int | None = None, noun: str = "") -> dict[str, Any]:
    """A filter that reads as a sentence, with the count of what it leaves. ``noun`` is the plural."""
    return {"items": items, "count": count, "noun": noun.removesuffix("s") if count == 1 else noun}


@register.inclusion_tag("ui/parts/pages.html")
def pages(page: Page, label: str = "Pages") -> dict[str, Any]:
    """Earlier and later rows of a long list; ``label`` tells two of them on one screen apart."""
    return {"page": page, "label": label}


@register.inclusion_tag("ui/parts/tabs.html")
def tabs(items: Sequence[Tab], label: str) -> dict[str, Any]:
    """Views of one thing, as links; ``label`` names the set for screen readers."""
    return {"items": items, "label": label}


@register.inclusion_tag("ui/parts/viewer.html")
def viewer(document: Document) -> dict[str, Any]:
    """A clinical document in a 75-character column."""
    body = mark_safe(document.html) if document.html else prose(document.text, document.find)  # noqa: S308 sanitised by its maker
    return {"document": document, "body": body}


@register.inclusion_tag("ui/parts/progress.html")
def progress(done: int, total: int | None, what: str, stop_url: str = "") -> dict[str, Any]:
    """Long work: how far, of how much, and a link that leads to stopping it."""
    return {"done": done, "total": total, "what": what, "stop_url": stop_url}


@register.inclusion_tag("ui/parts/toast.html", takes_context=True)
def toast(context: template.Context, message: str, undo_url: str = "") -> dict[str, Any]:
    """What was just done, with its undo (key ``u``)."""
    return {"message": message, "undo_url": undo_url, "csrf_token": context.get("csrf_token")}


@register.inclusion_tag("ui/parts/chart.html")
def chart(drawing: charts.Chart) -> dict[str, Any]:
    """A drawn chart with its table one key (``t``) away."""
    return {"chart": drawing}


@register.simple_tag
def field(bound: BoundField) -> SafeString:
    """One form field: label, hint, error, control; the same whatever form renderer is set."""
    return bound.as_field_group() if _is_ours(bound.form) else bound.render("ui/forms/field.html", {"field": bound})


def _is_ours(form: BaseForm) -> bool:
    return getattr(form.renderer, "field_template_name", "") == "ui/forms/field.html"


@register.inclusion_tag("ui/parts/errors.html")
def form_errors(form: BaseForm) -> dict[str, Any]:
    """The summary above a form: each error links to its field. Nothing while the form has no errors."""
    bound = [(form[name], errors) for name in form.fields if (errors := form.errors.get(name))] if form.is_bound else []
    return {"bound": bound, "general": form.non_field_errors() if form.is_bound else []}


@register.simple_block_tag(end_name="endtable")
def table(content: str, caption: str, rows: bool = True, tall: bool = False, show_caption: bool = False) -> SafeString:
    """A data table around ``<thead>``, ``<tbody>``. ``rows``: the keyboard moves over its rows (j, k, Enter, x)."""
    return format_html(
        '<div class="tablewrap{}" tabindex="0" role="region" aria-label="{}"><table class="table"{}>'
        '<caption class="{}">{}</caption>{}</table></div>',
        " tall" if tall else "",
        caption,
        mark_safe(" data-rows") if rows else "",
        "" if show_caption else "visually-hidden",
        caption,
        content,
    )


@register.simple_block_tag(end_name="endnotice")
def notice(content: str, tone: str = Tone.INFO) -> SafeString:
    """A message in the page: what happened, to what, and what can be done. Its first element is the bold line."""
    return format_html('<div class="notice {}">{}<div>{}</div></div>', tone, icon(tone), content)


@register.simple_block_tag(end_name="endempty")
def empty(content: str, title: str) -> SafeString:
    """An empty list: says what would be here, and when."""
    return format_html('<div class="empty"><p class="title">{}</p>{}</div>', title, content)


@register.simple_block_tag(end_name="endactionbar")
def actionbar(content: str) -> SafeString:
    """The actions of a screen; the one primary action comes last, so it stands bottom right."""
    return format_html('<div class="actionbar">{}</div>', content)


@register.simple_block_tag(end_name="endsplit")
def split(content: str, name: str, css: str = "") -> SafeString:
    """Two panes with a divider that is dragged or moved with the arrow keys; its place is remembered under ``name``."""
    return format_html('<div class="split {}" data-split="{}">{}</div>', css, name, content)


@register.simple_block_tag(end_name="endpane")
def pane(content: str, label: str) -> SafeString:
    """One half of a split: ``<header>``, ``<div class="scroll">`` and, on the right, the action bar."""
    return format_html('<section class="pane" aria-label="{}">{}</section>', label, content)


@register.simple_block_tag(end_name="enddialog")
def dialog(content: str, name: str, title: str) -> SafeString:
    """A native dialog, opened by ``<button data-dialog="name">`` and closed by Esc."""
    return format_html(
        '<dialog class="dialog" id="{0}" aria-labelledby="{0}-title"><header><h2 id="{0}-title">{1}</h2>'
        '<button class="button quiet small" type="button" data-close>Close</button></header>'
        '<div class="body">{2}</div></dialog>',
        name,
        title,
        content,
    )
