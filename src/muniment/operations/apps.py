from django.apps import AppConfig


class OperationsConfig(AppConfig):
    name = "muniment.operations"
