from __future__ import annotations

from django.urls import path

from muniment.ui.views.gallery import gallery, screen

urlpatterns = [
    path("", gallery, name="ui-gallery"),
    path("<slug:kind>", screen, name="ui-screen"),
]
