from django.apps import AppConfig


class CompletionConfig(AppConfig):
    name = "muniment.completion"
