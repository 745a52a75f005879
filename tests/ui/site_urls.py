"""The components alone, without the site around them: no database, no sign-in."""

from __future__ import annotations

from django.urls import include, path

urlpatterns = [path("ui/", include("muniment.ui.urls"))]
