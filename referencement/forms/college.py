from datetime import datetime
from typing import Any

from django import forms
from django.db.models import QuerySet

from comptes.forms.texts import LineInput, Paragraph
from comptes.models import Compte
from referencement.enums import Decision
from referencement.rules.seances import LONGEST, MOTIFS, obstacles_to_plan

FORMAT = "%Y-%m-%dT%H:%M"


class HeldAtField(forms.DateTimeField):
    """The time at which a séance is to be held: civil time in Paris, to the minute."""

    def __init__(self, **kwargs: Any) -> None:
        widget = forms.DateTimeInput(attrs={"type": "datetime-local"}, format=FORMAT)
        super().__init__(widget=widget, input_formats=[FORMAT], help_text="Heure de Paris.", **kwargs)


class SeanceForm(forms.Form):
    """A séance to plan."""

    held_at = HeldAtField(
        label="Date et heure", error_messages={"required": "Indiquez la date et l’heure de la séance."}
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
        help_text="Nombre de membres présents et sans conflit d’intérêts, nécessaire pour décider.",
        widget=forms.NumberInput(attrs={"size": 4}),
    )

    def __init__(self, *args: Any, people: QuerySet[Compte], at: datetime, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.at = at
        self.fields["membres"].queryset = people  # type: ignore[attr-defined]  # of a field of choices

    def clean_held_at(self) -> datetime:
        held_at: datetime = self.cleaned_data["held_at"]
        if obstacles := obstacles_to_plan(held_at, at=self.at):
            raise forms.ValidationError(list(obstacles))
        return held_at


class MoveForm(forms.Form):
    """Another date for a séance, and why."""

    to = HeldAtField(label="Nouvelle date", error_messages={"required": "Indiquez la nouvelle date de la séance."})
    reason = Paragraph(
        label="Motif",
        max_length=LONGEST,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text="Les membres lisent ce motif. Les éditeurs reçoivent seulement la nouvelle date.",
        error_messages={"required": "Indiquez pourquoi la séance est déplacée : ses membres liront ce motif."},
    )


class CancelForm(forms.Form):
    """Why a séance is cancelled."""

    reason = Paragraph(
        label="Motif",
        max_length=LONGEST,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text="Les membres lisent ce motif. Les éditeurs sont seulement informés de l’annulation.",
        error_messages={"required": "Indiquez pourquoi la séance est annulée : ses membres liront ce motif."},
    )


AGAINST = (
    "Tous les avis exprimés sont {}\u00a0: indiquez pourquoi le collège décide autrement. Ce texte figure au "
    "procès-verbal. L’éditeur ne le lit pas."
)


MISSING = "Ce qui manque à ce dossier"


class Reasons(forms.CheckboxSelectMultiple):
    """The usual motifs in one column, then a group that is folded unless one of it is ticked."""

    template_name = "components/widgets/reasons.html"

    def get_context(self, name: str, value: Any, attrs: Any) -> dict[str, Any]:
        context = super().get_context(name, value, attrs)
        grouped = [option for group, options, _ in context["widget"]["optgroups"] if group for option in options]
        context["widget"]["is_unfolded"] = any(option["selected"] for option in grouped)
        return context


class DecisionForm(forms.Form):
    """The decision of the collège on a dossier. Its motifs come from a list, from what is missing, or are written.

    :param missing: what is missing from the dossier, one sentence each
    :param unanimous: how every avis expressed is called (« favorables »), when they all agree
    """

    decision = forms.ChoiceField(
        label="Décision",
        choices=Decision.choices,
        widget=forms.RadioSelect,
        error_messages={"required": "Choisissez la décision du collège."},
    )
    motifs = forms.MultipleChoiceField(
        label="Motifs",
        required=False,
        widget=Reasons,
        help_text="Au moins un motif pour une non-attribution. L’éditeur les lit.",
        error_messages={"invalid_choice": "Ce qui manque à ce dossier a changé depuis\u00a0: relisez-le."},
    )
    motif_libre = LineInput(label="Autre motif", required=False, max_length=300)
    comment = Paragraph(
        label="Précisions",
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text="L’éditeur les lit, et elles figurent au procès-verbal.",
    )

    against = Paragraph(
        label="Pourquoi contre tous les avis exprimés",
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 2}),
    )

    def __init__(self, *args: Any, missing: tuple[str, ...], unanimous: str = "", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if unanimous:
            self.fields["against"].help_text = AGAINST.format(unanimous)
        elif not self.data.get("against"):
            del self.fields["against"]
        of_the_dossier = [motif for motif in dict.fromkeys(missing) if motif not in MOTIFS]
        self.proposed = (*MOTIFS, *of_the_dossier)
        choices: list[Any] = [(motif, motif) for motif in MOTIFS]
        if of_the_dossier:
            choices.append((MISSING, [(motif, motif) for motif in of_the_dossier]))
        self.fields["motifs"].choices = choices  # type: ignore[attr-defined]  # of a field of choices

    @property
    def reasons(self) -> list[str]:
        """Return the motifs that were ticked, then the one that was written."""
        written = self.cleaned_data["motif_libre"].strip()
        return [*self.cleaned_data["motifs"], *([written] if written else [])]
