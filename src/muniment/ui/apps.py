from __future__ import annotations

from django.apps import AppConfig


class UiConfig(AppConfig):
    name = "muniment.ui"
    label = "ui"
    verbose_name = "Components"
