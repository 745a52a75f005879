from django.apps import AppConfig


class OperationsConfig(AppConfig):
    name = "muniment.operations"

    def ready(self) -> None:
        from muniment.operations import jobs  # noqa: F401 the worker knows its jobs by their import
