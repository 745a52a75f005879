"""What is shown when an address is closed for a while: in our words, with the time it opens again."""

from __future__ import annotations

from datetime import timedelta

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from muniment.accounts.queries import zone_of
from muniment.core import clock

LONGEST = timedelta(minutes=15)  # as ACCOUNT_RATE_LIMITS has it


def locked(request: HttpRequest) -> HttpResponse:
    """The page of status 429. The count forgets each try after a quarter hour, so that is the longest wait."""
    until = (clock.now() + LONGEST).astimezone(zone_of(""))
    answer = render(request, "429.html", {"until": until.strftime("%H:%M"), "minutes": LONGEST.seconds // 60}, status=429)
    answer.headers["Retry-After"] = str(LONGEST.seconds)
    return answer
