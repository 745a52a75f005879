from django.apps import AppConfig


class AuditConfig(AppConfig):
    name = "muniment.audit"

    def ready(self) -> None:
        from muniment.audit.chain import append
        from muniment.core.actions import chain_into

        chain_into(append)
