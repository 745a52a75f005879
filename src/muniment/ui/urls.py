from __future__ import annotations

from django.urls import path

from muniment.ui.views.gallery import gallery, screen

app_name = "ui"
urlpatterns = [
    path("", gallery, name="gallery"),
    path("<slug:kind>", screen, name="screen"),
]
