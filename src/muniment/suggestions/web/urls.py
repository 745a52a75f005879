from django.urls import path

from muniment.suggestions.web.views import models, muted, suggested

urlpatterns = [
    path("coding/<uuid:encounter_id>/suggestions/", suggested.suggested, name="suggestions"),
    path("coding/<uuid:encounter_id>/suggestions/decide/", suggested.decide, name="suggestions-decide"),
    path("suggestions/", models.models, name="suggestions-models"),
    path("suggestions/train/", models.train, name="suggestions-train"),
    path("suggestions/choose/", models.choose, name="suggestions-choose"),
    path("suggestions/muted/", muted.muted, name="suggestions-muted"),
    path("suggestions/muted/unmute/", muted.unmute, name="suggestions-unmute"),
]
