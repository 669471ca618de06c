from typing import Any

from django import forms

from candidatures.models import Candidature
from candidatures.rules.nru import searched
from comptes.forms.texts import LineInput, Paragraph
from comptes.models import Compte, Editeur
from comptes.queries import editeurs_of


class TransfertForm(forms.Form):
    """Which solution, by one of its candidatures, passes to which company, and why."""

    nru = LineInput(label="Numéro d’une candidature de la solution (NRU)", max_length=40)
    cible = LineInput(
        label="Nouvel éditeur",
        max_length=200,
        help_text="Sa raison sociale, ou son numéro d’immatriculation. Il est déjà inscrit au portail.",
    )
    motive = Paragraph(
        label="Motif",
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="Par exemple, une cession. Les deux équipes le liront.",
    )

    def __init__(self, *args: Any, reader: Compte, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._reader = reader

    def clean_nru(self) -> Candidature:
        candidature = (
            Candidature.objects.select_related("produit").filter(nru=searched(self.cleaned_data["nru"])).first()
        )
        if candidature is None:
            raise forms.ValidationError("Aucune candidature n’a ce numéro.")
        return candidature

    def clean_cible(self) -> Editeur:
        editeurs = list(editeurs_of(self._reader, text=self.cleaned_data["cible"])[:2])
        if not editeurs:
            raise forms.ValidationError("Aucun éditeur inscrit ne correspond.")
        if len(editeurs) > 1:
            raise forms.ValidationError("Plusieurs éditeurs correspondent\u00a0: donnez le numéro d’immatriculation.")
        return editeurs[0]
