"""The components and the sign-in pages alone, without the site around them."""

from __future__ import annotations

from django.urls import include, path

urlpatterns = [
    path("ui/", include("muniment.ui.urls")),
    path("accounts/", include("allauth.account.urls")),
    path("accounts/mfa/", include("allauth.mfa.urls")),
]
