"""The rendering of Django's forms: every template is in `templates/components`; no page sets a class on a widget."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.forms import BoundField, CheckboxInput
from django.forms.renderers import TemplatesSetting
from django.template.loader import get_template
from django.utils.safestring import SafeString

_INPUTS = ("text", "email", "number", "url", "password", "search", "date", "datetime", "time", "color")
_WIDGETS = {
    **dict.fromkeys(_INPUTS, "input"),
    "hidden": "hidden",
    "textarea": "textarea",
    "select": "select",
    "checkbox": "checkbox",
    "checkbox_select": "choices",
    "radio": "choices",
    "file": "file",
    "clearable_file_input": "file",
}
_OURS = {
    **{f"django/forms/widgets/{name}.html": f"components/widgets/{ours}.html" for name, ours in _WIDGETS.items()},
    "django/forms/div.html": "components/fields.html",
    "django/forms/errors/list/default.html": "components/errors.html",
    "django/forms/errors/list/ul.html": "components/errors.html",
}


class PortalBoundField(BoundField):
    """A field as the templates read it.

    A form whose draft may be saved incomplete leaves its fields optional. Three attributes of the form tell the rest:
    `mandatory`, the names of the fields that the submission requires, `obstacles`, sentences by name of field, and
    `places`, the title of the section of each field.
    """

    def as_field_group(self) -> SafeString:
        """Draw the field with its label; a field may keep its HTML, in `drawn_for_everybody`."""
        kept = getattr(self.field, "drawn_for_everybody", None)
        return (kept(self) if kept else None) or self.draw()

    def draw(self) -> SafeString:
        drawn: SafeString = super().as_field_group()
        return drawn

    @property
    def is_mandatory(self) -> bool:
        """Whether the field is required, now or to submit; the label of the others says « facultatif »."""
        return self.field.required or self.name in getattr(self.form, "mandatory", ())

    @property
    def is_tickbox(self) -> bool:
        """Whether the field is a single checkbox, whose label comes after it."""
        return isinstance(self.field.widget, CheckboxInput)

    @property
    def obstacles(self) -> Sequence[str]:
        """List what must still be corrected in this field to submit."""
        by_field: Mapping[str, Sequence[str]] = getattr(self.form, "obstacles", {})
        return by_field.get(self.name, ())

    @property
    def is_faulty(self) -> bool:
        """Whether something is to be said under the field."""
        return bool(self.errors or self.obstacles)

    @property
    def focus_id(self) -> str:
        """Return the id of the element that a link to this field must reach; in a group of choices, the first."""
        return self.id_for_label or f"{self.auto_id}_0"

    @property
    def place(self) -> str:
        """Name the field where it is far from its section: « Responsable légal, adresse e-mail »."""
        section = getattr(self.form, "places", {}).get(self.name, "")
        label = str(self.label)
        within = label if label[1:2].isupper() else label[:1].lower() + label[1:]
        return f"{section}, {within}" if section else label

    @property
    def aria_describedby(self) -> str | None:
        """Add the obstacles to the description that a screen reader reads with the field."""
        described_by = super().aria_describedby
        if described_by is None or self.errors or not self.obstacles:
            return described_by
        return f"{described_by} {self.auto_id}_obstacle".strip()


class PortalRenderer(TemplatesSetting):
    """Render with the project's templates, and with ours in place of Django's own."""

    form_template_name = "components/form.html"
    formset_template_name = "components/formset.html"
    field_template_name = "components/field.html"
    bound_field_class = PortalBoundField

    def get_template(self, template_name: str) -> Any:
        return get_template(_OURS.get(template_name, template_name))
