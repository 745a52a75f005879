from django.urls import path

from muniment.rulebook.web.views.adopt import adopt
from muniment.rulebook.web.views.book import book
from muniment.rulebook.web.views.propose import propose
from muniment.rulebook.web.views.rule import rule
from muniment.rulebook.web.views.step import step

urlpatterns = [
    path("rules/", book, name="rulebook-book"),
    path("rules/propose", propose, name="rulebook-propose"),
    path("rules/<str:code>/", rule, name="rulebook-rule"),
    path("rules/<str:code>/propose", propose, name="rulebook-propose-next"),
    path("rules/<str:code>/<int:number>/adopt", adopt, name="rulebook-adopt"),
    path("rules/<str:code>/<int:number>/<slug:name>", step, name="rulebook-step"),
]
