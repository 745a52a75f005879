from django.apps import AppConfig
from django.urls import reverse


class FormsConfig(AppConfig):
    name = "muniment.forms"

    def ready(self) -> None:
        from muniment.core import conflicts
        from muniment.core.events import listen
        from muniment.forms import flags, jobs, queries  # noqa: F401 the worker knows its jobs by their import
        from muniment.forms.queues import APPROVALS
        from muniment.scanning.happenings import ScanFiled
        from muniment.ui.navigation import Destination, Group, declare
        from muniment.work import permissions, places

        declare(Destination(label="Forms", name="forms-inventory", key="f", group=Group.DOCUMENTS))
        conflicts.say(
            "forms_form_number_key", "Somebody else has just begun a form of this number; nothing of yours was written.",
            "Read that form, then propose yours as its next version or under another number.",
        )  # fmt: skip
        listen(ScanFiled, flags.filed)
        permissions.bar(APPROVALS, queries.own_proposals)
        places.register(
            "form-version", verb="Open the form", url=lambda item: reverse("forms-version", args=[item.subject_id])
        )  # fmt: skip
