from django.urls import path

from muniment.operations.web.views.board import board
from muniment.operations.web.views.day import day
from muniment.operations.web.views.discharges import discharges

urlpatterns = [
    path("", day, name="day"),
    path("board/", board, name="operations-board"),
    path("discharges/", discharges, name="operations-discharges"),
]
