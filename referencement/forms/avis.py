from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.http import QueryDict

from comptes.forms.texts import LineInput
from referencement.enums import AvisDuCollege
from referencement.models import AvisDeMembre, MembreDeSeance

CONFLICT = "conflit"
CHOICES = [*AvisDuCollege.choices, (CONFLICT, "Ne prend pas part (conflit d’intérêts)")]


class AvisForm(forms.Form):
    """The avis of one member. Each field's name ends with the member's pk, so that several forms stand on one page.

    Hidden fields hold what the page showed: a row that nobody touched does not overwrite what was noted meanwhile.

    :param noted: the avis of that member as it is noted now, if it is
    :param own: whether that member is the reader of the page
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
        """Whether the avis or the conflict was changed."""
        return bool({"avis", "conflit"} & set(self.changed_data))

    @property
    def advice(self) -> tuple[AvisDuCollege | None, str, int | None]:
        """Return what a valid form holds: the avis (None in a conflict), the conflict, the version that was shown."""
        given, conflict, seen = (self.cleaned_data[name] for name in ("avis", "conflit", "seen"))
        return None if given == CONFLICT else AvisDuCollege(given), conflict, seen

    def clean_avis(self) -> str:
        given: str = self.cleaned_data["avis"]
        if not given:
            raise forms.ValidationError(
                "Choisissez un avis, ou « Ne prend pas part » en indiquant le conflit d’intérêts."
            )
        return given

    def refuse(self, reasons: Sequence[str]) -> None:
        """Show these reasons, and no other error, under the avis."""
        self.full_clean()
        self.errors.clear()
        for sentence in reasons:
            self.add_error("avis", sentence)

    @property
    def faults(self) -> list[tuple[str, str, str]]:
        """Say why it is refused: the address of the field on the page, whose avis it is, the reason."""
        place = "Votre avis" if self.own else self.membre.compte.full_name
        return [(f"#{self['avis'].focus_id}", place, str(error)) for error in self["avis"].errors]  # type: ignore[attr-defined]  # of `PortalBoundField`

    def typed_again(self, noted: AvisDeMembre | None) -> AvisForm:
        """Return the form with the same values, and the version noted now: sending it again replaces that avis."""
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
