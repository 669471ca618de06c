from collections.abc import Sequence
from typing import Any

from django import forms
from django.conf import settings

from candidatures.forms.doors import SeveralFilesField
from candidatures.models import Piece
from comptes.forms.texts import Paragraph, VersionInput
from comptes.rules.figures import whole
from preuves.catalogue.natures import NATURES, NatureSpec
from preuves.enums import Forme, Nature
from preuves.rules.depots import Contenu

DATE = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")

VALUES = {
    Forme.LINK: ("Lien permanent Gazelle", "L’adresse complète du résultat, qui commence par https://."),
    Forme.NUMBER: ("Numéro d’exécution MOTCO2", "Le nombre entier affiché par MOTCO2 pour l’exécution réussie."),
    Forme.TEXT: ("Votre réponse", ""),
}


class EnvoisField(forms.Field):
    """Cleans to the numbers of the envois that a page declared; whatever is no number counts for nothing."""

    widget = forms.MultipleHiddenInput

    def clean(self, value: Any) -> tuple[int, ...]:
        return tuple(number for typed in value or () if (number := whole(typed)) is not None)


class DepotForm(forms.Form):
    """One deposit, in the form that the nature of the preuve asks for.

    `seen` is the number of the revision that the page showed. Pièces already here may be taken again.
    """

    seen = forms.IntegerField(widget=forms.HiddenInput, min_value=0)

    def __init__(
        self, *args: Any, nature: Nature, reusable: Sequence[Piece] = (), quota: str = "", **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.nature, self.spec = nature, NATURES[nature]
        if self.spec.forme is Forme.FILES:
            self._add_files(reusable, quota)
        else:
            self._add_value()
        self.fields["evidence_date"] = forms.DateField(
            label="Date de la preuve", required=False, widget=DATE, help_text=_help_on_the_date(self.spec)
        )
        self.fields["version_technique"] = VersionInput(
            label="Version technique concernée", required=False, max_length=40
        )
        self.fields["comment"] = Paragraph(
            label="Commentaire pour l’instructeur",
            required=False,
            max_length=2000,
            widget=forms.Textarea(attrs={"rows": 2}),
        )
        self.mandatory = {"fichiers", "value", "evidence_date", "version_technique"}

    def _add_files(self, reusable: Sequence[Piece], quota: str) -> None:
        fichiers = SeveralFilesField(label="Fichiers", required=False, door=self.spec.door, help_text=quota)
        fichiers.widget.attrs |= {"data-nature": self.nature.value, "data-part": settings.UPLOAD_PART_SIZE}
        self.fields["fichiers"] = fichiers
        self.fields["pieces"] = forms.TypedMultipleChoiceField(
            label="Fichiers déjà déposés",
            coerce=int,
            required=False,
            choices=[(piece.pk, piece.name) for piece in reusable],
            widget=forms.CheckboxSelectMultiple,
        )

        self.fields["envois"] = EnvoisField(required=False)

    def _add_value(self) -> None:
        label, help_text = VALUES[self.spec.forme]
        is_text = self.spec.forme is Forme.TEXT
        widget = forms.Textarea(attrs={"rows": 6}) if is_text else forms.TextInput(attrs={"autocomplete": "off"})
        self.fields["value"] = Paragraph(label=label, required=False, help_text=help_text, widget=widget)

    def contenu(self, received: Sequence[int] = ()) -> Contenu:
        """Return what is deposited.

        :param received: the pks of the pièces just made from the files that were sent
        """
        given = self.cleaned_data
        return Contenu(
            forme=self.spec.forme,
            value=given.get("value", ""),
            piece_ids=(*given.get("pieces", ()), *received),
            envoi_ids=tuple(given.get("envois", ())),
            comment=given["comment"],
            evidence_date=given["evidence_date"],
            version_technique=given["version_technique"],
        )


class NonApplicableForm(forms.Form):
    """Say that a preuve does not apply to the solution, and why. It is a deposit, and gets its own verdict."""

    seen = forms.IntegerField(widget=forms.HiddenInput, min_value=0)
    value = Paragraph(
        label="Pourquoi elle ne s’applique pas",
        required=False,
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="Un instructeur vérifie ce motif, comme une autre preuve.",
    )
    mandatory = ("value",)

    def contenu(self) -> Contenu:
        return Contenu(forme=Forme.NOT_APPLICABLE, value=self.cleaned_data["value"])


def _help_on_the_date(spec: NatureSpec) -> str:
    if spec.under_a_year:
        return "La date de signature du formulaire\u00a0: moins d’un an au jour du dépôt."
    return "Le jour où la preuve a été faite."
