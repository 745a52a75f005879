"""What is done with a version of a form: approve, withdraw, review, retire."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from muniment.access.middleware import needs
from muniment.access.rules import Category, Grade
from muniment.core import clock
from muniment.core.request import ActorRequest
from muniment.forms import actions, queries
from muniment.forms.models import FormVersion
from muniment.forms.rules import Step
from muniment.forms.web import presenters
from muniment.forms.web.views.form import page
from muniment.kernel.errors import Refused

STEPS: dict[Step, tuple[Callable[..., FormVersion], str]] = {
    Step.APPROVE: (actions.approve, "Approved version {number} of {form}."),
    Step.WITHDRAW: (actions.withdraw, "Withdrew version {number} of {form}."),
    Step.REVIEW: (actions.review, "Reviewed version {number} of {form}."),
    Step.RETIRE: (actions.retire, "Retired version {number} of {form}."),
}


@needs(Category.FORMS, Grade.WRITE)
@require_POST
def step(request: ActorRequest, number: str, version: int, name: str) -> HttpResponse:
    found = next(
        (one for one in queries.versions_of(request.actor, queries.form(request.actor, number)) if one.number == version), None
    )
    if found is None or name not in [one.value for one in STEPS]:
        raise Refused("There is no such version or step of this form.", remedy="Open the form again to see its versions.")
    wanted = Step(name)
    form = presenters.form_of(wanted, found, clock.today(), request.POST)
    if form.is_valid():
        act, told = STEPS[wanted]
        try:
            said: dict[str, Any] = form.cleaned_data
            act(actor=request.actor, version_id=found.id, **said)
        except Refused as refused:
            form.add_error(refused.where if refused.where in form.fields else None, f"{refused.what} {refused.remedy}".strip())
        else:
            messages.success(request, told.format(number=version, form=number))
            return redirect("forms-form", number=number)
    return page(request, number, wrong={(version, name): form}, status=422)
