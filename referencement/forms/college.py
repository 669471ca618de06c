from collections.abc import Sequence
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.forms import BoundField

from comptes.models import Compte
from referencement.enums import AvisDuCollege, Decision
from referencement.models import MembreDeSeance
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

    def __init__(self, *args: Any, people: QuerySet[Compte], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["membres"].queryset = people  # type: ignore[attr-defined]  # of a field of choices


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
        proposed = dict.fromkeys((*MOTIFS, *missing))
        self.fields["motifs"].choices = [(one, one) for one in proposed]  # type: ignore[attr-defined]  # of a field of choices

    @property
    def reasons(self) -> list[str]:
        """The motifs that were ticked, then the one that was written."""
        written = self.cleaned_data["motif_libre"].strip()
        return [*self.cleaned_data["motifs"], *([written] if written else [])]


class AvisForm(forms.Form):
    """What each member who is there advises of a dossier; nothing is kept of who is left without an answer."""

    CONFLICT = "conflit"

    def __init__(self, *args: Any, membres: Sequence[MembreDeSeance], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.membres = membres
        self.mandatory = {f"{name}_{one.pk}" for one in membres for name in ("avis", "conflit")}
        choices = [("", "Pas encore noté"), *AvisDuCollege.choices, (self.CONFLICT, "Ne prend pas part (conflit)")]
        for one in membres:
            self.fields[f"avis_{one.pk}"] = forms.ChoiceField(
                label=one.compte.full_name, choices=choices, required=False
            )
            self.fields[f"conflit_{one.pk}"] = forms.CharField(label="Quel conflit", max_length=300, required=False)

    @property
    def rows(self) -> list[tuple[BoundField, BoundField]]:
        """The two fields of each member."""
        return [(self[f"avis_{one.pk}"], self[f"conflit_{one.pk}"]) for one in self.membres]

    @property
    def said(self) -> dict[int, tuple[AvisDuCollege | None, str]]:
        """By member, an advice or the conflict for which he takes no part."""
        given = {one.pk: self.cleaned_data[f"avis_{one.pk}"] for one in self.membres}
        return {
            pk: (None, self.cleaned_data[f"conflit_{pk}"]) if avis == self.CONFLICT else (AvisDuCollege(avis), "")
            for pk, avis in given.items()
            if avis
        }
