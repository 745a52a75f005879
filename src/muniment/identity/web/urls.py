from django.urls import path

from muniment.identity.web.views.find import find
from muniment.identity.web.views.match import decide, match
from muniment.identity.web.views.person import person

urlpatterns = [
    path("find", find, name="identity-find"),
    path("people/<uuid:person_id>/", person, name="identity-person"),
    path("people/matches/<uuid:match_id>/", match, name="identity-match"),
    path("people/matches/<uuid:match_id>/<slug:answer>", decide, name="identity-decide"),
]
