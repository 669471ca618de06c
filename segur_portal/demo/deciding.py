"""The acts of the cast in phase 3, one function each. The simulated desks are really asked, over HTTP."""

from collections.abc import Collection, Mapping
from datetime import datetime

from comptes.models import Compte
from guichets.operations.releves import mark_due
from guichets.queries.desks import pulled_desks
from guichets.sweeps import follow_links, pull_demande
from referencement import sweeps
from referencement.effects import print_document
from referencement.enums import AvisDuCollege, Decision
from referencement.models import Convention, Examen, SeanceDuCollege
from referencement.operations import conventions as conventions_operations
from referencement.operations import convocations as convocations_operations
from referencement.operations import ordre_du_jour as ordre_du_jour_operations
from referencement.operations import seances as seances_operations
from referencement.operations import signatures as signatures_operations
from referencement.operations.avis import MemberAdvice, record_avis
from referencement.operations.examens import decide_examen, list_candidature
from referencement.operations.signatures import send_code
from referencement.queries.signatures import plain_code

from .cast import Persona
from .verbs import candidature_of, compte_of

EVERY_DEMANDE = 1000


def ask_the_desks(*, at: datetime) -> None:
    """Run the desk sweeps now: follow the links that were deposited, and ask about every demande that is due."""
    follow_links()
    for guichet in pulled_desks():
        for pull in mark_due(guichet=guichet.code, budget=EVERY_DEMANDE, at=at):
            pull_demande(pull.demande_id, str(pull.pull_id))


def settle_autorisations(*, at: datetime) -> None:
    """Run the sweep that issues the access to the CNDA's tests once the prerequisite chapitre is approved."""
    sweeps.settle_autorisations()


def prepare_convention(nom: str, *, by: Persona, at: datetime) -> None:
    """Prepare the convention of a solution, and print it, as a worker would."""
    convention = conventions_operations.prepare_convention(
        candidature_id=candidature_of(nom).pk, by=compte_of(by), at=at
    )
    print_document(convention.document.pk)


def send_convention(nom: str, *, to: Persona, by: Persona, at: datetime) -> None:
    conventions_operations.send_convention(convention_id=_convention(nom).pk, to=compte_of(to), by=compte_of(by), at=at)


def sign_convention(nom: str, *, by: Persona, at: datetime) -> None:
    """Ask for a code, then sign with it."""
    convention = _convention(nom)
    code = send_code(convention_id=convention.pk, by=compte_of(by), at=at)
    typed = plain_code(code)
    signatures_operations.sign_convention(convention_id=convention.pk, typed=typed, by=compte_of(by), at=at)


def plan_seance(held_at: datetime, membres: Collection[Persona], *, by: Persona, at: datetime) -> None:
    """Plan a séance whose quorum is two."""
    called = [compte_of(membre) for membre in membres]
    secretaire = compte_of(by)
    seances_operations.plan_seance(
        held_at=held_at, quorum=2, membres=called, secretaire=secretaire, by=secretaire, at=at
    )


def enlist(nom: str, *, despite: bool = False, by: Persona, at: datetime) -> None:
    list_candidature(
        seance_id=_seance().pk, candidature_id=candidature_of(nom).pk, despite=despite, by=compte_of(by), at=at
    )


def name_rapporteur(nom: str, rapporteur: Persona, *, by: Persona, at: datetime) -> None:
    ordre_du_jour_operations.name_rapporteur(
        examen_id=_examen(nom).pk, compte_id=_pk(rapporteur), by=compte_of(by), at=at
    )


def send_agenda(*, by: Persona, at: datetime) -> None:
    convocations_operations.send_agenda(seance_id=_seance().pk, by=compte_of(by), at=at)


def open_seance(present: Collection[Persona], *, by: Persona, at: datetime) -> None:
    seance = _seance()
    there = seance.membres.filter(compte__in=[compte_of(persona) for persona in present]).values_list("pk", flat=True)
    seances_operations.open_seance(seance_id=seance.pk, present=list(there), by=compte_of(by), at=at)


def advise(
    nom: str,
    avis: Mapping[Persona, AvisDuCollege],
    conflicts: Mapping[Persona, str] | None = None,
    *,
    by: Persona,
    at: datetime,
) -> None:
    """Note the avis of members on a solution, and the conflicts of interest of the others."""
    seance = _seance()
    membres = {membre.compte_id: membre.pk for membre in seance.membres.all()}
    advices = [MemberAdvice(membres[_pk(persona)], given) for persona, given in avis.items()]
    advices += [MemberAdvice(membres[_pk(persona)], None, conflict) for persona, conflict in (conflicts or {}).items()]
    for advice in advices:
        record_avis(examen_id=_examen(nom).pk, advice=advice, by=compte_of(by), at=at)


def decide(
    nom: str, decision: Decision, reasons: Collection[str] = (), comment: str = "", *, by: Persona, at: datetime
) -> None:
    examen = _examen(nom)
    decide_examen(
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
    seances_operations.close_seance(seance_id=seance.pk, seen_version=seance.version, by=compte_of(by), at=at)


def _pk(persona: Persona) -> int:
    return Compte.objects.values_list("pk", flat=True).get(email=persona.email)


def _convention(nom: str) -> Convention:
    return Convention.objects.living().get(candidature=candidature_of(nom))


def _seance() -> SeanceDuCollege:
    return SeanceDuCollege.objects.latest("held_at")


def _examen(nom: str) -> Examen:
    return Examen.objects.get(seance=_seance(), candidature=candidature_of(nom))
