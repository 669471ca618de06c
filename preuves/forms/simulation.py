from typing import Any

from django import forms

from candidatures.catalogue.specs import DispositifSpec
from preuves.rules.exigibilite import Presentation, Reference


class SimulationForm(forms.Form):
    """Profils to try, and earlier references to suppose; it opens on what the candidature presents today."""

    def __init__(self, *args: Any, spec: DispositifSpec, presentation: Presentation, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.spec, self.starting = spec, presentation
        profils = [(code, f"{label} ({code})") for code, label in spec.profils.items()]
        self._add("profils", "Profils présentés", profils, presentation.profils)
        for code, label in spec.dispositifs_vague_1.items():
            held = [one.profils for one in presentation.references if one.dispositif == code]
            codes = [(one, one) for one in spec.profils]
            self._add(_name(code), f"Déjà référencée en {label} avec", codes, frozenset().union(*held))
        architecture = list(spec.profils_architecture.items())
        self._add("architecture", "Ce que la solution propose aussi", architecture, presentation.architecture)

    def _add(self, name: str, label: str, choices: list[tuple[str, str]], initial: frozenset[str]) -> None:
        if choices:
            self.fields[name] = forms.MultipleChoiceField(
                label=label,
                choices=choices,
                initial=sorted(initial),
                required=False,
                widget=forms.CheckboxSelectMultiple,
            )

    def presentation(self) -> Presentation:
        """Return what is to be simulated: what was ticked, or what the candidature presents when nothing was."""
        if not self.is_bound or not self.is_valid():
            return self.starting
        given = self.cleaned_data
        return Presentation(
            profils=frozenset(given["profils"]),
            architecture=frozenset(given.get("architecture", ())),
            references=tuple(
                Reference("simulée", code, frozenset(given[_name(code)]))
                for code in self.spec.dispositifs_vague_1
                if given[_name(code)]
            ),
            equivalents=self.starting.equivalents,
        )


def _name(dispositif: str) -> str:
    return f"reference_{dispositif}"
