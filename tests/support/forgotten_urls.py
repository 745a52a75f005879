"""The site with one view more, whose author forgot to say what it needs."""

from django.http import HttpResponse
from django.urls import path

from muniment.config.urls import urlpatterns as site

urlpatterns = [*site, path("forgotten", lambda request: HttpResponse("open"), name="forgotten")]
