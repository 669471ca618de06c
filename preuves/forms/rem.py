from __future__ import annotations

import datetime
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile

from candidatures.models import Dispositif
from preuves.catalogue.archives import LARGEST_FILE, MEGABYTE
from preuves.catalogue.rem import PreuveSpec
from preuves.enums import Nature

LARGEST_ANNOTATIONS = 2 * MEGABYTE


class WorkbookForm(forms.Form):
    """A workbook to preview; nothing is published by sending it."""

    date = forms.DateField(
        label="Version du",
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        help_text="Le jour qui nommera cette version.",
    )
    workbook = forms.FileField(
        label="Classeur",
        widget=forms.FileInput(attrs={"accept": ".xlsx,.ods"}),
        help_text=f"Un classeur .xlsx ou .ods, sans macro, formule ni mot de passe, "
        f"{LARGEST_FILE // MEGABYTE}\u00a0Mo au plus.",
    )

    def __init__(self, *args: Any, today: datetime.date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["date"].initial = today

    def clean_workbook(self) -> UploadedFile[bytes]:
        sent: UploadedFile[bytes] = self.cleaned_data["workbook"]
        if (sent.size or 0) > LARGEST_FILE:
            raise forms.ValidationError(f"Le classeur dépasse {LARGEST_FILE // MEGABYTE}\u00a0Mo.")
        if Path(sent.name or "").suffix.lower() in (".xlsm", ".xltm", ".xlsb"):
            raise forms.ValidationError("Ce classeur contient des macros\u00a0: enregistrez-le en .xlsx.")
        return sent


class RemImportForm(WorkbookForm):
    dispositif = forms.ModelChoiceField(Dispositif.objects.order_by("pk"), label="Démarche", empty_label=None)
    annotations = forms.FileField(
        label="Annotations",
        required=False,
        widget=forms.FileInput(attrs={"accept": ".toml"}),
        help_text="Un fichier .toml\u00a0: codes des chapitres, natures, guichets, constats, exceptions de profil. "
        "Ce qui est déjà connu, et qu’il ne dit pas, est repris.",
    )
    field_order = ("dispositif", "date", "workbook", "annotations")

    def clean_annotations(self) -> str:
        """Return the text of the annotations; the preview checks that it is TOML."""
        sent = self.cleaned_data["annotations"]
        if not sent:
            return ""
        if sent.size > LARGEST_ANNOTATIONS:
            raise forms.ValidationError("Ce fichier est trop grand pour des annotations.")
        try:
            text: str = sent.read().decode("utf-8-sig")
        except UnicodeDecodeError:
            raise forms.ValidationError("Ce fichier n’est pas un texte en UTF-8.") from None
        if "\0" in text:
            raise forms.ValidationError("Ce fichier n’est pas un texte en UTF-8.")
        return text


class EquivalencesImportForm(WorkbookForm):
    """A table of équivalences between two dispositifs: a preuve accepted in the first counts in the second."""

    source = forms.ModelChoiceField(
        Dispositif.objects.order_by("pk"),
        label="Démarche source",
        empty_label=None,
        help_text="Celle où les preuves sont acceptées.",
    )
    cible = forms.ModelChoiceField(
        Dispositif.objects.order_by("pk"),
        label="Démarche cible",
        empty_label=None,
        help_text="Celle où elles ne sont plus à déposer.",
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
