"""The results of phase 3, written row by row as the operations leave them."""

import hashlib
from datetime import UTC, datetime, timedelta
from typing import Any

from django.core.files.base import ContentFile
from django.db import transaction

from candidatures.models import Candidature
from candidatures.queries.moments import PassedEcheance
from comptes import journal
from comptes.canonical import fingerprint
from comptes.enums import RoleANS
from comptes.models import Compte
from referencement.enums import Act, Decision, DocumentKind, FichierStage, ReexamenGround
from referencement.models import (
    Convention,
    Document,
    Examen,
    FichierDeDocument,
    PhotoDEcheance,
    Reexamen,
    SeanceDuCollege,
)
from referencement.operations.photos import take_photos
from referencement.operations.reexamens import grant_reexamen, request_reexamen
from referencement.operations.referencements import open_referencement
from referencement.queries.conventions import quotes_of
from referencement.queries.photos import wait_for
from tests.factories import candidatures as make

COLLEGE = datetime(2027, 11, 16, 13, 0, tzinfo=UTC)
ACTS = {
    Decision.ATTRIBUTED: Act.EXAMEN_ATTRIBUTED,
    Decision.NOT_ATTRIBUTED: Act.EXAMEN_NOT_ATTRIBUTED,
    Decision.POSTPONED: Act.EXAMEN_POSTPONED,
}
EARLIER = COLLEGE - timedelta(days=30)


def a_signed_convention(candidature: Candidature, by: Compte, at: datetime = EARLIER) -> Convention:
    """A convention that quotes the candidature as it is today, signed by the éditeur."""
    data = {
        "cite": quotes_of(Candidature.objects.with_names().get(pk=candidature.pk)),
        "agence": "L’agence",
        "articles": [],
        "solution": [],
        "tableaux": [],
    }
    convention = Convention(
        candidature=candidature,
        number=candidature.conventions.count() + 1,
        template_version="1",
        data=data,
        sha256=fingerprint(data),
        prepared_at=at,
        prepared_by=by,
    )
    convention.send(to=by, by=by, at=at)
    convention.sign(by=by, at=at)
    convention.save()
    return convention


def a_listed_examen(candidature: Candidature, at: datetime = COLLEGE, *, is_open: bool = True) -> Examen:
    """A candidature on the agenda of its own séance, with one member, present when it opens."""
    secretaire = make.a_person(roles_ans=[RoleANS.SECRETAIRE_COLLEGE])
    planned_at = at - timedelta(days=30)
    seance = SeanceDuCollege(held_at=at, quorum=1, secretaire=secretaire, planned_at=planned_at, planned_by=secretaire)
    seance.save()
    seance.membres.create(compte=make.a_person(roles_ans=[RoleANS.MEMBRE_COLLEGE]), is_present=is_open)
    if is_open:
        seance.open(at=at)
        seance.save()
    return Examen.objects.create(
        seance=seance, candidature=candidature, rank=1, listed_at=EARLIER, listed_by=secretaire
    )


def a_decided_examen(
    candidature: Candidature,
    by: Compte,
    decision: Decision,
    at: datetime = COLLEGE,
    convention: Convention | None = None,
    **changes: Any,
) -> Examen:
    """A decision of the collège on a candidature, in a séance that is still open."""
    examen = a_listed_examen(candidature, at)
    named = Candidature.objects.with_names().get(pk=candidature.pk)
    situation = {"cite": quotes_of(named), "chapitres": [], "guichets": [], "convention": None, "manque": []}
    given: dict[str, Any] = {"reasons": [], "comment": "", "against": "", "blocages": []} | changes
    given |= {"situation": situation, "sha256": fingerprint(situation), "convention": convention}
    examen.decide(decision=decision, by=examen.seance.secretaire, at=at, **given)
    examen.save()
    return examen


def an_examen(
    candidature: Candidature,
    by: Compte,
    decision: Decision,
    at: datetime = COLLEGE,
    convention: Convention | None = None,
    **changes: Any,
) -> Examen:
    """A decision of the collège on a candidature, in its own séance, which is closed."""
    examen = a_decided_examen(candidature, by, decision, at, convention, **changes)
    seance = examen.seance
    seance.close(by=seance.secretaire, at=at)
    seance.save()
    publish = {"attributed": examen.attribute, "not_attributed": examen.refuse, "postponed": examen.postpone}
    publish[decision](at=at)
    examen.save()
    with transaction.atomic():
        journal.record(
            candidature.chain, ACTS[decision], on=f"examen:{seance.pk}/{candidature.nru}", by=by, at=at, numero=""
        )
        if decision == Decision.ATTRIBUTED:
            open_referencement(examen=examen, by=by, at=at)
    return examen


def a_granted_reexamen(examen: Examen, at: datetime = COLLEGE) -> Reexamen:
    """The nouvel examen of a refused candidature, granted by two people of the ANS."""
    reexamen = request_reexamen(
        candidature_id=examen.candidature_id,
        ground=ReexamenGround.CORRECTED,
        reason="Le dossier est corrigé.",
        by=make.a_person(roles_ans=[RoleANS.INSTRUCTEUR]),
        at=at,
    )
    by = make.a_person(roles_ans=[RoleANS.RESPONSABLE_INSTRUCTION])
    return grant_reexamen(reexamen_id=reexamen.pk, by=by, at=at)


def an_attributed_solution(
    candidature: Candidature, by: Compte, at: datetime = COLLEGE, convention: Convention | None = None
) -> Examen:
    """A candidature whose référencement was attributed, with its attestation, printed."""
    convention = convention or a_signed_convention(candidature, by, at - timedelta(days=1))
    examen = an_examen(candidature, by, Decision.ATTRIBUTED, at, convention)
    a_document(candidature, by, at=at, examen=examen)
    return examen


def a_document(
    candidature: Candidature,
    by: Compte,
    kind: DocumentKind = DocumentKind.ATTESTATION,
    numero: str = "",
    at: datetime = COLLEGE,
    **about: Any,
) -> Document:
    """A document that was issued, whose only file holds its number."""
    data = {"nru": candidature.nru, "kind": kind.value}
    document = Document.objects.create(
        kind=kind,
        numero=numero or f"ATT-{candidature.nru}",
        candidature=candidature,
        template_version="1",
        data=data,
        sha256=fingerprint(data),
        issued_at=at,
        issued_by=by,
        **about,
    )
    a_file_of(document, at=at)
    return document


def a_file_of(document: Document, stage: FichierStage = FichierStage.PRINTED, at: datetime = COLLEGE) -> bytes:
    """Return the bytes of the file stored for a document at that stage."""
    content = f"%PDF-1.7\n% {document.numero} {stage}\n%%EOF\n".encode()
    FichierDeDocument.objects.create(
        document=document,
        stage=stage,
        file=ContentFile(content, f"{document.numero}-{stage}.pdf"),
        size=len(content),
        sha256=hashlib.sha256(content).hexdigest(),
        produced_at=at,
    )
    return content


def a_photo(candidature: Candidature, echeance: str = "date-1", instant: datetime = make.DATE_1) -> PhotoDEcheance:
    """The photo of one candidature at an échéance, taken as early as possible."""
    moment = PassedEcheance(candidature.dispositif_id, echeance, instant)
    (photo,) = take_photos(moment=moment, candidature_ids=[candidature.pk], at=instant + wait_for(moment))
    return photo
