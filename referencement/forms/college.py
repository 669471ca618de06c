from typing import Any

from django import forms

from comptes.models import Compte
from referencement import queries
from referencement.enums import Decision
from referencement.rules.seances import MOTIFS


class SeanceForm(forms.Form):
    """A séance to plan. Its hour is Paris's."""

    held_at = forms.DateTimeField(
        label="Date et heure",
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
        input_formats=["%Y-%m-%dT%H:%M"],
        help_text="À l’heure de Paris.",
        error_messages={"required": "Dites quand la séance se tient."},
    )
    membres: Any = forms.ModelMultipleChoiceField(
        queryset=Compte.objects.none(),
        label="Membres appelés",
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": "Appelez au moins un membre."},
    )
    quorum = forms.IntegerField(
        label="Quorum",
        min_value=1,
        max_value=100,
        help_text="Le nombre de membres présents, et sans conflit d’intérêts, qu’il faut pour décider.",
        widget=forms.NumberInput(attrs={"size": 4}),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["membres"].queryset = queries.possible_membres()  # type: ignore[attr-defined]


class DecisionForm(forms.Form):
    """What the collège decides of a dossier; the motifs are those of the list, what is missing, or free words."""

    decision = forms.ChoiceField(
        label="Décision",
        choices=Decision.choices,
        widget=forms.RadioSelect,
        error_messages={"required": "Choisissez ce que le collège décide."},
    )
    motifs = forms.MultipleChoiceField(
        label="Motifs",
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text="Pour une non-attribution, un au moins. L’éditeur les lit.",
        error_messages={"invalid_choice": "Ce qui manque à ce dossier a changé depuis\u00a0: relisez-le."},
    )
    motif_libre = forms.CharField(label="Autre motif", required=False, max_length=300)
    comment = forms.CharField(
        label="Précisions",
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="Lues par l’éditeur, et imprimées au procès-verbal.",
    )

    def __init__(self, *args: Any, missing: tuple[str, ...], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        proposed = dict.fromkeys((*missing, *MOTIFS))
        self.fields["motifs"].choices = [(one, one) for one in proposed]  # type: ignore[attr-defined]

    @property
    def reasons(self) -> list[str]:
        """The motifs that were ticked, then the one that was written."""
        written = self.cleaned_data["motif_libre"].strip()
        return [*self.cleaned_data["motifs"], *([written] if written else [])]
