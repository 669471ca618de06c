from datetime import date
from typing import Any

from django import forms

from comptes.forms import Paragraph
from referencement.enums import MesureKind, ReexamenGround


class EffectField(forms.DateField):
    """The day, in Paris, from which something holds."""

    def __init__(self, **words: Any) -> None:
        widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
        errors = {"required": "Dites à partir de quel jour.", "invalid": "Ce n’est pas une date."}
        super().__init__(
            label="Date d’effet",
            widget=widget,
            input_formats=["%Y-%m-%d"],
            error_messages=errors,
            help_text="Aujourd’hui\u00a0: l’effet est immédiat. Un autre jour\u00a0: dès qu’il commence, à Paris.",
            **words,
        )


def _words(label: str, required: str, *, rows: int = 5, most: int = 4000, help_text: str = "") -> forms.CharField:
    return Paragraph(
        label=label,
        max_length=most,
        widget=forms.Textarea(attrs={"rows": rows}),
        error_messages={"required": required},
        help_text=help_text,
    )


class MesureForm(forms.Form):
    """What the ANS proposes to do of a référencement."""

    kind = forms.ChoiceField(label="Mesure", error_messages={"required": "Choisissez la mesure."})
    reasons = _words(
        "Motifs", "Donnez les motifs.", help_text="L’éditeur les lit. Ils ne paraissent sur aucune page publique."
    )

    def __init__(self, *args: Any, kinds: tuple[MesureKind, ...], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["kind"].choices = [(one.value, one.label) for one in kinds]  # type: ignore[attr-defined]  # of a field of choices


class AnswerForm(forms.Form):
    answer = _words("Votre réponse", "Écrivez votre réponse.", rows=8, most=8000)


class DecisionDeMesureForm(forms.Form):
    """What the other person says of a mesure: that it is pronounced, and from when."""

    reasons = _words(
        "Motifs de la décision",
        "Donnez les motifs de la décision.",
        help_text="L’éditeur les lit, avec ceux qui furent annoncés\u00a0: répondez à ce qu’il a fait valoir.",
    )
    effect = EffectField()

    def __init__(self, *args: Any, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **{"initial": {"effect": today}} | kwargs)


class RenonciationForm(forms.Form):
    """The end of a référencement, by its éditeur."""

    reason = Paragraph(
        label="Motif",
        required=False,
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text="Facultatif. L’ANS le lit\u00a0; il n’est pas publié.",
    )
    effect = EffectField()

    def __init__(self, *args: Any, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **{"initial": {"effect": today}} | kwargs)


class ReexamenForm(forms.Form):
    """Why what the collège refused is to be examined again."""

    ground = forms.ChoiceField(
        label="Fondement", choices=ReexamenGround, error_messages={"required": "Choisissez le fondement."}
    )
    reason = _words("Motif", "Donnez le motif du nouvel examen.", most=2000)
