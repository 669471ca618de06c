from datetime import datetime
from typing import Any

from django import forms
from django.db.models import QuerySet

from candidatures.catalogue.champs import Champ
from candidatures.catalogue.dispositifs import numeros, open_codes
from candidatures.models import Dispositif
from candidatures.rules.answers import NotAnAnswer, answer
from comptes.forms.texts import IdentifierInput, LineInput
from comptes.models import Editeur, Rattachement


class NumeroField(IdentifierInput):
    """A number that another desk gave, with the same checks as in the formulaire."""

    def __init__(self, champ: Champ) -> None:
        super().__init__(label=champ.label, required=False, max_length=champ.max_length, help_text=champ.help)
        self.champ = champ

    def clean(self, value: Any) -> Any:
        try:
            return answer(self.champ, super().clean(value), choices={})
        except NotAnAnswer as reason:
            raise forms.ValidationError(str(reason)) from None


class ProduitForm(forms.Form):
    """The name of a product, its numbers, and the éditeur it belongs to when the person has several."""

    nom = LineInput(label="Nom du produit", max_length=120, help_text="Le nom sous lequel vos clients le connaissent.")

    def __init__(self, *args: Any, editeurs: list[Editeur], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = Editeur.objects.filter(pk__in=[editeur.pk for editeur in editeurs]).order_by("raison_sociale", "pk")
        self.fields["editeur"] = forms.ModelChoiceField(choices, label="Éditeur", empty_label=None)
        for code, champ in numeros().items():
            self.fields[code] = NumeroField(champ)
        self.order_fields(["editeur", "nom", *numeros()])
        if len(editeurs) == 1:
            self.fields["editeur"].initial = editeurs[0]
            self.fields["editeur"].widget = forms.HiddenInput()

    @property
    def numeros(self) -> dict[str, str]:
        """The numbers that were typed, by the code of their champ."""
        return {code: self.cleaned_data[code] for code in numeros() if self.cleaned_data[code]}


class CandidatureForm(forms.Form):
    """The démarche to which a product is attached, among those that are open and not its own already."""

    def __init__(self, *args: Any, at: datetime, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        dispositifs = Dispositif.objects.filter(pk__in=open_codes(), opens_at__lte=at).order_by("nom", "pk")
        self.fields["dispositif"] = forms.ModelChoiceField(
            dispositifs, label="Démarche", widget=forms.RadioSelect, empty_label=None
        )
        if len(dispositifs) == 1:
            self.fields["dispositif"].initial = dispositifs[0]
        self.has_choices = bool(dispositifs)


class SeatChoiceField(forms.ModelChoiceField):
    def label_from_instance(self, obj: Rattachement) -> str:
        return obj.compte.full_name


class AccesForm(forms.Form):
    """The salarié who gets access to a product."""

    def __init__(self, *args: Any, salaries: QuerySet[Rattachement], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["rattachement"] = SeatChoiceField(
            salaries, label="Confier ce produit à un salarié", empty_label="Choisir une personne…"
        )
