from datetime import date
from typing import Any

from django import forms

from comptes.forms.texts import Paragraph
from referencement.enums import MesureKind, ReexamenGround


class EffectField(forms.DateField):
    """The day of effect, in Paris."""

    def __init__(self, **kwargs: Any) -> None:
        widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
        errors = {"required": "Indiquez la date d’effet.", "invalid": "Ce n’est pas une date."}
        super().__init__(
            label="Date d’effet",
            widget=widget,
            input_formats=["%Y-%m-%d"],
            error_messages=errors,
            help_text="Aujourd’hui, l’effet est immédiat. Un autre jour, l’effet commence à 0 h, heure de Paris.",
            **kwargs,
        )


def _paragraph(label: str, required: str, *, rows: int = 5, most: int = 4000, help_text: str = "") -> forms.CharField:
    return Paragraph(
        label=label,
        max_length=most,
        widget=forms.Textarea(attrs={"rows": rows}),
        error_messages={"required": required},
        help_text=help_text,
    )


class MesureForm(forms.Form):
    """A mesure that the ANS proposes on a référencement."""

    kind = forms.ChoiceField(label="Mesure", error_messages={"required": "Choisissez la mesure."})
    reasons = _paragraph("Motifs", "Donnez les motifs.", help_text="L’éditeur les lit. Ils ne sont pas publiés.")

    def __init__(self, *args: Any, kinds: tuple[MesureKind, ...], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["kind"].choices = [(kind.value, kind.label) for kind in kinds]  # type: ignore[attr-defined]  # of a field of choices


class AnswerForm(forms.Form):
    answer = _paragraph("Votre réponse", "Écrivez votre réponse.", rows=8, most=8000)


class DecisionDeMesureForm(forms.Form):
    """The decision of a second person on a mesure, with its day of effect."""

    reasons = _paragraph(
        "Motifs de la décision",
        "Indiquez les motifs de la décision.",
        help_text="L’éditeur les lit, avec les motifs déjà annoncés. Répondez à ses arguments.",
    )
    effect = EffectField()

    def __init__(self, *args: Any, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **{"initial": {"effect": today}} | kwargs)


class RenonciationForm(forms.Form):
    """The éditeur's renunciation of its référencement."""

    reason = Paragraph(
        label="Motif",
        required=False,
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text="L’ANS le lit\u00a0; il n’est pas publié.",
    )
    effect = EffectField()

    def __init__(self, *args: Any, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **{"initial": {"effect": today}} | kwargs)


class ReexamenForm(forms.Form):
    """The ground and the motif of a nouvel examen."""

    ground = forms.ChoiceField(
        label="Fondement", choices=ReexamenGround, error_messages={"required": "Choisissez le fondement."}
    )
    reason = _paragraph("Motif", "Indiquez le motif du nouvel examen.", most=2000)
