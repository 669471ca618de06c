from __future__ import annotations

import datetime
from collections.abc import Iterable
from typing import Any

from django import forms

from candidatures.catalogue.formats import ANNOTATIONS, WORKBOOK
from candidatures.forms.doors import OneFileField
from candidatures.models import Dispositif
from preuves.catalogue.rem import PreuveSpec
from preuves.enums import Nature


class WorkbookForm(forms.Form):
    """A workbook to preview; nothing is published by sending it."""

    date = forms.DateField(
        label="Version du",
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        help_text="La date de cette version, qui servira à la nommer.",
    )
    workbook = OneFileField(
        label="Classeur",
        door=WORKBOOK,
        help_text=f"Un classeur .xlsx ou .ods, sans macro, formule ni mot de passe, {WORKBOOK.sizes} au plus.",
    )

    def __init__(self, *args: Any, today: datetime.date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["date"].initial = today


class RemImportForm(WorkbookForm):
    dispositif = forms.ModelChoiceField(Dispositif.objects.order_by("pk"), label="Démarche", empty_label=None)
    annotations = OneFileField(
        label="Annotations",
        required=False,
        door=ANNOTATIONS,
        help_text="Un fichier .toml\u00a0: codes des chapitres, natures, guichets, constats, exceptions de profil. "
        "Les informations absentes de ce fichier sont conservées de la version précédente.",
    )
    field_order = ("dispositif", "date", "workbook", "annotations")

    def clean_annotations(self) -> str:
        """Return the text of the annotations; the preview checks that it is TOML."""
        sent = self.cleaned_data["annotations"]
        if not sent:
            return ""
        sent.seek(0)
        try:
            text: str = sent.read().decode("utf-8-sig")
        except UnicodeDecodeError:
            raise forms.ValidationError("Ce fichier n’est pas un texte en UTF-8.") from None
        return text


class EquivalencesImportForm(WorkbookForm):
    """A table of équivalences between two dispositifs: a preuve accepted in the first counts in the second."""

    source = forms.ModelChoiceField(
        Dispositif.objects.order_by("pk"),
        label="Démarche source",
        empty_label=None,
        help_text="La démarche dans laquelle les preuves sont acceptées.",
    )
    cible = forms.ModelChoiceField(
        Dispositif.objects.order_by("pk"),
        label="Démarche cible",
        empty_label=None,
        help_text="La démarche dans laquelle elles ne sont plus à déposer.",
    )
    field_order = ("source", "cible", "date", "workbook")

    def clean(self) -> dict[str, Any]:
        given: dict[str, Any] = super().clean() or {}
        if given.get("source") and given.get("source") == given.get("cible"):
            self.add_error("cible", "Une table va d’une démarche à une autre\u00a0: choisissez-en deux.")
        return given


class NaturesForm(forms.Form):
    """The nature of these preuves, as it was read or corrected."""

    prefix = "nature"

    def __init__(self, *args: Any, preuves: Iterable[PreuveSpec], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for preuve in preuves:
            self.fields[preuve.numero] = forms.ChoiceField(
                label=preuve.numero, choices=Nature.choices, initial=preuve.nature
            )
