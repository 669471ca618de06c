from collections.abc import Mapping
from datetime import date
from typing import Any

from django import forms

from candidatures.enums import GesteDeLot
from candidatures.forms.instruction import due_date_field
from candidatures.models import ModeleDeDemande
from candidatures.queries.demandes import modeles
from comptes.dates import instant_in_words
from comptes.forms.texts import LineInput, Paragraph
from referencement.queries.seances import seances_to_come


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


class AskForm(forms.Form):
    """The modèle of the demande that is sent on each candidature, and by when an answer is expected."""

    modele = forms.TypedChoiceField(
        label="Modèle de demande",
        coerce=int,
        help_text="Le modèle donne les champs à rouvrir et le message à l’éditeur.",
        error_messages={"required": "Choisissez le modèle de demande."},
    )
    due_date = due_date_field()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        labels = [(modele.pk, _label_of(modele)) for modele in modeles()]
        self.fields["modele"].choices = [("", "Choisissez"), *labels]  # type: ignore[attr-defined]  # a ChoiceField


def _label_of(modele: ModeleDeDemande) -> str:
    demarche = f", {modele.dispositif}" if modele.dispositif else ""
    return f"{modele.titre} ({modele.get_kind_display()}{demarche})"


class EnlistForm(forms.Form):
    """The séance on whose agenda candidatures are listed."""

    seance = forms.TypedChoiceField(
        label="Séance du collège", coerce=int, error_messages={"required": "Choisissez la séance."}
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        labels = [
            (seance.pk, f"Séance n°\u00a0{seance.pk}, {instant_in_words(seance.held_at)}")
            for seance in seances_to_come()
        ]
        self.fields["seance"].choices = [("", "Choisissez"), *labels]  # type: ignore[attr-defined]  # a ChoiceField


def params_of(form: forms.Form) -> dict[str, Any]:
    """Return what a valid form gives to the act, as JSON keeps it."""
    given = form.cleaned_data
    return {name: value.isoformat() if isinstance(value, date) else value for name, value in given.items()}


def form_of(geste: GesteDeLot, data: Any, *, people: Mapping[int, str]) -> forms.Form:
    """Return the form of what an act needs, the same for every candidature."""
    match geste:
        case GesteDeLot.ASSIGN:
            return AssignForm(data, people=people)
        case GesteDeLot.LABEL:
            return LabelForm(data)
        case GesteDeLot.WRITE:
            return WriteForm(data)
        case GesteDeLot.ASK:
            return AskForm(data)
        case GesteDeLot.ENLIST:
            return EnlistForm(data)
        case GesteDeLot.SHARE_OUT | GesteDeLot.HAND_OVER | GesteDeLot.REMIND | GesteDeLot.PREPARE:
            return NothingForm(data)
