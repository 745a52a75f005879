from django.apps import AppConfig
from django.urls import reverse


class IdentityConfig(AppConfig):
    name = "muniment.identity"

    def ready(self) -> None:
        from muniment.identity import queries
        from muniment.work import names, places

        names.directory.patients = queries.whose
        places.register(
            "possible-match",
            verb="Decide if they are one person",
            url=lambda item: reverse("identity-match", args=[item.subject_id]),
        )
