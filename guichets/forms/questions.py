from collections.abc import Mapping
from typing import Any

from django import forms

from candidatures.catalogue.specs import DispositifSpec
from guichets.rules.architecture import Additionnel, Architecture
from guichets.rules.concerne import DISTRIBUTEUR, EDITEUR, NONE_OF_THEM, UNKNOWN, UTILISATEUR, Verdict, verdict

DO_NOT_KNOW = (UNKNOWN, "Je ne sais pas")
ROLES = (
    (EDITEUR, "Elle l’édite, seule ou avec d’autres"),
    (DISTRIBUTEUR, "Elle vend la solution d’un autre éditeur"),
    (UTILISATEUR, "Elle l’utilise\u00a0: établissement, service, professionnel"),
    DO_NOT_KNOW,
)
PROXYS = (
    ("propre", "Le nôtre\u00a0: nous en sommes l’éditeur"),
    ("tiers", "Celui d’un autre éditeur"),
    DO_NOT_KNOW,
)
OUI_NON = (("oui", "Oui"), ("non", "Non"), DO_NOT_KNOW)
# Sent with the answers, so that a form without any is told from a page that is opened.
SENT = "reponses"
QUESTIONS = ("role", "profils", "proxy", "additionnels", "groupement")


class QuestionsForm(forms.Form):
    """Questions that tell whether a démarche concerns a company, and which desks it must go to; nothing is kept."""

    def __init__(self, asked: Mapping[str, Any], *, spec: DispositifSpec) -> None:
        super().__init__(asked if any(name in asked for name in (SENT, *QUESTIONS)) else None)
        self.spec = spec
        self.fields["role"] = _one_of("Que fait votre entreprise de la solution\u00a0?", ROLES)
        self.fields["profils"] = forms.MultipleChoiceField(
            label="À qui la solution est-elle destinée\u00a0?",
            choices=[
                *((code, _profil(spec, code)) for code in spec.profils),
                (NONE_OF_THEM, "Aucun de ces profils"),
                DO_NOT_KNOW,
            ],
            required=False,
            widget=forms.CheckboxSelectMultiple,
        )
        self.fields["proxy"] = _one_of("Quel proxy e-santé utilise-t-elle\u00a0?", PROXYS)
        self.fields["additionnels"] = _one_of(
            "Un composant additionnel appelle-t-il lui-même des téléservices\u00a0?", OUI_NON
        )
        self.fields["groupement"] = _one_of("La solution est-elle présentée par un groupement\u00a0?", OUI_NON)
        self.mandatory = set(self.fields)

    def clean(self) -> dict[str, Any]:
        given: dict[str, Any] = super().clean() or {}
        role, profils = given.get("role", ""), given.get("profils", [])
        if role in (DISTRIBUTEUR, UTILISATEUR) or "profils" in self.errors:
            return given
        if not profils:
            self.add_error("profils", "Choisissez au moins un profil, ou «\u00a0Je ne sais pas\u00a0».")
        elif len(profils) > 1 and {NONE_OF_THEM, UNKNOWN} & set(profils):
            self.add_error("profils", "Gardez les profils, ou l’une des deux dernières réponses.")
        return given

    @property
    def verdict(self) -> Verdict | None:
        """Whether the démarche concerns the company; None until enough is answered."""
        if not (self.is_bound and self.is_valid()):
            return None
        return verdict(role=self.cleaned_data["role"], profils=self.cleaned_data["profils"])

    @property
    def is_groupement(self) -> bool:
        return self.cleaned_data["groupement"] == "oui"

    @property
    def supposes_own_proxy(self) -> bool:
        """Whether the proxy is not known: the result then supposes that it is the éditeur's own."""
        return self.cleaned_data["proxy"] in ("", UNKNOWN)

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
            proxy="" if self.supposes_own_proxy else given["proxy"],
            additionnels=(module,) if self.has_additionnels else (),
        )


def _one_of(label: str, choices: tuple[tuple[str, str], ...]) -> forms.ChoiceField:
    return forms.ChoiceField(label=label, choices=choices, required=False, widget=forms.RadioSelect)


def _profil(spec: DispositifSpec, code: str) -> str:
    """Name a profil, with examples of its structures: « Personnes âgées (PA) : EHPAD, maison de retraite »."""
    named = f"{spec.profils[code]} ({code})"
    structures = spec.structures.get(code, ())
    return f"{named}\u00a0: {', '.join(structures)}…" if structures else named
