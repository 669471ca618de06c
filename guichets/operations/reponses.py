"""Answers the preuves whose annotation names the constat of a relevé."""

from datetime import datetime

from django.db import transaction
from django.db.models import Exists, OuterRef

from comptes import journal
from comptes.dates import PARIS, day_in_words, instant_in_words
from comptes.models import Compte
from guichets.enums import Act, Source
from guichets.models import DemandeAuGuichet, Releve, ReponseDeGuichet
from preuves.enums import ChapitreState, Forme
from preuves.models import Chapitre, PreuveAttendue, Revision
from preuves.operations.depots import DepositNotPossible, DepositRefused, deposit, deposit_constat
from preuves.queries.dossier import dossier_of
from preuves.rules.depots import Contenu

OPEN = (ChapitreState.OPEN, ChapitreState.RETURNED)


@transaction.atomic
def answer_preuves(*, demande: DemandeAuGuichet, releve: Releve, at: datetime) -> list[ReponseDeGuichet]:
    """Deposit a relevé for each preuve that it answers, once for each stage; only where the chapitre takes deposits.

    An answer of the desk is deposited as a constat with its sha256; a confirmed capture, as its file.
    """
    if not _is_an_answer(demande, releve):
        return []
    answered = []
    for numero in _preuves_to_answer(demande, releve):
        revision = _deposited(demande, releve, numero, at)
        if revision is None:
            continue
        answered.append(
            ReponseDeGuichet.objects.create(
                demande=demande,
                releve=releve,
                revision=revision,
                numero=numero,
                etape=releve.etape,
                source=releve.source,
                answered_at=at,
            )
        )
        journal.record(
            demande.candidature.chain,
            Act.PREUVE_ANSWERED,
            on=demande.address,
            by=releve.recorded_by,
            at=at,
            demande=demande.label,
            preuve=numero,
            numero=revision.number,
        )
    return answered


def _is_an_answer(demande: DemandeAuGuichet, releve: Releve) -> bool:
    """Whether the stage is far enough to answer preuves: at the CNDA, from Pré-examen on (webinar)."""
    spec = demande.spec
    return bool(demande.what.constat and spec.constat_des) and spec.is_at_least(releve.etape, spec.constat_des)


def _preuves_to_answer(demande: DemandeAuGuichet, releve: Releve) -> list[str]:
    """Return, in one query, the N° that this relevé answers in open chapitres and was not yet deposited for."""
    mine = PreuveAttendue.objects.filter(
        version__dossiers__candidature=demande.candidature_id, constat__iexact=demande.what.constat
    )
    chapitre = Chapitre.objects.filter(
        dossier__candidature=demande.candidature_id,
        code=OuterRef("scenario__exigence__chapitre__code"),
        state__in=OPEN,
    )
    already = ReponseDeGuichet.objects.filter(
        demande=demande, numero=OuterRef("numero"), etape=releve.etape, source=releve.source
    )
    unanswered = mine.filter(Exists(chapitre), ~Exists(already))
    return list(unanswered.order_by("rank", "pk").values_list("numero", flat=True))


def _deposited(demande: DemandeAuGuichet, releve: Releve, numero: str, at: datetime) -> Revision | None:
    """Deposit a relevé for a preuve; None when the preuve is not due, is accepted, or takes no capture."""
    author = releve.recorded_by
    by = author if author and not author.is_ans else demande.recorded_by
    try:
        if releve.source == Source.CAPTURE:
            return _deposit_capture(demande, releve, numero, by, at)
        return deposit_constat(
            candidature_id=demande.candidature_id,
            numero=numero,
            value=_text_of_constat(demande, releve),
            on=releve.seen_at.astimezone(PARIS).date(),
            by=by,
            at=at,
        )
    except (DepositNotPossible, DepositRefused):
        return None


def _deposit_capture(demande: DemandeAuGuichet, releve: Releve, numero: str, by: Compte, at: datetime) -> Revision:
    assert releve.piece_id is not None, "a capture has its file"
    dossier = dossier_of(demande.candidature)
    contenu = Contenu(
        Forme.FILES,
        piece_ids=(releve.piece_id,),
        comment=f"{demande.label} : capture du {instant_in_words(releve.seen_at)}, confirmée par l’ANS.",
        evidence_date=releve.seen_at.astimezone(PARIS).date(),
        version_technique=dossier.version_technique if dossier else "",
    )
    latest = Revision.objects.filter(preuve__chapitre__dossier__candidature=demande.candidature_id)
    seen = latest.filter(preuve__numero=numero).order_by("-number").values_list("number", flat=True).first()
    return deposit(candidature_id=demande.candidature_id, numero=numero, contenu=contenu, seen=seen or 0, by=by, at=at)


def _text_of_constat(demande: DemandeAuGuichet, releve: Releve) -> str:
    """The text of the constat, for the instructeur: which desk said what about which demande, and its sha256."""
    spec = demande.spec
    lines = [
        f"{spec.article}, demande {demande.numero} : « {spec.labels[releve.etape]} ».",
        f"À cette étape depuis le {day_in_words(releve.date_etape)}.",
        f"{demande.label}. Logiciel : {releve.logiciel or 'non précisé'}.",
        f"Retour prévu le {day_in_words(releve.retour_prevu)}." if releve.retour_prevu else "",
        *(f"{nature.capitalize()} n° {numero}." for nature, numero in sorted(demande.documents.items())),
        f"Vérifié le {instant_in_words(releve.seen_at)}. Empreinte de la réponse (SHA-256) : {releve.sha256}",
    ]
    return "\n".join(filter(None, lines))
