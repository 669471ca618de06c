"""The éditeur's acts on a chapitre: submitting it, and taking it back before it is read."""

from datetime import datetime

from django.db import transaction

from candidatures.catalogue.dispositifs import spec_of
from candidatures.enums import AccuseKind
from candidatures.operations.accuses import issue_accuse
from candidatures.operations.telling import tell_the_agents, tell_the_team
from candidatures.queries.candidatures import deadlines_of
from candidatures.rules.submission import Obstacle
from comptes import journal
from comptes.models import Compte
from comptes.rules.refusals import Obstructed, Refused
from preuves.enums import Act
from preuves.models import AttenteDeFichiers, Chapitre, RepriseDeChapitre, SoumissionDeChapitre
from preuves.queries.accuses import depots_of_soumission
from preuves.queries.chapitres import soumissions_standing
from preuves.queries.dossier import dossier_of
from preuves.rules import completude as rules
from preuves.rules.attentes import awaited_until
from preuves.rules.soumissions import fingerprint_of_submission, why_not_taken_back

from .dossiers import open_dossier
from .locking import locked_candidature


class ChapitreNotSubmittable(Obstructed[Obstacle]):
    """The chapitre cannot be submitted to the ANS."""


class ChapitreNotTakenBack(Refused):
    """The chapitre cannot be taken back."""


@transaction.atomic
def submit_chapitre(*, candidature_id: int, code: str, by: Compte, at: datetime) -> Chapitre:
    """Submit a complete chapitre to the ANS, and freeze it; after a return, this is the answer to it.

    :param at: when the request arrived, which is compared with the échéances
    :raises ChapitreNotSubmittable: with every obstacle, so that the page can list them
    """
    candidature = locked_candidature(candidature_id=candidature_id)
    row = open_dossier(candidature=candidature, by=by, at=at)
    chapitre = Chapitre.objects.locked().get(dossier=row, code=code)
    dossier = dossier_of(candidature, code=code)
    known = dossier.chapitre(code) if dossier else None
    assert known is not None, "A chapitre that has a row is in the version of its dossier."
    spec, echeances = spec_of(candidature.dispositif_id), deadlines_of(candidature)
    to_answer, grace = spec.delais.answer, spec.fichiers.grace
    if obstacles := rules.obstacles_to_submit(
        known.facts, echeances=echeances, to_answer=to_answer, at=at, grace=grace
    ):
        raise ChapitreNotSubmittable(obstacles)
    until = awaited_until(rules.binding(known.facts, echeances=echeances, to_answer=to_answer), grace)
    chapitre.submit(by=by, at=at)
    chapitre.save()
    deposited = known.facts.preuves
    revisions = {numero: deposited[numero].sha256 for numero in known.facts.due if numero in deposited}
    soumission = SoumissionDeChapitre.objects.create(
        chapitre=chapitre,
        number=chapitre.soumissions.count() + 1,
        revisions=revisions,
        sha256=fingerprint_of_submission(revisions),
        submitted_at=at,
        submitted_by=by,
    )
    if known.facts.unverified:
        complete_at = None if known.facts.travelling else at
        AttenteDeFichiers.objects.create(soumission=soumission, until=until, complete_at=complete_at)
    address = f"chapitre:{candidature.nru}/{code}"
    entry = journal.record(
        candidature.chain,
        Act.CHAPITRE_SUBMITTED,
        on=address,
        by=by,
        at=at,
        chapitre=code,
        numero=soumission.number,
        sha256=soumission.sha256,
    )
    issue_accuse(
        candidature=candidature,
        kind=AccuseKind.CHAPITRE,
        address=address,
        objet=known.spec.label,
        number=soumission.number,
        sha256=soumission.sha256,
        lists={"depots": depots_of_soumission(soumission)},
        entry=entry,
        by=by,
        at=at,
    )
    tell_the_team(
        candidature=candidature,
        kind="preuves.chapitre_submitted",
        on=address,
        occurrence=str(soumission.number),
        at=at,
    )
    tell_the_agents(
        candidature=candidature,
        kind="preuves.chapitre_received",
        on=address,
        occurrence=str(soumission.number),
        chapitre=code,
        at=at,
    )
    return chapitre


@transaction.atomic
def take_back_chapitre(*, candidature_id: int, code: str, by: Compte, at: datetime) -> Chapitre:
    """Take a submitted chapitre back before it is opened for review; that submission no longer counts.

    :raises ChapitreNotTakenBack: when it is being read, or is not submitted
    """
    candidature = locked_candidature(candidature_id=candidature_id)
    chapitre = Chapitre.objects.locked().filter(dossier__candidature=candidature, code=code).first()
    dossier = dossier_of(candidature)
    known = dossier.chapitre(code) if dossier else None
    if chapitre is None or known is None:
        raise ChapitreNotTakenBack("Ce chapitre n’est pas soumis.")
    if reason := why_not_taken_back(known.facts):
        raise ChapitreNotTakenBack(reason)
    last, *former = soumissions_standing(chapitre)
    if former:
        chapitre.take_answer_back(former=former[0])
    else:
        chapitre.take_back()
    chapitre.save()
    RepriseDeChapitre.objects.create(soumission=last, taken_back_at=at, taken_back_by=by)
    journal.record(
        candidature.chain,
        Act.CHAPITRE_TAKEN_BACK,
        on=f"chapitre:{candidature.nru}/{code}",
        by=by,
        at=at,
        chapitre=code,
    )
    return chapitre
