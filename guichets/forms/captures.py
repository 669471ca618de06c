from collections.abc import Iterable
from typing import Any

from django import forms

from candidatures.catalogue.formats import ATTESTATION
from candidatures.forms.doors import attributes_of
from comptes.forms.texts import LineInput
from guichets.catalogue.specs import GuichetSpec
from guichets.enums import Portee
from guichets.rules.captures import Shown

from .demandes import NIL

READ = "Valeur lue automatiquement dans la capture\u00a0: vérifiez-la."
DATE = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")


class SentToReadForm(forms.Form):
    """A capture that a machine reads before anything is typed."""

    capture = forms.FileField(
        label="Capture à lire",
        required=False,
        allow_empty_file=True,
        widget=forms.FileInput(attrs=attributes_of(ATTESTATION)),
        help_text=f"Déposez {ATTESTATION.accepted}, de {ATTESTATION.sizes} au plus.",
    )
    mandatory = ("capture",)


class CaptureForm(forms.Form):
    """What a person read in a desk's space, and the capture that shows it."""

    logiciel = LineInput(
        label="Logiciel affiché", required=False, max_length=200, help_text="Son nom, tel que le guichet l’affiche."
    )
    nil = LineInput(label="NIL affiché", required=False, max_length=40, help_text=NIL)
    etape = forms.ChoiceField(label="Étape affichée", required=False)
    date_etape = forms.DateField(label="Depuis le", required=False, widget=DATE)
    retour_prevu = forms.DateField(
        label="Date de retour prévue",
        required=False,
        widget=DATE,
        help_text="Recopiez celle du guichet, s’il en affiche une.",
    )
    numero = LineInput(
        label="Numéro de l’attestation ou de la lettre",
        required=False,
        max_length=60,
        help_text="Pour une décision favorable, s’il y en a un.",
    )
    capture = forms.FileField(
        label="Capture de l’espace personnel",
        required=False,
        allow_empty_file=True,
        widget=forms.FileInput(attrs=attributes_of(ATTESTATION)),
        help_text=(
            f"Déposez {ATTESTATION.accepted}, de {ATTESTATION.sizes} au plus. On doit y lire le logiciel, l’étape "
            "et les dates. Pour une décision favorable, l’attestation ou la lettre du guichet, en PDF."
        ),
    )

    def __init__(self, *args: Any, guichet: GuichetSpec, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        etape = self.fields["etape"]
        assert isinstance(etape, forms.ChoiceField)
        etape.choices = [("", "Choisir…"), *((etape.code, etape.full_label) for etape in guichet.etapes)]
        if guichet.portee is not Portee.COMPOSANT:
            del self.fields["nil"]
        if labels := [f"«\u00a0{stage.label}\u00a0»" for stage in guichet.etapes if stage.retour_obligatoire]:
            self.fields["retour_prevu"].help_text = f"Obligatoire à l’étape {' et '.join(labels)}."
        self.mandatory = {*guichet.capture, "capture"}

    def propose(self, values: Iterable[str], *, name: str) -> None:
        """Say which values come from a machine, and have them verified by whoever sends the form.

        :param name: of the file, which is already here
        """
        self.mandatory.discard("capture")
        self.fields["capture"].help_text = f"«\u00a0{name}\u00a0» est déjà reçu. Un autre fichier le remplacera."
        for field in (proposed := [self.fields[value] for value in values if value in self.fields]):
            field.widget.attrs["data-proposed"] = "true"
            field.help_text = f"{READ} {field.help_text}".strip()
        if proposed:
            self.fields["verifie"] = forms.BooleanField(
                label="J’ai vérifié sur la capture les valeurs proposées",
                error_messages={"required": "Vérifiez les valeurs proposées sur la capture, puis cochez cette case."},
            )

    def shown(self) -> Shown:
        given = self.cleaned_data
        return Shown(
            etape=given["etape"],
            date_etape=given["date_etape"],
            logiciel=given["logiciel"],
            retour_prevu=given["retour_prevu"],
            nil=given.get("nil", ""),
            numero=given["numero"],
        )
