from django.urls import path

from muniment.work.web.views.every import every
from muniment.work.web.views.item import item, step
from muniment.work.web.views.mine import done, mine
from muniment.work.web.views.pull import pull
from muniment.work.web.views.queue import queue
from muniment.work.web.views.queues import queues

urlpatterns = [
    path("work/", queues, name="work-queues"),
    path("work/mine/", mine, name="work-mine"),
    path("work/mine/done/", done, name="work-done"),
    path("work/all/", every, name="work-every"),
    path("work/items/<uuid:item_id>/", item, name="work-item"),
    path("work/items/<uuid:item_id>/<slug:name>", step, name="work-step"),
    path("work/<slug:code>/", queue, name="work-queue"),
    path("work/<slug:code>/pull", pull, name="work-pull"),
]
