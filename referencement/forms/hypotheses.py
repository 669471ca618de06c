"""« Et si… »: one duration, one start or one profil of the path, changed to see what follows; nothing is kept."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, time
from typing import Any

from django import forms

from candidatures.catalogue.specs import DispositifSpec
from comptes.dates import PARIS, day_in_words
from referencement.rules.graphe import Etat, Graphe

LONGEST = 730
GROUPS = {
    "Une autre durée": ("etape", "jours"),
    "Un début plus tardif": ("depart", "le"),
    "D’autres profils": ("profil",),
}


class HypotheseForm(forms.Form):
    """What is supposed; each field may stay empty.

    :param kinds: the label of each kind of step, by its key in the durations
    :param has: the profils that the solution has
    """

    def __init__(
        self,
        *args: Any,
        graph: Graphe,
        kinds: Mapping[str, str],
        spec: DispositifSpec,
        has: frozenset[str],
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.at = graph.at
        self.names: dict[str, Mapping[str, str]] = {}
        left = [each for each in graph.planned.values() if each.etat is not Etat.DONE]
        durations = {each.step.kind: kinds.get(each.step.kind, each.step.kind) for each in left}
        starts = {each.step.key: each.step.label for each in left}
        profils = {
            code: f"sans {label} ({code})" if code in has else f"avec {label} ({code})"
            for code, label in spec.profils.items()
        }
        self._choose("etape", "Une étape dure", durations, "la durée habituelle")
        self.fields["jours"] = forms.IntegerField(
            label="Pendant combien de jours", min_value=0, max_value=LONGEST, required=False
        )
        self._choose("depart", "Une étape commence plus tard", starts, "dès que possible")
        self.fields["le"] = forms.DateField(
            label="À partir du", required=False, widget=forms.DateInput(attrs={"type": "date"})
        )
        self._choose("profil", "La solution est présentée", profils, "avec les mêmes profils")

    def _choose(self, name: str, label: str, choices: Mapping[str, str], nothing: str) -> None:
        self.names[name] = choices
        self.fields[name] = forms.ChoiceField(label=label, choices=[("", nothing), *choices.items()], required=False)

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        for chosen, other, missing in (("etape", "jours", "un nombre de jours"), ("depart", "le", "une date")):
            if given.get(chosen) and given.get(other) is None and other not in self.errors:
                self.add_error(other, f"Indiquez {missing}.")
            if given.get(other) is not None and not given.get(chosen) and chosen not in self.errors:
                self.add_error(chosen, "Choisissez une étape.")
        on = given.get("le")
        if on and on < self.at.astimezone(PARIS).date():
            self.add_error("le", "Indiquez une date à venir.")
        return given

    @property
    def groups(self) -> list[dict[str, Any]]:
        """Return what may be supposed, folded where nothing is; the first one is open on arrival."""
        folded = [
            {
                "title": title,
                "fields": [self[name] for name in names],
                "is_open": any(self[name].value() or self[name].errors for name in names),
            }
            for title, names in GROUPS.items()
        ]
        return folded if any(group["is_open"] for group in folded) else [folded[0] | {"is_open": True}, *folded[1:]]

    @property
    def supposes(self) -> bool:
        """Whether something is supposed, without a mistake."""
        return (
            self.is_bound and self.is_valid() and any(self.cleaned_data[name] for name in ("etape", "depart", "profil"))
        )

    @property
    def starts(self) -> dict[str, datetime]:
        """Return before when the chosen step does not begin, by its key."""
        given = self.cleaned_data
        on: date | None = given["le"]
        return {given["depart"]: datetime.combine(on, time(), PARIS)} if given["depart"] and on else {}

    def sentences(self) -> list[str]:
        """Say what is supposed."""
        given, sentences = self.cleaned_data, []
        if given["etape"]:
            days = given["jours"]
            sentences.append(f"«\u00a0{self._label('etape')}\u00a0» dure {days}\u00a0jour{'s' if days > 1 else ''}.")
        if given["depart"]:
            sentences.append(
                f"«\u00a0{self._label('depart')}\u00a0» commence le {day_in_words(given['le'])} au plus tôt."
            )
        if given["profil"]:
            sentences.append(f"La solution est présentée {self._label('profil')}.")
        return sentences

    def _label(self, name: str) -> str:
        return self.names[name][self.cleaned_data[name]]
