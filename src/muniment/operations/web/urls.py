from django.urls import path

from muniment.operations.web.views.board import board
from muniment.operations.web.views.day import day

urlpatterns = [
    path("", day, name="day"),
    path("board/", board, name="operations-board"),
]
