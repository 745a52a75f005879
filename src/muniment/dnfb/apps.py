from django.apps import AppConfig


class DnfbConfig(AppConfig):
    name = "muniment.dnfb"

    def ready(self) -> None:
        from muniment.coding import holds
        from muniment.coding.panels import WORKSPACE
        from muniment.dnfb import queries, rules
        from muniment.dnfb.web import panels
        from muniment.rulebook import checks
        from muniment.ui.navigation import Destination, Group, declare

        declare(Destination(label="Stays on hold", name="holds", key="g", group=Group.CHARTS, order=4))
        holds.register(queries.standing)
        WORKSPACE.register(panels.workspace)
        checks.register(rules.REASONS, rules.read)
