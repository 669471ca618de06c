from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from django import forms

from candidatures.catalogue.specs import DispositifSpec
from preuves.queries.autres import Autre
from preuves.rules.exigibilite import Equivalent, Presentation, Reference


class SimulationForm(forms.Form):
    """Profils to try, and earlier references to suppose; at first, what the candidature presents today.

    :param others: the candidatures of the same product to other dispositifs, which may give équivalences
    """

    def __init__(
        self,
        *args: Any,
        spec: DispositifSpec,
        presentation: Presentation,
        others: Sequence[Autre] = (),
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.spec, self.starting, self.others = spec, presentation, others
        profils = [(code, f"{label} ({code})") for code, label in spec.profils.items()]
        self._add("profils", "Profils présentés", profils, presentation.profils)
        for code, label in spec.dispositifs_vague_1.items():
            held = [reference.profils for reference in presentation.references if reference.dispositif == code]
            codes = [(profil, profil) for profil in spec.profils]
            self._add(_name(code), f"Déjà référencée en {label} avec", codes, frozenset().union(*held))
        nrus = [(other.nru, f"{other.nru} – {other.dispositif}") for other in others]
        counted = frozenset(equivalent.nru for equivalent in presentation.equivalents.values())
        self._add("candidatures", "Même solution, autre candidature", nrus, counted & {nru for nru, _ in nrus})
        architecture = list(spec.profils_architecture.items())
        self._add("architecture", "Autres composants de la solution", architecture, presentation.architecture)

    def _add(self, name: str, label: str, choices: list[tuple[str, str]], initial: frozenset[str]) -> None:
        if choices:
            self.fields[name] = forms.MultipleChoiceField(
                label=label,
                choices=choices,
                initial=sorted(initial),
                required=False,
                widget=forms.CheckboxSelectMultiple,
            )

    @property
    def chosen(self) -> frozenset[str]:
        """The NRU of the other candidatures that the simulation supposes."""
        if self.is_bound and self.is_valid():
            return frozenset(self.cleaned_data.get("candidatures", ()))
        return frozenset(self.fields["candidatures"].initial) if "candidatures" in self.fields else frozenset()

    def presentation(self) -> Presentation:
        """Return the presentation to simulate: what was ticked, or the candidature's own when nothing was sent."""
        if not self.is_bound or not self.is_valid():
            return self.starting
        given = self.cleaned_data
        return replace(
            self.starting,
            profils=frozenset(given["profils"]),
            architecture=frozenset(given.get("architecture", ())),
            references=tuple(
                Reference("simulée", code, frozenset(given[_name(code)]))
                for code in self.spec.dispositifs_vague_1
                if given[_name(code)]
            ),
            equivalents=self._equivalents(),
            contestations={},
            unsettled=(),
            fallen={},
        )

    def _equivalents(self) -> dict[str, Equivalent]:
        """Return what the chosen candidatures give, and what a former version gives, which cannot be unticked."""
        known = {other.nru for other in self.others}
        kept = {
            numero: equivalent
            for numero, equivalent in self.starting.equivalents.items()
            if equivalent.nru not in known
        }
        for other in self.others:
            if other.nru in self.chosen:
                kept |= other.equivalents
        return kept


def _name(dispositif: str) -> str:
    return f"reference_{dispositif}"
