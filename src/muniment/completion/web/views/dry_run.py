"""What adopting a version would open and close: a version of the book tried on charts, and the worker's longer runs."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from muniment.access.middleware import needs
from muniment.access.rules import Category, Grade
from muniment.completion import dryrun, permissions, runs
from muniment.completion.runs import Run, Standing
from muniment.completion.web import trying
from muniment.completion.web.forms import ScopeForm
from muniment.core.request import ActorRequest
from muniment.rulebook import queries
from muniment.ui.shapes import Page

PAGE = 50  # charts


@needs(Category.RULES, Grade.WRITE)
@require_http_methods(["GET", "POST"])
def try_version(request: ActorRequest, code: str, number: int) -> HttpResponse:
    """A version that is proposed, on the charts the form names."""
    permissions.check_try(request.actor)
    version = queries.version(code, number)
    term = dryrun.term_of(version)
    form = ScopeForm(request.POST or None)
    tried = None
    if request.method == "POST" and form.is_valid():
        tried = trying.attempt(request, trying.asked(request.actor, term, form.cleaned_data))
        if tried.run:
            return redirect("completion-dry-run", run_id=tried.run.id)
    status = 422 if form.is_bound and not form.is_valid() else 200
    return render(request, "completion/try.html", {"version": version, "form": form, "tried": tried}, status=status)


@needs(Category.RULES, Grade.WRITE)
@require_GET
def dry_run(request: ActorRequest, run_id: UUID) -> HttpResponse:
    """How far a run is; once done, the charts it named, as they are now. For htmx its part of the page."""
    permissions.check_try(request.actor)
    run = runs.get(request.actor, run_id)
    part = bool(request.headers.get("HX-Request"))
    first = _place(request.GET.get("from", ""))
    lines = _lines(request, run, first) if run.standing is Standing.DONE else []
    return render(request, "completion/_run.html" if part else "completion/dry_run.html", {
        "run": run, "sentence": trying.sentence(run.tally), "lines": lines, "page": _page(run, first),
        "term": run.asked.term, "kept": dryrun.KEPT if len(run.tally.charts) == dryrun.KEPT else 0,
    })  # fmt: skip


def _lines(request: ActorRequest, run: Run, first: int) -> list[trying.Line]:
    return trying.shown(request, dryrun.of_charts(run.asked, run.tally.charts[first : first + PAGE]))


def _place(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 6 else 0


def _page(run: Run, first: int) -> Page:
    total = len(run.tally.charts)
    last = min(first + PAGE, total)
    return Page(
        first=min(first + 1, total), last=last, total=total, previous_url=f"?from={max(0, first - PAGE)}" if first else "",
        next_url=f"?from={last}" if last < total else "",
    )  # fmt: skip


@needs(Category.RULES, Grade.WRITE)
@require_POST
def stop(request: ActorRequest, run_id: UUID) -> HttpResponse:
    permissions.check_try(request.actor)
    runs.stop(request.actor, run_id)
    messages.success(request, "Stopped. What was counted so far stands here for a day.")
    return redirect("completion-dry-run", run_id=run_id)
