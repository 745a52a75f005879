"""How Django draws our forms: label above, hint below it, the sentence at the field, errors first on the page."""

from __future__ import annotations

from django.forms.renderers import DjangoTemplates


class FormRenderer(DjangoTemplates):
    """Set as ``FORM_RENDERER``; then ``{{ form }}`` and ``{{ form.x.as_field_group }}`` come out in our look."""

    field_template_name = "ui/forms/field.html"
    form_template_name = "ui/forms/form.html"
