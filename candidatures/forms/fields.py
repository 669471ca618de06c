"""A champ of the catalogue as a Django field. The rule says what is an answer; the field only lends its ears."""

from collections.abc import Mapping
from typing import Any

from django import forms

from candidatures.catalogue.volets import Champ, Kind, Value
from candidatures.rules.answers import NotAnAnswer, answer

Choices = Mapping[str, Mapping[str, str]]
MAX_LINES = 200
YES_NO_TYPED = {True: "oui", False: "non"}


class ChampField(forms.Field):
    """Clean gives the champ's JSON value, None when nothing was typed: a draft may be incomplete."""

    def __init__(self, champ: Champ, choices: Choices) -> None:
        super().__init__(required=False, label=champ.label, help_text=champ.help, widget=widget_of(champ, choices))
        self.champ, self.choices = champ, choices

    def clean(self, value: Any) -> Value:
        try:
            return answer(self.champ, value, choices=self.choices)
        except NotAnAnswer as reason:
            raise forms.ValidationError(str(reason)) from None

    def prepare_value(self, value: Any) -> Any:
        return YES_NO_TYPED.get(value, value) if self.champ.kind is Kind.YES_NO else value


def widget_of(champ: Champ, choices: Choices) -> forms.Widget:
    attrs = {"autocomplete": champ.autocomplete} if champ.autocomplete else {}
    match champ.kind:
        case Kind.LIST:
            return ListWidget(champ, choices)
        case Kind.CHOICES:
            return forms.CheckboxSelectMultiple(choices=list(choices[champ.choices].items()))
        case Kind.CHOICE:
            return forms.Select(choices=[("", "Choisir…"), *choices[champ.choices].items()])
        case Kind.YES_NO:
            return forms.RadioSelect(choices=[("oui", "Oui"), ("non", "Non")])
        case Kind.PARAGRAPH:
            return forms.Textarea(attrs={"rows": 4})
        case Kind.EMAIL:
            return forms.EmailInput(attrs=attrs)
        case Kind.PHONE:
            return forms.TextInput(attrs={"type": "tel", **attrs})
    return forms.TextInput(attrs=attrs)


class ListWidget(forms.Widget):
    """A list in three states: not answered, declared empty, or lines, the last of which is blank for the next one."""

    template_name = "components/widgets/list.html"
    use_fieldset = True

    def __init__(self, champ: Champ, choices: Choices) -> None:
        super().__init__()
        self.champ = champ
        self.columns = [(column, widget_of(column, choices)) for column in champ.columns]

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        context = super().get_context(name, value, attrs)
        value = value or {}
        lines = value.get("lignes") or []
        context["widget"] |= {
            "none_label": self.champ.none_label,
            "has_none": bool(value.get("aucun")),
            "has_lines": bool(lines),
            "count": len(lines) + 1,
            "lines": [self._line(name, number, line) for number, line in enumerate([*lines, {}])],
        }
        return context

    def _line(self, name: str, number: int, line: Mapping[str, Any]) -> list[dict[str, Any]]:
        cells = []
        for column, widget in self.columns:
            cell_id = f"id_{name}-{number}-{column.code}"
            context = widget.get_context(f"{name}-{number}-{column.code}", line.get(column.code), {"id": cell_id})
            label = {
                "label": column.label,
                "id": cell_id,
                "grouped": widget.use_fieldset,
                "optional": not column.required,
            }
            cells.append({"widget": context["widget"], **label})
        return cells

    def value_from_datadict(self, data: Any, files: Any, name: str) -> Value:
        count = data.get(f"{name}-count", "")
        lines = [
            {
                column.code: widget.value_from_datadict(data, files, f"{name}-{number}-{column.code}")
                for column, widget in self.columns
            }
            for number in range(min(int(count), MAX_LINES) if count.isascii() and count.isdigit() else 0)
        ]
        return {
            "aucun": data.get(f"{name}-stance") == "aucun",
            "lignes": [line for line in lines if any(line.values())],
        }

    def value_omitted_from_data(self, data: Any, files: Any, name: str) -> bool:
        return f"{name}-count" not in data

    def id_for_label(self, id_: str) -> str:
        return f"{id_}_0"
