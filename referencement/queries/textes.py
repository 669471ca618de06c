"""The convention of each dispositif: its file gives the first articles, the screen may change them."""

from dataclasses import replace

from candidatures.catalogue.dispositifs import specs_in_order
from candidatures.models import Candidature
from candidatures.rules.nru import searched
from comptes.queries.textes import Famille, Preview, Texte, in_force
from comptes.rules.variables import Variable
from referencement.catalogue.convention import ConventionSpec, convention_of
from referencement.queries.conventions import quotes_of
from referencement.rules.convention import articles_of, as_text, faults_of_articles, read_articles

CONVENTION = "convention"
VARIABLES = (
    Variable("editeur", "La raison sociale de l’éditeur."),
    Variable("responsable", "Le responsable de la candidature, avec sa fonction."),
    Variable("solution", "Le nom de la solution."),
    Variable("version", "La version technique."),
    Variable("nil", "Le NIL du composant principal."),
    Variable("profils", "Les profils de la candidature."),
    Variable("dispositif", "Le nom du dispositif."),
    Variable("nru", "Le numéro de la candidature."),
    Variable("jours", "Le nombre de jours donnés pour répondre à une mesure."),
)


def convention_in_force(dispositif: str) -> ConventionSpec:
    """Return the convention of that dispositif, with the articles that are in force today."""
    spec, version = convention_of(dispositif), in_force(f"{CONVENTION}.{dispositif}")
    if version is None:
        return spec
    return replace(spec, version=f"{spec.version}-{version.numero}", articles=read_articles(version.corps))


def _textes() -> list[Texte]:
    return [
        Texte(
            f"{CONVENTION}.{spec.code}",
            f"Convention – {spec.titre}",
            as_text(convention_of(spec.code).articles),
            VARIABLES,
        )
        for spec in specs_in_order()
    ]


def _preview(texte: Texte, objet: str, corps: str, nru: str) -> Preview:
    """Fill the convention with the candidature of that NRU, else with the last one of the dispositif."""
    code = texte.cle.partition(".")[2]
    called = Candidature.objects.with_names().filter(dispositif=code, nru__contains=searched(nru))
    of_it = called.order_by("-pk").first()
    if of_it is None or faults_of_articles(corps):
        return Preview("", corps)
    spec = replace(convention_of(code), articles=read_articles(corps))
    articles = articles_of(spec, quotes_of(of_it))
    printed = "\n\n".join("\n\n".join([f"# {article['titre']}", *article["paragraphes"]]) for article in articles)
    return Preview("", printed, of_it.nru)


FAMILLE = Famille(
    CONVENTION,
    "Conventions",
    binding=True,
    effect="Les conventions préparées ensuite porteront ces articles. Celles qui existent ne changent pas.",
    textes=_textes,
    preview=_preview,
    faults=faults_of_articles,
)
