from collections.abc import Mapping
from typing import Any

from django import forms

from candidatures.enums import GesteDeLot
from comptes.forms.texts import LineInput, Paragraph


class NothingForm(forms.Form):
    """What an act that needs nothing more asks."""


class AssignForm(forms.Form):
    """To whom candidatures are given."""

    compte = forms.TypedChoiceField(
        label="Attribuer à", coerce=int, error_messages={"required": "Choisissez à qui attribuer ces candidatures."}
    )

    def __init__(self, *args: Any, people: Mapping[int, str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["compte"].choices = [("", "Choisissez"), *people.items()]  # type: ignore[attr-defined]  # a ChoiceField


class WriteForm(forms.Form):
    """The message that is posted in each candidature."""

    text = Paragraph(
        label="Message",
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 6}),
        help_text="Le même texte est écrit dans la messagerie de chaque candidature.",
        error_messages={"required": "Écrivez le message."},
    )


class LabelForm(forms.Form):
    """The étiquette that is put on each candidature."""

    nom = LineInput(
        label="Étiquette",
        max_length=40,
        help_text="Un ou deux mots. Les éditeurs ne la voient pas.",
        error_messages={"required": "Indiquez l’étiquette."},
    )


def form_of(geste: GesteDeLot, data: Any, *, people: Mapping[int, str]) -> forms.Form:
    """Return the form of what an act needs, the same for every candidature."""
    match geste:
        case GesteDeLot.ASSIGN:
            return AssignForm(data, people=people)
        case GesteDeLot.LABEL:
            return LabelForm(data)
        case GesteDeLot.WRITE:
            return WriteForm(data)
        case GesteDeLot.SHARE_OUT | GesteDeLot.HAND_OVER:
            return NothingForm(data)
