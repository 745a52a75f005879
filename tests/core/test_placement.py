"""The record can spread over many machines: keys begin with the patient, and foreign keys stay where they may (ADR 0005)."""

from __future__ import annotations

import pytest
from django.apps import apps
from django.db import connection, models

from muniment.core.models import MunimentModel, Placement, our_models

OURS = our_models()
PATIENT_ROOT = "identity_patient"  # its own id is the distribution key
FACED = {
    Placement.PATIENT: {Placement.PATIENT, Placement.REFERENCE},
    Placement.DEPARTMENT: {Placement.DEPARTMENT, Placement.REFERENCE},
    Placement.REFERENCE: {Placement.REFERENCE},
}


def test_every_table_of_ours_names_its_placement():
    of_ours = [model for app in apps.get_app_configs() if app.name.startswith("muniment.") for model in app.get_models()]
    assert [model.__name__ for model in of_ours if not issubclass(model, MunimentModel)] == []
    assert [model.__name__ for model in of_ours if not isinstance(getattr(model, "placement", None), Placement)] == []


def placed(placement):
    return [model for model in OURS if model.placement is placement]


@pytest.mark.parametrize("model", placed(Placement.PATIENT), ids=lambda model: model._meta.db_table)
def test_every_unique_index_of_a_patients_table_holds_the_patient(db, model):
    table = model._meta.db_table
    key = "id" if table == PATIENT_ROOT else "patient_id"
    with connection.cursor() as cursor:
        found = connection.introspection.get_constraints(cursor, table)
    unique = {name: one["columns"] for name, one in found.items() if one["unique"] or one["primary_key"]}
    assert unique
    assert {name: columns for name, columns in unique.items() if key not in columns} == {}


def constrained(model):
    """The foreign keys of a model that the database holds, with the model they lead to."""
    fields = [one for one in model._meta.local_fields if isinstance(one, models.ForeignKey) and one.db_constraint]
    return [(field.name, field.related_model) for field in fields]


@pytest.mark.parametrize("model", OURS, ids=lambda model: model._meta.db_table)
def test_foreign_keys_lead_only_where_they_can_be_held(model):
    wrong = [name for name, target in constrained(model) if target.placement not in FACED[model.placement]]
    assert wrong == []


@pytest.mark.parametrize("model", placed(Placement.PATIENT), ids=lambda model: model._meta.db_table)
def test_among_patients_tables_only_the_patient_is_pointed_at(model):
    wrong = [
        name
        for name, target in constrained(model)
        if target.placement is Placement.PATIENT and target._meta.db_table != PATIENT_ROOT
    ]
    assert wrong == []
    assert isinstance(model._meta.pk, models.CompositePrimaryKey) or model._meta.db_table == PATIENT_ROOT
