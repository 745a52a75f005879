from django.apps import AppConfig
from django.urls import reverse


class DelinquencyConfig(AppConfig):
    name = "muniment.delinquency"

    def ready(self) -> None:
        from muniment.core import conflicts
        from muniment.delinquency import jobs, queries  # noqa: F401 the worker knows its jobs by their import
        from muniment.delinquency.queues import LETTERS
        from muniment.rulebook.panels import EDITORS, Editor
        from muniment.ui.navigation import Destination, Group, declare
        from muniment.work import permissions, places

        declare(Destination(label="Delinquency", name="delinquency-figures", key="l", group=Group.DEPARTMENT))
        EDITORS["delinquency.calendar"] = Editor(
            "delinquency-calendar", "delinquency-calendars", "Write a calendar of closed days"
        )
        conflicts.say(
            "one_open_suspension",
            "Somebody else has just proposed a suspension of this practitioner; nothing of yours was written.",
        )
        permissions.bar(LETTERS, queries.own_proposals)
        places.register(
            "letters",
            verb="Review the letters",
            url=lambda item: f"{reverse('delinquency-letters')}?facility={item.subject_id}",
        )
        places.register("suspension", verb="Decide", url=lambda item: reverse("delinquency-suspension", args=[item.subject_id]))
