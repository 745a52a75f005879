"""A rule of chart analysis as a form: changed, tried on charts, proposed. It governs nothing until somebody else adopts it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from muniment.access.middleware import needs
from muniment.access.rules import Category, Grade
from muniment.completion import permissions
from muniment.completion.charts import AREA
from muniment.completion.dryrun import readable
from muniment.completion.web import ruleform, trying
from muniment.completion.web.forms import NewRuleForm, ScopeForm, VersionForm
from muniment.completion.web.ruleform import Filled
from muniment.completion.web.trying import Tried
from muniment.core import clock
from muniment.core.request import ActorRequest
from muniment.kernel.errors import Conflict, Problem, Refused
from muniment.rulebook import actions, queries
from muniment.rulebook.models import Rule, RuleVersion
from muniment.rulebook.rules import RuleInForce, SourceKind, Term

KEPT = ("title", "statement", "citation", "source_kind")


@dataclass(slots=True, kw_only=True)
class Desk:
    """The parts of the form together."""

    last: RuleVersion | None
    version: VersionForm | NewRuleForm
    filled: Filled
    scope: ScopeForm

    @classmethod
    def open(cls, last: RuleVersion | None, data: QueryDict | None) -> Desk:
        code, parameters = (last.rule_id, last.parameters) if last else (AREA, ruleform.EMPTY)
        kept = {name: getattr(last, name) for name in KEPT} | {"follows": last.number} if last else {}
        initial = kept | {"effective_from": clock.today()}
        return cls(
            last=last, version=VersionForm(data, initial=initial) if last else NewRuleForm(data, initial=initial),
            filled=Filled.make(ruleform.rule_of(code, parameters), data), scope=ScopeForm(data),
        )  # fmt: skip

    def is_valid(self, *, with_scope: bool) -> bool:
        good = [self.version.is_valid(), self.filled.is_valid, self.scope.is_valid() or not with_scope]
        return all(good)

    @property
    def code(self) -> str:
        return self.last.rule_id if self.last else str(self.version.cleaned_data["code"])

    def term(self) -> Term:
        """What was typed, as it would govern."""
        said = self.version.cleaned_data
        rule = RuleInForce(
            code=self.code, number=self.last.number + 1 if self.last else 1, title=said["title"], statement=said["statement"],
            citation=said["citation"], source_kind=said["source_kind"], verified=False, effective_from=said["effective_from"],
            parameters=self.filled.parameters(),
        )  # fmt: skip
        return readable(Term(rule, said["effective_to"]))


@needs(Category.RULES, Grade.WRITE)
@require_http_methods(["GET", "POST"])
def edit(request: ActorRequest, code: str = "") -> HttpResponse:
    desk = Desk.open(_last(code), _data(request))
    if request.method != "POST" or "more" in request.POST:
        return _page(request, desk)
    trial = "try" in request.POST
    if not desk.is_valid(with_scope=trial):
        return _page(request, desk, status=422)
    try:
        if not trial:
            return _propose(request, desk)
        return _page(
            request, desk, tried=trying.attempt(request, trying.asked(request.actor, desk.term(), desk.scope.cleaned_data))
        )
    except Problem as problem:  # on the page, so that nothing typed is lost
        return _page(request, desk, wrong=problem, status=409 if isinstance(problem, Conflict) else 422)


def _last(code: str) -> RuleVersion | None:
    if not code:
        return None
    if not code.startswith(AREA):
        raise Refused(f"“{code}” is no rule of chart analysis.", remedy="Open it in the rule book.")
    return queries.versions(queries.rule(code).code)[0]


def _data(request: ActorRequest) -> QueryDict | None:
    if request.method != "POST":
        return None
    data = request.POST.copy()
    count = data.get("elements-TOTAL_FORMS", "")
    if "more" in data and count.isascii() and count.isdigit() and len(count) < 4:
        data["elements-TOTAL_FORMS"] = str(int(count) + ruleform.SPARE)
    return data


def _propose(request: ActorRequest, desk: Desk) -> HttpResponse:
    said, term = desk.version.cleaned_data, desk.term()
    if desk.last is None and Rule.objects.filter(code=desk.code).exists():
        raise Refused("The book has this rule already.", remedy="Open it and propose its next version.")
    version = actions.propose(
        actor=request.actor, code=desk.code, title=said["title"], follows=said.get("follows"), statement=said["statement"],
        parameters=term.rule.parameters, citation=said["citation"], source_kind=SourceKind(said["source_kind"]),
        effective_from=said["effective_from"], effective_to=said["effective_to"],
    )  # fmt: skip
    messages.success(request, f"Proposed version {version.number} of “{version.title}”. Somebody else can adopt it.")
    return redirect("rulebook-rule", code=version.rule_id)


def _page(
    request: ActorRequest, desk: Desk, *, tried: Tried | None = None, wrong: Problem | None = None, status: int = 200
) -> HttpResponse:
    said: dict[str, Any] = {"desk": desk, "last": desk.last, "tried": tried, "wrong": wrong}
    if tried and tried.run:
        said |= {"run": tried.run, "sentence": trying.sentence(tried.run.tally)}
    return render(request, "completion/rule.html", said | {"may_try": permissions.can_try(request.actor)}, status=status)
