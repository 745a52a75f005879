from django.apps import AppConfig
from django.urls import reverse


class CompletionConfig(AppConfig):
    name = "muniment.completion"

    def ready(self) -> None:
        from muniment.accounts.happenings import SignsAs
        from muniment.completion import actions, jobs, outbox  # noqa: F401 the worker knows its jobs by their import
        from muniment.completion.web import panels
        from muniment.core.events import listen
        from muniment.encounters.happenings import StaysChanged
        from muniment.record.happenings import Closed, Filed, Signed
        from muniment.record.panels import CHART
        from muniment.rulebook.happenings import RuleChanged
        from muniment.rulebook.panels import EDITORS, JUDGED_AGAIN, Editor
        from muniment.ui.navigation import Destination, Group, declare

        declare(
            Destination(label="Inbox", name="completion-inbox", key="i", group=Group.WORK, order=2),
            Destination(label="Deficiencies", name="completion-deficiencies", key="c", group=Group.CHARTS, order=1),
        )  # fmt: skip
        _places()
        CHART.register(panels.chart)
        EDITORS["completion."] = Editor("completion-rule", "completion-rule-new", "Propose a rule of chart analysis")
        JUDGED_AGAIN.register(panels.judged_again)
        listen(StaysChanged, outbox.stays_changed)
        listen(SignsAs, actions.signs_as)
        listen(Filed, outbox.filed)
        listen(Signed, outbox.signed)
        listen(Closed, outbox.signed)
        listen(RuleChanged, outbox.CHARTS.rule_changed)


def _places() -> None:
    """A clinician completes a deficiency in the signing workspace; whoever triages it opens its record."""
    from muniment.completion.queues import INBOX
    from muniment.work import places

    def url(item: places.WorkItem) -> str:
        name = "completion-sign" if item.queue_id == INBOX else "completion-deficiency"
        return reverse(name, args=[item.subject_id])

    def verb(item: places.WorkItem) -> str:
        return "Complete the document" if item.queue_id == INBOX else "Reassign or waive"

    places.register("deficiency", verb=verb, url=url)
