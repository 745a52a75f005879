"""Every address of the site, in one list."""

from django.urls import include, path

handler429 = "muniment.accounts.locked.locked"  # what the sign-in library shows when an address is closed

urlpatterns = [
    path("accounts/", include("muniment.accounts.door")),
    path("accounts/mfa/", include("allauth.mfa.urls")),
    path("ui/", include("muniment.ui.urls")),
    path("", include("muniment.operations.web.urls")),
    path("", include("muniment.operations.web.system_urls")),
    path("", include("muniment.work.web.urls")),
    path("", include("muniment.access.web.urls")),
    path("", include("muniment.rulebook.web.urls")),
    path("", include("muniment.identity.web.urls")),
    path("", include("muniment.record.web.urls")),
    path("", include("muniment.completion.web.urls")),
    path("", include("muniment.coding.web.urls")),
    path("", include("muniment.qualitative.web.urls")),
    path("", include("muniment.delinquency.web.urls")),
    path("", include("muniment.transcription.web.urls")),
    path("", include("muniment.pending.web.urls")),
    path("", include("muniment.querying.web.urls")),
    path("", include("muniment.dnfb.web.urls")),
    path("", include("muniment.codingaudit.web.urls")),
    path("", include("muniment.openreview.web.urls")),
    path("", include("muniment.codeupdates.web.urls")),
    path("", include("muniment.suggestions.web.urls")),
    path("", include("muniment.intake.web.urls")),
    path("", include("muniment.scanning.web.urls")),
    path("", include("muniment.tracking.web.urls")),
    path("", include("muniment.misfiling.web.urls")),
    path("", include("muniment.forms.web.urls")),
    path("", include("muniment.downtime.web.urls")),
    path("", include("muniment.channels.web.urls")),
]
