"""The components and the five kinds of screen, with invented data. For those who build screens and those who judge them."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import get_template
from django.utils.safestring import mark_safe

from muniment.ui import samples
from muniment.ui.gallery import SCREENS, SPECIMENS, Specimen


def gallery(request: HttpRequest) -> HttpResponse:
    """Every component in every state."""
    context = samples.everything()
    shown = [_show(request, specimen, context) for specimen in SPECIMENS]
    return render(request, "ui/gallery.html", {"frame": context["frame"], "shown": shown, "screens": SCREENS})


def screen(request: HttpRequest, kind: str) -> HttpResponse:
    """One of the five kinds of screen, put together from the components."""
    found = next((screen for screen in SCREENS if screen.kind == kind), None)
    if found is None:
        raise Http404(f"There is no screen of kind {kind}.")
    return render(request, found.template, samples.everything(kind))


def _show(request: HttpRequest, specimen: Specimen, context: dict[str, object]) -> dict[str, object]:
    template = get_template(specimen.template)
    source = template.template.source.removeprefix("{% load ui %}\n")  # type: ignore[attr-defined]
    return {"specimen": specimen, "html": mark_safe(template.render(context, request)), "source": source}  # noqa: S308 our own templates
