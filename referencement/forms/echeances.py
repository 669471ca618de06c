from collections.abc import Iterable
from typing import Any

from django import forms

from candidatures.catalogue.formats import JOINED
from candidatures.forms.doors import SeveralFilesField
from candidatures.rules.messages import MOST_FILES
from comptes.forms.texts import LineInput, Paragraph

FORMAT = "%Y-%m-%dT%H:%M"


class InstantField(forms.DateTimeField):
    """A civil time in Paris, to the minute; a time that the change of clock skips or repeats is refused."""

    def __init__(self, **kwargs: Any) -> None:
        widget = forms.DateTimeInput(attrs={"type": "datetime-local"}, format=FORMAT)
        help_text = "Heure de Paris. Un dépôt à l’heure exacte est accepté."
        super().__init__(widget=widget, input_formats=[FORMAT], help_text=help_text, **kwargs)


class DeplacementForm(forms.Form):
    """The move of an échéance, which holds for every candidature."""

    to = InstantField(label="Nouvelle date et heure", error_messages={"required": "Indiquez la date et l’heure."})
    arrete = LineInput(
        label="Arrêté ou décision",
        max_length=200,
        help_text="Sa référence complète. Toutes les équipes la liront.",
        error_messages={"required": "Citez l’arrêté ou la décision qui déplace l’échéance."},
    )
    motive = Paragraph(
        label="Motif",
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text="En une ou deux phrases, pour les éditeurs.",
        error_messages={"required": "Indiquez le motif du déplacement : toutes les équipes le liront."},
    )


class DemandeDeDerogationForm(forms.Form):
    """The éditeur's demande: more time for one échéance, the reason, and perhaps until when."""

    echeance = forms.ChoiceField(label="Échéance", error_messages={"required": "Choisissez l’échéance."})
    motive = Paragraph(
        label="Pourquoi",
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 6}),
        help_text="Ce qui s’est passé, et ce qui reste à faire.",
        error_messages={"required": "Indiquez pourquoi vous demandez plus de temps."},
    )
    wished = InstantField(label="Date et heure souhaitées", required=False)
    joined = SeveralFilesField(
        label="Pièces",
        required=False,
        door=JOINED,
        help_text=f"{MOST_FILES} fichiers au plus.",
    )

    def __init__(self, *args: Any, echeances: Iterable[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["echeance"].choices = list(echeances)  # type: ignore[attr-defined]  # of a field of choices

    def clean_joined(self) -> list[Any]:
        joined: list[Any] = self.cleaned_data["joined"]
        if len(joined) > MOST_FILES:
            raise forms.ValidationError(f"{MOST_FILES} fichiers au plus.")
        return joined


class InstructionForm(forms.Form):
    """The new limit that the instruction proposes for a dérogation."""

    to = InstantField(label="Délai proposé", error_messages={"required": "Indiquez la date et l’heure."})


class DerogationForm(forms.Form):
    """A dérogation that the ANS proposes: more time for one candidature."""

    echeance = forms.ChoiceField(label="Échéance", error_messages={"required": "Choisissez l’échéance."})
    to = InstantField(label="Nouvelle date et heure", error_messages={"required": "Indiquez la date et l’heure."})
    motive = Paragraph(
        label="Motif",
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text="Si la dérogation est accordée, l’éditeur le lit.",
        error_messages={"required": "Indiquez le motif de la dérogation."},
    )

    def __init__(self, *args: Any, echeances: Iterable[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["echeance"].choices = list(echeances)  # type: ignore[attr-defined]  # of a field of choices
