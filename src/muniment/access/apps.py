from django.apps import AppConfig


class AccessConfig(AppConfig):
    name = "muniment.access"

    def ready(self) -> None:
        from muniment.ui.navigation import Destination, Group, declare

        declare(Destination(label="People", name="accounts-people", key="p", group=Group.DEPARTMENT, order=200))
