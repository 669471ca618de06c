from typing import Any

from django import forms

from candidatures.catalogue.champs import VoletSpec
from candidatures.enums import Verdict


class DemandeForm(forms.Form):
    """The champs that open again, and what is expected of them."""

    text = forms.CharField(
        label="Message à l’éditeur", max_length=4000, widget=forms.Textarea(attrs={"rows": 6}), strip=True
    )
    version = forms.IntegerField(widget=forms.HiddenInput, min_value=0, max_value=2**31 - 1)

    def __init__(self, *args: Any, spec: VoletSpec, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = [
            (section.title, [(champ.code, champ.label) for champ in section.champs]) for section in spec.sections
        ]
        self.fields["champs"] = forms.MultipleChoiceField(
            label="Champs à rouvrir", widget=forms.CheckboxSelectMultiple, choices=choices
        )
        self.order_fields(["champs", "text"])


class JugementForm(forms.Form):
    """What the ANS says of one earlier reference."""

    identifiant = forms.CharField(max_length=40, widget=forms.HiddenInput)
    verdict = forms.ChoiceField(label="Avis", choices=[(Verdict.CONFIRMED, "Confirmer"), (Verdict.REFUSED, "Refuser")])
    reason = forms.CharField(label="Motif, en cas de refus", max_length=500, required=False)

    def clean(self) -> dict[str, Any]:
        typed = super().clean() or {}
        if typed.get("verdict") == Verdict.REFUSED and not typed.get("reason"):
            self.add_error("reason", "Un refus donne son motif.")
        return typed
