"""The charte and the voies de recours of each dispositif: a file gives the first words, the screen may change them."""

from candidatures.catalogue.dispositifs import recours_of, spec_of, specs_in_order
from candidatures.catalogue.specs import RecoursSpec
from comptes.queries.textes import Famille, Preview, Texte, in_force

CHARTE, RECOURS = "charte", "recours"


def recours_in_force(dispositif: str) -> RecoursSpec:
    """Return the voies de recours that an adverse decision gives today."""
    version = in_force(f"{RECOURS}.{dispositif}")
    # Two people read what was changed on screen.
    return RecoursSpec(version.corps, is_draft=False) if version else recours_of(dispositif)


def _chartes() -> list[Texte]:
    return [Texte(f"{CHARTE}.{spec.code}", f"Charte – {spec.titre}", spec.charte.texte) for spec in specs_in_order()]


def _recours() -> list[Texte]:
    return [
        Texte(f"{RECOURS}.{spec.code}", f"Voies de recours – {spec.titre}", recours_of(spec.code).texte)
        for spec in specs_in_order()
    ]


def _as_it_is(texte: Texte, objet: str, corps: str, nru: str) -> Preview:
    return Preview("", corps, spec_of(texte.cle.partition(".")[2]).titre)


FAMILLES = (
    Famille(
        CHARTE,
        "Chartes",
        binding=True,
        effect="Chaque candidature ouverte devra accepter cette version de la charte avant de continuer.",
        textes=_chartes,
        preview=_as_it_is,
    ),
    Famille(
        RECOURS,
        "Voies et délais de recours",
        binding=True,
        effect="Les prochaines décisions défavorables porteront ce texte.",
        textes=_recours,
        preview=_as_it_is,
    ),
)
