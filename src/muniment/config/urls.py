"""Every address of the site, in one list."""

from django.urls import include, path

urlpatterns = [
    path("accounts/", include("muniment.accounts.door")),
    path("accounts/mfa/", include("allauth.mfa.urls")),
    path("ui/", include("muniment.ui.urls")),
    path("", include("muniment.operations.web.urls")),
    path("", include("muniment.rulebook.web.urls")),
    path("", include("muniment.access.web.urls")),
]
