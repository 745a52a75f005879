"""Is it alive, is it ready, how is it doing: /healthz, /readyz, /metrics. Answered before sessions and access."""

from __future__ import annotations

from collections.abc import Callable

from django.db import DatabaseError, connection
from django.http import HttpRequest, HttpResponse, JsonResponse
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest

from muniment.core.request import workstation


class HealthMiddleware:
    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.path == "/healthz":
            return JsonResponse({"status": "alive"})
        if request.path == "/readyz":
            return _ready()
        if request.path == "/metrics":
            return _metrics(request)
        return self.get_response(request)


def _ready() -> HttpResponse:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM django_migrations")
    except DatabaseError:
        return JsonResponse({"status": "not ready", "reason": "the database does not answer"}, status=503)
    return JsonResponse({"status": "ready"})


def _metrics(request: HttpRequest) -> HttpResponse:
    """Figures hold counts and times only; still they are for this machine's monitor, not for the world."""
    if workstation(request) not in ("127.0.0.1", "::1", ""):
        return HttpResponse(status=404)
    return HttpResponse(generate_latest(), content_type=CONTENT_TYPE_LATEST)
