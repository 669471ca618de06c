from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.http import QueryDict

from comptes.forms import LineInput
from referencement.enums import AvisDuCollege
from referencement.models import AvisDeMembre, MembreDeSeance

CONFLICT = "conflit"
CHOICES = [*AvisDuCollege.choices, (CONFLICT, "Ne prend pas part (conflit d’intérêts)")]


class AvisForm(forms.Form):
    """What one member says of a dossier; each field bears the member's number, so that several stand on one page.

    The page bears, hidden, what it showed: what was not touched is not posted again over what was said meanwhile.

    :param noted: what is noted of that member
    :param own: whether that member is who reads the page
    """

    def __init__(
        self, data: QueryDict | None = None, *, membre: MembreDeSeance, noted: AvisDeMembre | None, own: bool = False
    ) -> None:
        self.membre, self.own, self.typed = membre, own, data
        super().__init__(data, initial=_initial(noted))
        self.mandatory = {"avis", "conflit"}
        blank = [] if own else [("", "Pas encore noté")]
        self.fields["avis"] = forms.ChoiceField(
            label="Votre avis" if own else membre.compte.full_name,
            choices=[*blank, *CHOICES],
            required=False,
            widget=forms.RadioSelect if own else forms.Select,
            show_hidden_initial=True,
        )
        self.fields["conflit"] = LineInput(
            label="Quel conflit",
            required=False,
            show_hidden_initial=True,
        )
        self.fields["seen"] = forms.IntegerField(required=False, widget=forms.HiddenInput)

    def add_prefix(self, field_name: str) -> str:
        return f"{field_name}_{self.membre.pk}"

    @property
    def is_touched(self) -> bool:
        """Whether somebody typed something there."""
        return bool({"avis", "conflit"} & set(self.changed_data))

    @property
    def said(self) -> tuple[AvisDuCollege | None, str, int | None]:
        """Of a form that is valid: the advice, or None; the conflict; and the version that the page showed."""
        given, conflict, seen = (self.cleaned_data[name] for name in ("avis", "conflit", "seen"))
        return None if given == CONFLICT else AvisDuCollege(given), conflict, seen

    def clean_avis(self) -> str:
        given: str = self.cleaned_data["avis"]
        if not given:
            raise forms.ValidationError("Choisissez un avis, ou «\u00a0Ne prend pas part\u00a0» et dites quel conflit.")
        return given

    def refuse(self, words: Sequence[str]) -> None:
        """Show under the advice why it was not kept."""
        self.full_clean()
        self.errors.clear()
        for sentence in words:
            self.add_error("avis", sentence)

    def typed_again(self, noted: AvisDeMembre | None) -> AvisForm:
        """The same words, over what is noted now: sent again, they replace it knowingly."""
        assert self.typed is not None, "Only what was posted is shown again."
        data, now = self.typed.copy(), _initial(noted)
        data[self.add_prefix("seen")] = now.pop("seen")
        for name, value in now.items():
            data[self.add_initial_prefix(name)] = value
        return AvisForm(data, membre=self.membre, noted=noted, own=self.own)


def _initial(noted: AvisDeMembre | None) -> dict[str, Any]:
    if noted is None:
        return {"avis": "", "conflit": "", "seen": 0}
    avis = CONFLICT if noted.is_in_conflict else noted.avis
    return {"avis": avis, "conflit": noted.conflict_reason, "seen": noted.version}
