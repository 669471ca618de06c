from typing import Any

from django import forms

from candidatures.catalogue.specs import DispositifSpec
from guichets.rules.architecture import Additionnel, Architecture

PROXYS = (
    ("propre", "Le nôtre\u00a0: nous en sommes l’éditeur"),
    ("tiers", "Celui d’un autre éditeur"),
)
OUI_NON = (("oui", "Oui"), ("non", "Non"))


class QuestionsForm(forms.Form):
    """Four questions that tell which desks a solution must go to; the answers are not kept."""

    def __init__(self, *args: Any, spec: DispositifSpec, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.spec = spec
        self.fields["profils"] = forms.MultipleChoiceField(
            label="Quels profils la solution présente-t-elle\u00a0?",
            choices=[(code, f"{label} ({code})") for code, label in spec.profils.items()],
            required=False,
            widget=forms.CheckboxSelectMultiple,
        )
        self.fields["proxy"] = forms.ChoiceField(
            label="Quel proxy e-santé utilise-t-elle\u00a0?", choices=PROXYS, required=False, widget=forms.RadioSelect
        )
        self.fields["additionnels"] = forms.ChoiceField(
            label="Un composant additionnel appelle-t-il lui-même des téléservices\u00a0?",
            choices=OUI_NON,
            required=False,
            widget=forms.RadioSelect,
        )
        self.fields["groupement"] = forms.ChoiceField(
            label="La solution est-elle présentée par un groupement\u00a0?",
            choices=OUI_NON,
            required=False,
            widget=forms.RadioSelect,
        )
        self.mandatory = set(self.fields)

    @property
    def is_answered(self) -> bool:
        """Whether the profils are chosen: nothing can be told without them."""
        return self.is_bound and self.is_valid() and bool(self.cleaned_data["profils"])

    @property
    def is_groupement(self) -> bool:
        return self.cleaned_data["groupement"] == "oui"

    @property
    def supposes_own_proxy(self) -> bool:
        """Whether the proxy was not answered: the result then supposes that it is the éditeur's own."""
        return not self.cleaned_data["proxy"]

    @property
    def has_additionnels(self) -> bool:
        return self.cleaned_data["additionnels"] == "oui"

    def architecture(self) -> Architecture:
        given = self.cleaned_data
        module = Additionnel(
            "composant additionnel", "", is_third_party=False, teleservices=tuple(self.spec.teleservices)
        )
        return Architecture(
            profils=frozenset(given["profils"]),
            proxy=given["proxy"],
            additionnels=(module,) if self.has_additionnels else (),
        )
