from typing import Any

from django import forms
from django.db.models import QuerySet

from comptes.forms.texts import LineInput
from comptes.models import Compte


class SignatoryForm(forms.Form):
    """The person who signs for the éditeur, chosen among those who may engage it."""

    signatory: Any = forms.ModelChoiceField(
        queryset=Compte.objects.none(),
        label="Personne qui signe pour l’éditeur",
        empty_label=None,
        error_messages={"invalid_choice": "Cette personne ne peut pas engager l’éditeur."},
    )

    def __init__(self, *args: Any, people: QuerySet[Compte], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["signatory"].queryset = people  # type: ignore[attr-defined]  # of a field of choices


class CodeForm(forms.Form):
    code = LineInput(
        label="Code reçu par e-mail",
        max_length=12,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "one-time-code", "size": 8}),
        error_messages={"required": "Saisissez le code à six chiffres reçu par e-mail."},
    )
