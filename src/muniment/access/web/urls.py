from django.urls import path

from muniment.access.web.views import facilities, practitioner
from muniment.access.web.views.account import account, keep, set_keys, switch
from muniment.access.web.views.add import add
from muniment.access.web.views.people import people
from muniment.access.web.views.person import change, person
from muniment.access.web.views.table import table

urlpatterns = [
    path("access/", table, name="access-table"),
    path("staff/", people, name="accounts-people"),
    path("staff/add", add, name="accounts-add"),
    path("staff/<uuid:user_id>/", person, name="accounts-person"),
    path("staff/<uuid:user_id>/practitioner/link", practitioner.link, name="accounts-link"),
    path("staff/<uuid:user_id>/practitioner/unlink", practitioner.unlink, name="accounts-unlink"),
    path("staff/<uuid:user_id>/<slug:name>", change, name="accounts-change"),
    path("facilities/", facilities.facilities, name="accounts-facilities"),
    path("facilities/open", facilities.add, name="accounts-open-facility"),
    path("facilities/<uuid:facility_id>/", facilities.facility, name="accounts-facility"),
    path("facilities/<uuid:facility_id>/alias", facilities.alias, name="accounts-alias"),
    path("account/", account, name="mine-account"),
    path("account/role", switch, name="mine-role"),
    path("account/keys", set_keys, name="mine-keys"),
    path("account/keep", keep, name="mine-keep"),
]
