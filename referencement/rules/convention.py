"""What a convention says: its articles with their variables, and its annexe. Pure functions over what it quotes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from candidatures.rules.entreprises import designation
from referencement.catalogue.convention import Article, ConventionSpec

_NUMBER = {"designation": "Immatriculation"}
PROXIES = {"propre": "Celui de l’éditeur"}


def data_of(spec: ConventionSpec, quotes: Mapping[str, Any], *, numero: str) -> dict[str, Any]:
    """Return all that is printed, to be frozen; the convention holds as long as what is under `cite` stays true."""
    return {
        "numero": numero,
        "agence": spec.agence,
        "cite": dict(quotes),
        "articles": articles_of(spec, quotes),
        "solution": _facts(quotes["solution"]),
        "tableaux": _tables(quotes),
    }


def articles_of(spec: ConventionSpec, quotes: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Write the articles for a candidature. A value that contains braces is printed as it is, never replaced."""
    variables = _variables(quotes) | {"jours": str(spec.days_to_answer)}
    return [
        {
            "titre": article.titre,
            "paragraphes": [
                part.strip().replace("\n", " ").format_map(variables) for part in article.texte.split("\n\n")
            ],
        }
        for article in spec.articles
    ]


def as_text(articles: Sequence[Article]) -> str:
    """Return articles as one text, to be changed on screen: the title of each is a line that begins with « # »."""
    return "\n\n".join(f"# {article.titre}\n\n{article.texte}" for article in articles)


def read_articles(text: str) -> tuple[Article, ...]:
    """Read the articles of such a text."""
    parts = [part.partition("\n") for part in f"\n{text}".split("\n# ")[1:]]
    return tuple(Article(titre.strip(), texte.strip()) for titre, _, texte in parts)


def faults_of_articles(text: str) -> tuple[str, ...]:
    """Say why a text is no convention: each article has a title and words."""
    if not text.startswith("# "):
        return ("Commencez par le titre d’un article, sur une ligne qui débute par «\u00a0#\u00a0» et une espace.",)
    empty = [article.titre or "sans titre" for article in read_articles(text) if not (article.titre and article.texte)]
    return tuple(f"L’article «\u00a0{titre}\u00a0» est vide." for titre in empty)


def _variables(quotes: Mapping[str, Any]) -> dict[str, str]:
    solution, responsable = quotes["solution"], quotes["responsable"]
    return {
        "editeur": quotes["editeur"]["raison_sociale"],
        "responsable": f"{responsable['prenom']} {responsable['nom']}, {responsable['fonction']}",
        "solution": solution["nom"],
        "version": solution["version_technique"],
        "nil": solution["nil"],
        "profils": ", ".join(solution["profils"]),
        "dispositif": quotes["dispositif"]["nom"],
        "nru": quotes["nru"],
    }


def _facts(solution: Mapping[str, Any]) -> list[list[str]]:
    proxy = PROXIES.get(solution["proxy"], solution["proxy_nom"])
    rows = [
        ("Nom", solution["nom"]),
        ("Version technique", solution["version_technique"]),
        ("NIL du composant principal", solution["nil"]),
        ("NIE de l’éditeur", solution["nie"]),
        ("Profils", ", ".join(solution["profils"])),
        ("Proxy e-santé", proxy or "Sans objet"),
    ]
    return [list(row) for row in rows]


def _tables(quotes: Mapping[str, Any]) -> list[dict[str, Any]]:
    solution = quotes["solution"]
    numbered = _NUMBER if any(designation(line) for line in solution["additionnels"]) else {}
    return [
        *_mandates(quotes["groupement"]),
        _table(
            "Autres noms commerciaux",
            {"nom": "Nom", "nil": "NIL", "version": "Version technique"},
            solution["noms_commerciaux"],
            "La solution n’a qu’un nom.",
        ),
        _table(
            "Composants additionnels",
            {"nom": "Nom", "editeur": "Éditeur", **numbered, "nil": "NIL", "version": "Version technique"},
            [{**line, "designation": designation(line)} for line in solution["additionnels"]],
            "La solution n’a pas de composant additionnel.",
        ),
        _table(
            "Distributeurs",
            {"raison_sociale": "Raison sociale", **_NUMBER},
            [{**line, "designation": designation(line)} for line in quotes["distributeurs"]],
            "La solution n’a pas de distributeur.",
        ),
    ]


def _mandates(groupement: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Return the table of the mandates of the members; no table when the éditeur is alone."""
    columns = {"raison_sociale": "Raison sociale", **_NUMBER, "nom": "Pièce", "sha256": "Empreinte (SHA-256)"}
    missing = {"nom": "Non demandé à son dépôt", "sha256": ""}
    lines = [
        {**member, "designation": designation(member), **(member.get("mandat") or missing)} for member in groupement
    ]
    return [_table("Mandats donnés au chef de file", columns, lines, "")] if lines else []


def _table(titre: str, columns: Mapping[str, str], lines: Sequence[Mapping[str, str]], none: str) -> dict[str, Any]:
    if not lines:
        return {"titre": titre, "aucun": none, "colonnes": [], "lignes": []}
    rows = [[line[name] for name in columns] for line in lines]
    return {"titre": titre, "aucun": "", "colonnes": list(columns.values()), "lignes": rows}
