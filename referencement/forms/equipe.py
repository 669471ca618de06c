from collections.abc import Mapping
from typing import Any

from django import forms

NOBODY = ("", "Personne")


def _day(label: str, missing: str) -> forms.DateField:
    return forms.DateField(
        label=label,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        error_messages={"required": missing},
    )


class AbsenceForm(forms.Form):
    """The days when somebody is absent, and who stands in.

    :param people: the names of those who instruct, by pk
    """

    compte = forms.TypedChoiceField(
        label="Personne absente", coerce=int, error_messages={"required": "Choisissez la personne absente."}
    )
    from_date = _day("Premier jour", "Indiquez le premier jour d’absence.")
    until_date = _day("Dernier jour", "Indiquez le dernier jour d’absence.")
    stand_in = forms.TypedChoiceField(
        label="Remplacement par",
        coerce=int,
        empty_value=None,
        required=False,
        help_text="Ce qui attend la personne absente s’affiche aussi chez qui la remplace.",
    )

    def __init__(self, *args: Any, people: Mapping[int, str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        names = list(people.items())
        self.fields["compte"].choices = [("", "Choisissez"), *names]  # type: ignore[attr-defined]  # a ChoiceField
        self.fields["stand_in"].choices = [NOBODY, *names]  # type: ignore[attr-defined]  # a ChoiceField

    def arguments(self) -> dict[str, Any]:
        """Return what `note_absence` takes, once the form is valid."""
        given = self.cleaned_data
        days = {"from_date": given["from_date"], "until_date": given["until_date"]}
        return {"compte_id": given["compte"], "stand_in_id": given["stand_in"], **days}


class PassationForm(forms.Form):
    """To whom the dossiers of somebody are handed over.

    :param people: the names of those who may take them, with what they follow, by pk
    """

    a = forms.TypedMultipleChoiceField(
        label="À qui",
        coerce=int,
        widget=forms.CheckboxSelectMultiple,
        help_text="Si vous cochez plusieurs personnes, chaque dossier va à celle qui en suit le moins.",
        error_messages={"required": "Choisissez au moins une personne."},
    )

    def __init__(self, *args: Any, people: Mapping[int, str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["a"].choices = list(people.items())  # type: ignore[attr-defined]  # a ChoiceField
