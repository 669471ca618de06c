#!/usr/bin/env python3
"""Print a convention of 30 pages by its effect, in a fresh process: how long, and how much memory."""

import argparse
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

from bench import surroundings
from bench.harness import Line, Report, judge, table

RESULTS = Path(__file__).with_name("resultats") / "convention.md"
LONGEST, LARGEST, PAGES = 6, 150, 30

surroundings.DATABASE = "portail_bench_convention"

# What a worker does: import everything, then run one task. Sizes from /proc are in kB.
PROGRAM = """
import json, sys, time
import django
django.setup()
from referencement.effects import print_document
import weasyprint

def size(name):
    return next(int(line.split()[1]) for line in open("/proc/self/status") if line.startswith(name))

before, began = size("VmRSS"), time.perf_counter()
print_document(int(sys.argv[1]))
print(json.dumps({"seconds": time.perf_counter() - began, "growth": (size("VmHWM") - before) / 1024}))
"""


def main(arguments: list[str]) -> int:
    return judge(measure, arguments, doc=__doc__, results=RESULTS, distributeurs=900, rounds=5)


def measure(options: argparse.Namespace) -> Report:
    with surroundings.Surroundings() as around:
        printed = [_print(around, options.distributeurs, rank) for rank in range(options.rounds)]
        report, good = _report(printed, options.distributeurs)
    return report, good


def _print(around: Any, distributeurs: int, rank: int) -> dict[str, float]:
    import pikepdf

    from referencement.models import FichierDeDocument

    document = _a_document(distributeurs, rank)
    environment = {**os.environ, **around.environment, "PYTHONWARNINGS": "ignore", "LOG_LEVEL": "ERROR"}
    argv = [sys.executable, "-c", PROGRAM, str(document.pk)]
    answer = subprocess.run(argv, cwd=surroundings.ROOT, env=environment, check=True, capture_output=True, text=True)
    measured: dict[str, float] = json.loads(answer.stdout.splitlines()[-1])
    fichier = FichierDeDocument.objects.get(document=document)
    with pikepdf.open(Path(around.environment["MEDIA_ROOT"]) / fichier.file.name) as pdf:
        return measured | {"pages": len(pdf.pages), "size": fichier.size / 1024}


def _a_document(distributeurs: int, rank: int) -> Any:
    """Issue a convention with that many distributeurs in its annex."""
    from bench.moment import AT
    from comptes.canonical import fingerprint
    from comptes.models import Compte
    from referencement.catalogue.convention import convention_of
    from referencement.documents.printing import VERSION
    from referencement.enums import DocumentKind
    from referencement.models import Document
    from referencement.rules.convention import data_of

    by = Compte.objects.filter(email="bench@agence.example").first() or Compte.objects.create_user(
        "bench@agence.example", None, first_name="Camille", last_name="Roussel"
    )
    numero = f"CONV-DUI-2027-{rank:05}"
    data = data_of(convention_of("ms-dui-va2"), _quotes(distributeurs), numero=numero)
    return Document.objects.create(
        kind=DocumentKind.CONVENTION,
        numero=numero,
        template_version=VERSION,
        data=data,
        sha256=fingerprint(data),
        issued_at=AT,
        issued_by=by,
    )


def _quotes(distributeurs: int) -> dict[str, Any]:
    noms = [{"nom": f"Sirocco {rank}", "nil": f"NIL-{rank}", "version": "4.2.1"} for rank in range(40)]
    vendors = [
        {"raison_sociale": f"Distribution régionale n° {rank}", "siren": f"{100000000 + rank}"}
        for rank in range(distributeurs)
    ]
    return {
        "nru": "DUI-2027-00001-A",
        "dispositif": {"code": "ms-dui-va2", "nom": "Dossier usager informatisé (DUI), vague 2"},
        "editeur": {
            "raison_sociale": "Sirocco Logiciels",
            "siren": "019283746",
            "adresse": "14 quai des Embruns",
            "code_postal": "00120",
            "commune": "Valmer-sur-Aune",
            "pays": "France",
        },
        "responsable": {"prenom": "Nadia", "nom": "Ferrand", "fonction": "Présidente"},
        "solution": {
            "nom": "Sirocco Résidence",
            "version_technique": "4.2.1",
            "nie": "NIE-1",
            "nil": "NIL-1",
            "proxy": "propre",
            "proxy_nom": "",
            "profils": ["Personnes âgées", "Personnes en situation de handicap"],
            "noms_commerciaux": noms,
            "additionnels": [],
        },
        "groupement": [],
        "distributeurs": vendors,
    }


def _report(printed: list[dict[str, float]], distributeurs: int) -> Report:
    pages = min(measured["pages"] for measured in printed)
    seconds, growth = (max(measured[name] for measured in printed) for name in ("seconds", "growth"))
    lines = [
        Line(f"pages, ≥ {PAGES}", f"{pages:.0f}", pages >= PAGES),
        Line(f"seconds, < {LONGEST}", f"{seconds:.1f}", seconds < LONGEST),
        Line(f"memory, MB more than before, at the peak, < {LARGEST}", f"{growth:.0f}", growth < LARGEST),
        Line("the file, KB", f"{printed[0]['size']:.0f}"),
    ]
    about = [
        f"A convention of {distributeurs} distributeurs and 40 noms commerciaux, printed by its effect: PDF/A-3,",
        f"tagged, its data attached. {len(printed)} times, each in a process of its own, everything imported before.",
        "The worst of them.",
    ]
    return table("Convention", about, lines, made_by="bench.convention")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
