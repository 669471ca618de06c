"""A champ of the catalogue as a Django field. The rule says what is an answer; the field only lends its ears."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.utils.safestring import SafeString

from candidatures.catalogue.champs import Champ, ChampKind, Value
from candidatures.catalogue.formats import ATTESTATION
from candidatures.forms.doors import attributes_of
from candidatures.queries.uploads import content_type_of
from candidatures.rules.answers import NotAnAnswer, answer
from candidatures.rules.entreprises import note_on
from candidatures.rules.pieces import NotAPiece
from comptes.catalogue.countries import hints
from comptes.forms.editeurs import CompanyWidget
from comptes.rules.figures import whole

from .untouched import Untouched, untouched

Choices = Mapping[str, Mapping[str, str]]
MAX_LINES = 200
# What a browser may fill in (the `autocomplete` of HTML), by the end of the code of a champ: « contact_email ».
TOLD_APART = frozenset({"responsable", "contact", "entreprise"})
KNOWN_AS = {
    "prenom": "given-name",
    "nom": "family-name",
    "fonction": "organization-title",
    "email": "email",
    "telephone": "tel",
    "raison_sociale": "organization",
    "adresse": "street-address",
    "code_postal": "postal-code",
    "commune": "address-level2",
    "pays": "country-name",
    "site": "url",
}
YES_NO_TYPED = {True: "oui", False: "non"}


@lru_cache(maxsize=1024)
def _drawn(same: Untouched) -> SafeString:
    code = same.champ.code
    form = forms.Form(initial={code: json.loads(same.answer)})
    form.fields[code] = ChampField(same.champ, {name: dict(choices) for name, choices in same.choices})
    vars(form)["mandatory"] = {code} if same.champ.required else set()
    bound: Any = form[code]
    drawn: SafeString = bound.draw()
    return drawn


class ChampField(forms.Field):
    """Clean gives the champ's JSON value, None when nothing was typed: a draft may be incomplete."""

    def __init__(self, champ: Champ, choices: Choices) -> None:
        super().__init__(required=False, label=champ.label, help_text=champ.help, widget=widget_of(champ, choices))
        self.champ, self.choices, self.note = champ, choices, ""

    def clean(self, value: Any) -> Value:
        try:
            cleaned = answer(self.champ, value, choices=self.choices)
            if self.champ.kind is ChampKind.LIST and cleaned:
                _check_files(self.champ, cleaned.get("lignes", []))
        except NotAnAnswer as reason:
            raise forms.ValidationError(str(reason)) from None
        self.note = note_on(self.champ, value)
        return cleaned

    def drawn_for_everybody(self, bound: Any) -> SafeString | None:
        """Return its HTML, kept, when nobody typed in it nor opened its lines; None when it is to be drawn."""
        is_opened = isinstance(self.widget, ListWidget) and self.widget.is_opened
        if bound.form.is_bound or bound.obstacles or is_opened:
            return None
        same = untouched(self.champ, self.choices, bound.initial)
        return None if same is None else _drawn(same)

    def prepare_value(self, value: Any) -> Any:
        return YES_NO_TYPED.get(value, value) if self.champ.kind is ChampKind.YES_NO else value


def _check_files(champ: Champ, lines: list[dict[str, Value]]) -> None:
    """Refuse a file that cannot be deposited, saying in which line it is."""
    for number, line in enumerate(lines, start=1):
        for column in champ.columns:
            upload = line.get(column.code)
            if isinstance(upload, UploadedFile):
                try:
                    content_type_of(upload=upload, door=ATTESTATION)
                except NotAPiece as reason:
                    raise NotAnAnswer(f"Ligne {number}, « {column.label} » : {reason}") from None


def widget_of(champ: Champ, choices: Choices) -> forms.Widget:
    """Return what a champ is typed in."""
    return _WIDGETS.get(champ.kind, _typed)(champ, choices)


def _typed(champ: Champ, choices: Choices) -> forms.Widget:
    return forms.TextInput(attrs=_attrs(champ))


def _attrs(champ: Champ) -> dict[str, str]:
    known = champ.autocomplete or _known_as(champ.code)
    return {"autocomplete": known} if known else {}


def _known_as(code: str) -> str:
    """Return the name under which a browser knows an answer, told apart from that of the other people of the form."""
    who, _, what = code.partition("_")
    return f"section-{who} {KNOWN_AS[what]}" if who in TOLD_APART and what in KNOWN_AS else ""


