from django.apps import AppConfig
from django.urls import reverse


class CodingAuditConfig(AppConfig):
    name = "muniment.codingaudit"

    def ready(self) -> None:
        from muniment.codingaudit import jobs  # noqa: F401 the worker knows its jobs by their import
        from muniment.codingaudit.queues import RECODE, SUBJECT
        from muniment.ui.navigation import Destination, Group, declare
        from muniment.work import places

        declare(Destination(label="Coding audits", name="codingaudit-audits", key="1", group=Group.CHARTS, order=4))
        places.register(
            SUBJECT, verb=lambda item: "Code the stay again" if item.queue_id == RECODE else "Open the audit",
            url=lambda item: reverse("coding-abstract", args=[item.encounter_id]) if item.queue_id == RECODE else reverse("codingaudit-audit", args=[item.subject_id]),
        )  # fmt: skip
