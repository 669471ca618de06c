"""Thousands of demandes: four for each candidature, two at each desk, all due at the same moment."""

from collections import Counter
from dataclasses import dataclass
from pathlib import Path

from django.db import connection
from django.db.models import Count

from bench.moment import AT
from bench.surroundings import make
from candidatures.enums import CandidatureState
from candidatures.models import Candidature
from comptes import clock
from comptes.models import Compte
from guichets.catalogue.guichets import spec_of_guichet
from guichets.models import DemandeAuGuichet, EchecDeReleve, Releve

OBJECTS = ("cnda:/INSI", "cnda:/DMP", "edc_psc:utilisateur/", "edc_psc:proxy/")
STAGES = {"cnda": ("initialisation", "pre_examen"), "edc_psc": ("declared", "submitted")}


@dataclass(frozen=True)
class Batch:
    """The demandes of some candidatures, different in each batch.

    :param number: the number of the batch, which is part of the number of each demande
    :param candidatures: pks
    """

    number: int
    candidatures: tuple[int, ...]

    @classmethod
    def several(cls, batches: int, demandes: int) -> list["Batch"]:
        """Make the candidatures of that many batches, of that many demandes each."""
        each = demandes // len(OBJECTS)
        opened = Candidature.objects.filter(state=CandidatureState.OPEN).order_by("pk")
        while (missing := batches * each - opened.count()) > 0:
            with clock.travel(AT):
                make(missing + 10, seed=opened.count(), sans_preuves=True)
        keys = list(opened.values_list("pk", flat=True)[: batches * each])
        return [cls(number, tuple(keys[number * each : (number + 1) * each])) for number in range(batches)]

    @property
    def demandes(self) -> int:
        return len(self.candidatures) * len(OBJECTS)

    def _numeros(self) -> list[tuple[int, str, str]]:
        return [
            (candidature, objet, f"R{self.number}-{candidature}-{rank}")
            for candidature in self.candidatures
            for rank, objet in enumerate(OBJECTS)
        ]

    def declare(self) -> None:
        """Write the demandes as the operation does; nothing else is due any more."""
        DemandeAuGuichet.objects.update(next_pull_at=None, pull_id=None)
        now, somebody = clock.machine_now(), Compte.objects.order_by("pk")[0]
        DemandeAuGuichet.objects.bulk_create(
            [
                DemandeAuGuichet(
                    candidature_id=candidature,
                    objet=objet,
                    **_target_of(objet),
                    numero=numero,
                    recorded_at=now,
                    recorded_by=somebody,
                    next_pull_at=now,
                )
                for candidature, objet, numero in self._numeros()
            ],
            batch_size=2_000,
        )
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")

    def scenario(self, folder: Path, *, moving: int) -> Path:
        """Write the scenario of the simulators.

        :param moving: per cent of the demandes that are further than the portal knows
        """
        lines = []
        for number, (_, objet, numero) in enumerate(self._numeros()):
            desk, _, name = objet.partition(":")
            of = f"nil = '{numero}', teleservice = '{name[1:]}'" if desk == "cnda" else f"role = '{name[:-1]}'"
            first, second = STAGES[desk]
            stage = second if number * moving % 100 < moving else first
            etapes = f"etapes = [{{ depuis = 2026-01-05, etape = '{stage}' }}]"
            lines.append(f"{desk}.demandes.{numero} = {{ {of}, logiciel = 'Essai', {etapes} }}")
        file = folder / f"releves{self.number}.toml"
        file.write_text("\n".join([*lines, ""]), encoding="utf-8")
        return file

    def pulled_by_desk(self) -> Counter[str]:
        mine = Releve.objects.filter(demande__numero__startswith=f"R{self.number}-").order_by("demande__guichet")
        return Counter(dict(mine.values_list("demande__guichet").annotate(count=Count("pk"))))

    def count(self) -> tuple[int, int, int]:
        """Count the demandes pulled, those pulled more than once, and the pulls that failed."""
        numero = f"R{self.number}-"
        mine = DemandeAuGuichet.objects.filter(numero__startswith=numero).annotate(count=Count("releves"))
        failures = EchecDeReleve.objects.filter(demande__numero__startswith=numero).count()
        return mine.filter(count__gt=0).count(), mine.filter(count__gt=1).count(), failures


def _target_of(objet: str) -> dict[str, str]:
    """Return the fields of a demande that its `objet` tells."""
    desk, _, name = objet.partition(":")
    first, _, second = name.partition("/")
    of = {"composant": first, "teleservice": second} if desk == "cnda" else {"role": first, "proxy": second}
    return {"guichet_id": desk, "state": spec_of_guichet(desk).initial.code, **of}
