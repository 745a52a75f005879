from django.urls import path

from muniment.operations.web.views.health import health
from muniment.operations.web.views.trail import event, events, standing, verify

urlpatterns = [
    path("audit/", events, name="operations-audit"),
    path("audit/verify", verify, name="operations-verify"),
    path("audit/standing", standing, name="operations-standing"),
    path("audit/<int:lane>/<int:sequence>/", event, name="operations-audit-event"),
    path("health/", health, name="operations-health"),
]
