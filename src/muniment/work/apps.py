from django.apps import AppConfig


class WorkConfig(AppConfig):
    name = "muniment.work"

    def ready(self) -> None:
        from muniment.ui.navigation import Destination, Group, declare

        declare(Destination(label="Work", name="work-queues", key="w", group=Group.WORK, order=3))
