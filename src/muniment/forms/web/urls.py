from django.urls import path

from muniment.forms.web.views.abbreviations import abbreviations
from muniment.forms.web.views.blank import blank
from muniment.forms.web.views.form import form, version
from muniment.forms.web.views.inventory import inventory
from muniment.forms.web.views.misuse import misused
from muniment.forms.web.views.propose import following, new
from muniment.forms.web.views.step import step
from muniment.forms.web.views.types import types

urlpatterns = [
    path("forms/", inventory, name="forms-inventory"),
    path("forms/types/", types, name="forms-types"),
    path("forms/new", new, name="forms-new"),
    path("forms/abbreviations/", abbreviations, name="forms-abbreviations"),
    path("forms/abbreviations/used/", misused, name="forms-misuse"),
    path("forms/versions/<uuid:version_id>/", version, name="forms-version"),
    path("forms/versions/<uuid:version_id>/blank.pdf", blank, name="forms-blank"),
    path("forms/by-number/<str:number>/", form, name="forms-form"),
    path("forms/by-number/<str:number>/next", following, name="forms-next"),
    path("forms/by-number/<str:number>/<int:version>/<slug:name>", step, name="forms-step"),
]
