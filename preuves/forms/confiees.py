from django import forms

from comptes.models import Compte
from preuves.forms.depot import DATE


class ConfierForm(forms.Form):
    """To whom the chosen preuves are given; nobody takes them back."""

    compte = forms.TypedChoiceField(label="À qui", coerce=int, required=False, empty_value=None)
    before = forms.DateField(label="Avant le", required=False, widget=DATE)

    def __init__(self, *args: object, people: list[Compte], **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]  # as Django's own form takes them
        choices = [(person.pk, person.full_name) for person in people]
        self.fields["compte"] = forms.TypedChoiceField(
            label="Confier à",
            coerce=int,
            required=False,
            empty_value=None,
            choices=[("", "Personne"), *choices],
            widget=forms.Select(attrs={"form": "confier"}),
        )
        self.fields["before"].widget.attrs["form"] = "confier"
