"""What somebody says of themselves, and of their company, at their first arrival."""

from collections.abc import Sequence
from typing import Any

from django import forms

from comptes.forms.editeurs import CompanyForm, EditeurForm
from comptes.forms.texts import Name, Paragraph


class ArrivalForm(forms.Form):
    """The names of somebody who arrives by the provider, to correct if it spells them differently."""

    first_name = Name(label="Prénom", max_length=80, widget=forms.TextInput(attrs={"autocomplete": "given-name"}))
    last_name = Name(label="Nom", max_length=80, widget=forms.TextInput(attrs={"autocomplete": "family-name"}))

    @property
    def names(self) -> tuple[str, str]:
        return self.cleaned_data["first_name"], self.cleaned_data["last_name"]

    @property
    def values(self) -> dict[str, str]:
        """The fields of the company."""
        return {name: self.cleaned_data[name] for name in EditeurForm.base_fields if name in self.cleaned_data}


class OpeningForm(ArrivalForm, EditeurForm):
    """A company that its mandataire enters; their identity says which."""

    field_order: Sequence[str] | None = ("first_name", "last_name", *EditeurForm.base_fields)


class InscriptionForm(ArrivalForm, CompanyForm):
    """A company that somebody asks an administrateur to enter."""

    qualite = Paragraph(
        label="Votre fonction dans l’entreprise",
        max_length=1000,
        help_text="Elle permet à l’ANS de vérifier que vous pouvez agir pour votre entreprise.",
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    field_order: Sequence[str] | None = (
        "first_name",
        "last_name",
        "entreprise",
        *EditeurForm.base_fields,
        "qualite",
    )


class AgainForm(InscriptionForm):
    """The same request, corrected after a refusal; its author has an account already."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        del self.fields["first_name"], self.fields["last_name"]
