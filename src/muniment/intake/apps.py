from django.apps import AppConfig


class IntakeConfig(AppConfig):
    name = "muniment.intake"
