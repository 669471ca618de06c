from typing import Any

from django import forms

from guichets.catalogue.specs import GuichetSpec
from guichets.enums import Portee
from guichets.rules.declarations import Capture

from .demandes import NIL

DATE = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")


class CaptureForm(forms.Form):
    """What a person read on a desk's page, with its capture: software, stage, expected return date."""

    etape = forms.ChoiceField(label="Étape affichée", required=False)
    date_etape = forms.DateField(label="Depuis le", required=False, widget=DATE)
    retour_prevu = forms.DateField(
        label="Date de retour prévue", required=False, widget=DATE, help_text="Si le guichet en affiche une."
    )
    nil = forms.CharField(label="NIL affiché", required=False, max_length=40, help_text=NIL)
    logiciel = forms.CharField(label="Logiciel affiché", required=False, max_length=200)
    capture = forms.FileField(
        label="Capture de l’espace personnel",
        required=False,
        help_text="Une image ou un PDF de 20\u00a0Mo au plus, où se lisent le logiciel, l’étape et la date de retour.",
    )
    mandatory = ("etape", "date_etape", "capture")

    def __init__(self, *args: Any, guichet: GuichetSpec, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        etape = self.fields["etape"]
        assert isinstance(etape, forms.ChoiceField)
        etape.choices = [("", "Choisir…"), *((one.code, one.said) for one in guichet.etapes)]
        if guichet.portee is not Portee.COMPOSANT:
            del self.fields["nil"]

    def captured(self) -> Capture:
        given = self.cleaned_data
        return Capture(
            etape=given["etape"],
            date_etape=given["date_etape"],
            retour_prevu=given["retour_prevu"],
            nil=given.get("nil", ""),
            logiciel=given["logiciel"],
        )
