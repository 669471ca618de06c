"""What the cast does in phase 3, one verb each; the desks are asked as the worker asks them, and really answer."""

from collections.abc import Collection, Mapping
from datetime import datetime

from comptes.models import Compte
from guichets import operations as guichets
from guichets import queries as desks
from guichets.sweeps import follow_links, pull_demande
from referencement import operations, queries, sweeps
from referencement.effects import print_document
from referencement.enums import AvisDuCollege, Decision
from referencement.models import Convention, Examen, SeanceDuCollege
from referencement.operations import Said

from .cast import Persona
from .verbs import candidature_of, compte_of

EVERY_ONE = 1000


def ask_the_desks(*, at: datetime) -> None:
    """Do what the sweeps do, here and now: follow what was deposited, and ask about every demande that is due."""
    follow_links()
    for guichet in desks.pulled_desks():
        for pull in guichets.mark_due(guichet=guichet.code, budget=EVERY_ONE, at=at):
            pull_demande(pull.demande_id, str(pull.pull_id))


def settle_autorisations(*, at: datetime) -> None:
    """Do what a sweep does a minute after the prerequisite is approved: issue the access to the CNDA's tests."""
    sweeps.settle_autorisations()


def prepare_convention(nom: str, *, by: Persona, at: datetime) -> None:
    """Prepare the convention of a solution, and print it as the worker does."""
    convention = operations.prepare_convention(candidature_id=candidature_of(nom).pk, by=compte_of(by), at=at)
    print_document(convention.document.pk)


def send_convention(nom: str, *, to: Persona, by: Persona, at: datetime) -> None:
    operations.send_convention(convention_id=_convention(nom).pk, to=compte_of(to), by=compte_of(by), at=at)


def sign_convention(nom: str, *, by: Persona, at: datetime) -> None:
    """Ask for a code, then sign with it."""
    convention = _convention(nom)
    code = operations.send_code(convention_id=convention.pk, by=compte_of(by), at=at)
    typed = queries.words_of(code)
    operations.sign_convention(convention_id=convention.pk, typed=typed, by=compte_of(by), at=at)


def plan_seance(held_at: datetime, membres: Collection[Persona], *, by: Persona, at: datetime) -> None:
    """Plan a séance whose quorum is two."""
    called = [compte_of(one) for one in membres]
    secretaire = compte_of(by)
    operations.plan_seance(held_at=held_at, quorum=2, membres=called, secretaire=secretaire, by=secretaire, at=at)


def enlist(nom: str, *, despite: bool = False, by: Persona, at: datetime) -> None:
    operations.list_candidature(
        seance_id=_seance().pk, candidature_id=candidature_of(nom).pk, despite=despite, by=compte_of(by), at=at
    )


def name_rapporteur(nom: str, rapporteur: Persona, *, by: Persona, at: datetime) -> None:
    operations.name_rapporteur(examen_id=_examen(nom).pk, compte_id=_pk(rapporteur), by=compte_of(by), at=at)


def send_agenda(*, by: Persona, at: datetime) -> None:
    operations.send_agenda(seance_id=_seance().pk, by=compte_of(by), at=at)


def open_seance(present: Collection[Persona], *, by: Persona, at: datetime) -> None:
    seance = _seance()
    there = seance.membres.filter(compte__in=[compte_of(one) for one in present]).values_list("pk", flat=True)
    operations.open_seance(seance_id=seance.pk, present=list(there), by=compte_of(by), at=at)


def advise(
    nom: str,
    avis: Mapping[Persona, AvisDuCollege],
    conflicts: Mapping[Persona, str] | None = None,
    *,
    by: Persona,
    at: datetime,
) -> None:
    """Note what members say of a solution, and why some take no part."""
    seance = _seance()
    membres = {one.compte_id: one.pk for one in seance.membres.all()}
    said = [Said(membres[_pk(one)], words) for one, words in avis.items()]
    said += [Said(membres[_pk(one)], None, words) for one, words in (conflicts or {}).items()]
    for one in said:
        operations.record_avis(examen_id=_examen(nom).pk, said=one, by=compte_of(by), at=at)


def decide(
    nom: str, decision: Decision, reasons: Collection[str] = (), comment: str = "", *, by: Persona, at: datetime
) -> None:
    examen = _examen(nom)
    operations.decide_examen(
        examen_id=examen.pk,
        decision=decision,
        reasons=list(reasons),
        comment=comment,
        seen_version=examen.version,
        by=compte_of(by),
        at=at,
    )


def close_seance(*, by: Persona, at: datetime) -> None:
    seance = _seance()
    operations.close_seance(seance_id=seance.pk, seen_version=seance.version, by=compte_of(by), at=at)


def _pk(persona: Persona) -> int:
    return Compte.objects.values_list("pk", flat=True).get(email=persona.email)


def _convention(nom: str) -> Convention:
    return Convention.objects.living().get(candidature=candidature_of(nom))


def _seance() -> SeanceDuCollege:
    return SeanceDuCollege.objects.latest("held_at")


def _examen(nom: str) -> Examen:
    return Examen.objects.get(seance=_seance(), candidature=candidature_of(nom))
