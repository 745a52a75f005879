"""Around every request: a log line without patient data, and problems turned into pages."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import structlog
from django.db import IntegrityError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from prometheus_client import Histogram

from muniment.core.conflicts import in_a_sentence
from muniment.kernel.errors import Conflict, NotAllowedInState, Problem, Refused, Unfileable

log = structlog.get_logger("muniment.web")
seconds = Histogram("muniment_request_seconds", "Time at the server", ["screen", "status"])
STATUS = {Refused: 403, Conflict: 409, NotAllowedInState: 409}


class RequestLogMiddleware:
    """One line a request: screen, status, milliseconds. The screen's name, not its path: paths hold identifiers."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        begun = time.perf_counter()
        response = self.get_response(request)
        took = time.perf_counter() - begun
        screen = request.resolver_match.view_name if request.resolver_match else "none"
        seconds.labels(screen, response.status_code).observe(took)
        log.info("request", screen=screen, method=request.method, status=response.status_code, ms=round(took * 1000, 1))
        response.headers.setdefault("Content-Security-Policy", POLICY)
        response.headers.setdefault("Cache-Control", "no-store")
        return response


POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; connect-src 'self';"
    " frame-src 'self'; object-src 'none'; form-action 'self'; base-uri 'none'; frame-ancestors 'self'"
)


class ProblemMiddleware:
    """A Problem that reaches the top becomes a page that says what, where and what to do."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: Callable[..., HttpResponse], args: Any, kwargs: dict[str, Any]
    ) -> HttpResponse | None:
        """No text of the house holds the character with the number 0, and the database takes none: it is refused before any screen asks."""
        typed = (text for fields in (request.GET, request.POST) for _, texts in fields.lists() for text in texts)
        if any("\0" in str(text) for text in (*typed, *kwargs.values())):
            return problem_page(request, Unfileable("A character that is none (NUL) was sent.", remedy="Type it again."), 422)
        return None

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        if isinstance(error, IntegrityError):
            error = in_a_sentence(error) or error
        if not isinstance(error, Problem):
            return None
        status = next((code for kind, code in STATUS.items() if isinstance(error, kind)), 422)
        return problem_page(request, error, status)


def problem_page(request: Any, problem: Problem, status: int) -> HttpResponse:
    """The page, or for htmx the notice alone."""
    template = "problem_notice.html" if getattr(request, "htmx", False) else "problem.html"
    answer = render(request, template, {"problem": problem, "status": status}, status=status)
    answer.problem = problem  # type: ignore[attr-defined]  # the access middleware leaves the event of a refusal
    return answer