class PieceWidget(forms.Widget):
    """A file, or the pièce already deposited in its place, which stays unless another file is chosen."""

    template_name = "components/widgets/piece.html"
    needs_multipart_form = True

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        context = super().get_context(name, None, attrs)
        context["widget"] |= {
            "type": "file",
            "attrs": {**context["widget"]["attrs"], **attributes_of(ATTESTATION)},
            "piece": value if isinstance(value, dict) else None,
            "lost": isinstance(value, UploadedFile),
        }
        return context

    def value_from_datadict(self, data: Any, files: Any, name: str) -> Any:
        if upload := files.get(name):
            return upload
        kept = whole(data.get(f"{name}-piece", ""), most=17)
        return None if kept is None else {"piece": kept}


def line_in_brief(line: Mapping[str, Any]) -> str:
    """Return the first text of a line of a list, by which somebody knows it; empty when it has none."""
    return next((value for value in line.values() if isinstance(value, str) and value), "")


def _in_a_line(champ: Champ, choices: Choices) -> forms.Widget:
    return CompanyWidget(in_a_line=True) if champ.kind is ChampKind.COMPANY else widget_of(champ, choices)


class ListWidget(forms.Widget):
    """A list in three states: not answered, declared empty, or lines, the last of which is blank for the next one.

    Lines are folded, but the blank one when it is the next thing to fill, and all of them when something is refused.
    """

    template_name = "components/widgets/list.html"
    use_fieldset = True
    needs_multipart_form = True

    def __init__(self, champ: Champ, choices: Choices) -> None:
        super().__init__()
        self.champ = champ
        self.is_adding = self.is_unfolded = False
        self.columns = [(column, _in_a_line(column, choices)) for column in champ.columns]

    @property
    def is_opened(self) -> bool:
        """Whether lines are open that would be folded otherwise."""
        return self.is_adding or self.is_unfolded

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        context = super().get_context(name, value, attrs)
        value = value or {}
        lines = value.get("lignes") or []
        context["widget"] |= {
            "none_label": self.champ.none_label,
            "hints": hints() if any(column.kind is ChampKind.COMPANY for column in self.champ.columns) else (),
            "has_none": bool(value.get("aucun")),
            "has_lines": bool(lines),
            "count": len(lines) + 1,
            "lines": [
                {
                    "cells": self._cells(name, number, line),
                    "label": line_in_brief(line),
                    "is_open": self.is_unfolded or (number == len(lines) and self._is_next(value)),
                }
                for number, line in enumerate([*lines, {}])
            ],
        }
        return context

    def _is_next(self, value: Mapping[str, Any]) -> bool:
        """Whether the blank line is the next thing to fill: nothing is declared yet, or a line was asked for."""
        return self.is_adding or not (value.get("aucun") or value.get("lignes"))

    def _cells(self, name: str, number: int, line: Mapping[str, Any]) -> list[dict[str, Any]]:
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
        count = whole(data.get(f"{name}-count", "")) or 0
        lines = [
            {
                column.code: widget.value_from_datadict(data, files, f"{name}-{number}-{column.code}")
                for column, widget in self.columns
            }
            for number in range(min(count, MAX_LINES))
        ]
        return {
            "aucun": data.get(f"{name}-stance") == "aucun",
            "lignes": [line for line in lines if any(line.values())],
        }

    def value_omitted_from_data(self, data: Any, files: Any, name: str) -> bool:
        return f"{name}-count" not in data

    def id_for_label(self, id_: str) -> str:
        return f"{id_}_0"


_WIDGETS: Mapping[ChampKind, Callable[[Champ, Choices], forms.Widget]] = {
    ChampKind.LIST: ListWidget,
    ChampKind.PIECE: lambda champ, choices: PieceWidget(),
    ChampKind.COMPANY: lambda champ, choices: CompanyWidget(),
    ChampKind.DATE: lambda champ, choices: forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    ChampKind.CHOICES: lambda champ, choices: forms.CheckboxSelectMultiple(
        choices=list(choices[champ.choices].items())
    ),
    ChampKind.CHOICE: lambda champ, choices: forms.Select(choices=[("", "Choisir…"), *choices[champ.choices].items()]),
    ChampKind.YES_NO: lambda champ, choices: forms.RadioSelect(choices=[("oui", "Oui"), ("non", "Non")]),
    ChampKind.PARAGRAPH: lambda champ, choices: forms.Textarea(attrs={"rows": 4}),
    ChampKind.EMAIL: lambda champ, choices: forms.EmailInput(attrs={"inputmode": "email", **_attrs(champ)}),
    ChampKind.PHONE: lambda champ, choices: forms.TextInput(attrs={"type": "tel", "inputmode": "tel", **_attrs(champ)}),
}
