from django.urls import path

from muniment.channels.web.views import channel
from muniment.channels.web.views.board import board

urlpatterns = [
    path("interfaces/", board, name="channels-board"),
    path("interfaces/new/", channel.new, name="channels-new"),
    path("interfaces/<uuid:channel_id>/", channel.one, name="channels-channel"),
]
