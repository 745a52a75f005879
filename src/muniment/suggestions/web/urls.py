from django.urls import path

from muniment.suggestions.web.views import suggested

urlpatterns = [
    path("coding/<uuid:encounter_id>/suggestions/", suggested.suggested, name="suggestions"),
    path("coding/<uuid:encounter_id>/suggestions/decide/", suggested.decide, name="suggestions-decide"),
]
