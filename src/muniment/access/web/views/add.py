"""Add a person. Their one-time password is shown once, and kept nowhere but hashed."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_http_methods

from muniment.access.middleware import needs
from muniment.access.rules import Category, Grade
from muniment.access.web.forms import AddForm, AssignForm
from muniment.accounts import actions, queries
from muniment.accounts.passwords import one_time_password
from muniment.core.actions import unit_of_work
from muniment.core.request import ActorRequest


@needs(Category.ACCOUNTS, Grade.WRITE)
@require_http_methods(["GET", "POST"])
def add(request: ActorRequest) -> HttpResponse:
    data = request.POST if request.method == "POST" else None
    who, where = AddForm(data), AssignForm(data, places=queries.facilities(request.actor))
    if data is None:
        return render(request, "access/add.html", {"who": who, "where": where})
    if not (who.is_valid() & where.is_valid()):
        return render(request, "access/add.html", {"who": who, "where": where}, status=422)
    password = one_time_password()
    with unit_of_work():
        user = actions.add_user(actor=request.actor, password=password, one_time=True, **who.cleaned_data)
        said = where.cleaned_data
        actions.assign_role(actor=request.actor, user=user, role=said["role"], facilities=said["facilities"])
    return render(request, "access/password.html", {"person": user, "password": password, "new": True})
