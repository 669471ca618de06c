from datetime import datetime
from typing import Any

from django import forms

from candidatures.catalogue.champs import VoletSpec
from candidatures.enums import Verdict
from candidatures.rules.demandes import due_at
from comptes.forms.texts import LineInput, Paragraph


def due_date_field() -> forms.DateField:
    """Return the field of the day until which an answer is expected."""
    return forms.DateField(
        label="Réponse attendue avant le",
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        help_text="Jusqu’à 18\u00a0h ce jour-là (heure de Paris). Passé ce délai, l’éditeur peut encore répondre.",
    )


class ChampsForm(forms.Form):
    """Champs of a volet to open, and what is expected of them."""

    text = Paragraph(label="Message à l’éditeur", max_length=4000, widget=forms.Textarea(attrs={"rows": 6}), strip=True)

    def __init__(self, *args: Any, spec: VoletSpec, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = [
            (section.title, [(champ.code, champ.label) for champ in section.champs]) for section in spec.sections
        ]
        self.fields["champs"] = forms.MultipleChoiceField(
            label="Champs à rouvrir", widget=forms.CheckboxSelectMultiple, choices=choices
        )
        self.order_fields(["titre", "champs", "text"])


class DemandeForm(ChampsForm):
    """A demande de compléments: the champs that open again, what is expected of them, and by when."""

    due_date = due_date_field()
    version = forms.IntegerField(widget=forms.HiddenInput, min_value=0, max_value=2**31 - 1)

    def due_at(self) -> datetime | None:
        """Return the instant until which an answer is expected; call it once the form is valid."""
        day = self.cleaned_data["due_date"]
        return due_at(day) if day else None


class ModeleForm(ChampsForm):
    """A modèle: a frequent demande, under a title."""

    titre = LineInput(label="Titre du modèle", max_length=120, strip=True, help_text="Seule l’ANS voit ce titre.")


class CancellationForm(forms.Form):
    """The reason why a demande is cancelled."""

    reason = Paragraph(
        label="Motif de l’annulation",
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 4}),
        strip=True,
        help_text="L’équipe de l’éditeur lira ce motif, ici et par e-mail.",
    )


class JugementForm(forms.Form):
    """The judgement of the ANS on one earlier reference."""

    identifiant = forms.CharField(max_length=40, widget=forms.HiddenInput)
    verdict = forms.ChoiceField(
        label="Décision",
        choices=[("", "Choisissez"), (Verdict.CONFIRMED, "Confirmer"), (Verdict.REFUSED, "Refuser")],
        error_messages={"required": "Choisissez de confirmer ou de refuser cette référence."},
    )
    reason = LineInput(label="Motif, en cas de refus", max_length=500, required=False)

    def clean(self) -> dict[str, Any]:
        typed = super().clean() or {}
        if typed.get("verdict") == Verdict.REFUSED and not typed.get("reason"):
            self.add_error("reason", "Indiquez le motif du refus.")
        return typed
