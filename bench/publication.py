#!/usr/bin/env python3
"""Time the public list of 5,000 solutions référencées against the limit view: see bench/README.md."""

import argparse
import statistics
import sys
import time
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

from bench.pages import _burst
from bench.surroundings import Client, Surroundings

SIZE = 5_000
LIMIT = 2.5
RESULTS = Path(__file__).with_name("resultats") / "publication.md"
ARTICLES = [{"titre": f"Article {rank}", "texte": f"Ce que dit l’article {rank}. " * 120} for rank in range(20)]


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="python -m bench.publication", description=__doc__)
    parser.add_argument("--rounds", type=int, default=12, help="how many times each page has its turn")
    parser.add_argument("--write", action="store_true", help=f"keep the table in bench/resultats/{RESULTS.name}")
    options = parser.parse_args(arguments)
    with Surroundings() as around:
        from bench.machine import machine

        around.fill(SIZE)
        _attribute()
        lines, kept = _measure(around, options.rounds)
        report = _report(lines, machine(), options.rounds)
    print(report)
    if options.write:
        RESULTS.write_text(report, encoding="utf-8")
    return 0 if kept else 1


def _attribute() -> None:
    """Make a référencement of every candidature, in one séance, with a convention as long as a real one."""
    from bench.moment import AT
    from candidatures.models import Candidature
    from comptes.canonical import fingerprint
    from comptes.models import Compte
    from referencement.enums import ConventionState, Decision, ExamenState
    from referencement.models import Convention, Examen, SeanceDuCollege

    by = Compte.objects.order_by("pk")[0]
    seance = SeanceDuCollege.objects.create(
        held_at=AT, quorum=1, secretaire=by, planned_at=AT - timedelta(days=30), planned_by=by
    )
    seance.membres.create(compte=by, is_present=True)
    seance.open(at=AT)
    seance.save()
    seance.close(by=by, at=AT)
    seance.save()
    found = Candidature.objects.with_names().order_by("pk")
    conventions = Convention.objects.bulk_create(
        [
            Convention(
                candidature=one, number=1, state=ConventionState.SIGNED_BY_EDITEUR, template_version="1",
                data={"cite": _cited(one), "articles": ARTICLES}, sha256=fingerprint(_cited(one)), signatory=by,
                prepared_at=AT, prepared_by=by, sent_at=AT, sent_by=by, signed_at=AT, signed_by=by,
            )
            for one in found
        ],
        batch_size=250,
    )  # fmt: skip
    Examen.objects.bulk_create(
        [
            Examen(
                seance=seance, candidature=one.candidature, rank=1, state=ExamenState.ATTRIBUTED,
                decision=Decision.ATTRIBUTED, situation={}, sha256="0" * 64, convention=one, listed_at=AT,
                listed_by=by, decided_at=AT, decided_by=by, published_at=AT,
            )
            for one in conventions
        ],
        batch_size=1000,
    )  # fmt: skip


def _cited(candidature: object) -> dict[str, object]:
    from candidatures.models import Candidature

    assert isinstance(candidature, Candidature)
    editeur = candidature.produit.editeur
    return {
        "nru": candidature.nru,
        "editeur": {"raison_sociale": editeur.raison_sociale, "siren": editeur.siren},
        "solution": {
            "nom": candidature.produit.nom,
            "version_technique": "4.2.1",
            "profils": ["Personnes âgées"],
            "noms_commerciaux": [],
        },
    }


def _measure(around: Surroundings, rounds: int) -> tuple[list[str], bool]:
    from django.db import connection

    from bench.subjects import Page, pages
    from candidatures.models import Candidature

    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    nru = Candidature.objects.order_by("pk")[0].nru
    found = [
        next(iter(pages())),
        Page("liste, gardée", "/solutions/", None, LIMIT),
        Page("liste, dernière page, gardée", "/solutions/?page=200", None, LIMIT),
        Page("liste, un profil, gardée", "/solutions/?profil=PA", None, LIMIT),
        Page("liste, un mot cherché (jamais gardée)", "/solutions/?q=residence", None),
        Page("page d’une solution", f"/solutions/{nru}/", None, LIMIT),
        Page("export CSV entier, gardé", "/solutions.csv", None),
        Page("export JSON entier, gardé", "/solutions.json", None),
    ]
    with around.clients(found) as clients:
        firsts = [_first(client) for client in clients]
        times = [[_turn(client) for client in clients] for _ in range(rounds)]
    limits = [statistics.median(bursts[0]) for bursts in times]
    lines, kept = [], True
    for rank, page in enumerate(found):
        bursts = [bursts[rank] for bursts in times]
        ratio = statistics.median(statistics.median(one) / limit for one, limit in zip(bursts, limits, strict=True))
        median = statistics.median(taken for burst in bursts for taken in burst)
        verdict = "" if page.limit is None else f"{'✓' if ratio <= page.limit else '✗'} ≤ {page.limit:g}"
        kept = kept and "✗" not in verdict
        cells = f"{firsts[rank]:.0f} | {median:.1f} | {ratio:.2f} | {verdict.replace('.', ',')}"
        lines.append(f"| {page.title} | {cells} |")
    return lines, kept


def _first(client: Client) -> float:
    client.connection.close()
    return _milliseconds(client.get)


def _turn(client: Client) -> list[float]:
    """Open the connection anew, since the server closes one that is left for two seconds, then measure."""
    client.connection.close()
    client.get()
    return _burst(client)


def _milliseconds(act: Callable[[], None]) -> float:
    began = time.perf_counter()
    act()
    return (time.perf_counter() - began) * 1000


def _report(lines: list[str], machine: str, rounds: int) -> str:
    return "\n".join(
        [
            "# Publication",
            "",
            f"{machine}. {SIZE} solutions référencées, each with a convention of about 60 kB. {rounds} rounds, as in",
            "`pages`; « première fois » is the one time after an act when nothing is kept yet.",
            "Made by `python -m bench.publication --write`.",
            "",
            "| page | première fois, ms | médiane ms | × limite | |",
            "|---|---:|---:|---:|---|",
            *lines,
            "",
        ]
    )


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
