"""The messages about a séance: to its members, and to the éditeurs of its dossiers, who are told less."""

from __future__ import annotations

from candidatures import permissions
from candidatures.enums import CandidatureState
from candidatures.mails import write_about
from candidatures.models import Candidature
from comptes.dates import instant_in_words
from comptes.mails import key_of, link, write
from comptes.models import JournalEntry, Notice
from comptes.notices import NoticeMail
from referencement.enums import SeanceState
from referencement.models import Convocation, Examen, ReportDeSeance, SeanceDuCollege
from referencement.rules.attribution import ON_THE_AGENDA

COMING = (SeanceState.PLANNED, SeanceState.OPEN)


# -- to the members ----------------------------------------------------------------------------------------------------


def called(notice: Notice) -> NoticeMail:
    """Write a convocation: the date, and the agenda as it stood when it was sent."""
    seance = _seance(notice)
    sent = Convocation.objects.get(seance=seance, number=int(notice.occurrence))
    is_first = _is_first(notice)
    subject = "vous y siégez" if is_first else "ordre du jour modifié"
    return _about(seance, "seance_called", subject, agenda=sent.agenda, is_first=is_first)


def is_called(notice: Notice) -> bool:
    """Whether a convocation is still to be sent: the member still sits, and no newer agenda was sent.

    A member's first convocation is sent even when a newer agenda exists.
    """
    seance = _seance(notice)
    newer = Convocation.objects.filter(seance=seance, number__gt=int(notice.occurrence))
    is_wanted = _is_first(notice) or not newer.exists()
    return seance.state in COMING and _is_membre(seance, notice) and is_wanted


def _is_first(notice: Notice) -> bool:
    """Whether this is the first convocation of that person to that séance."""
    notices = Notice.objects.filter(kind=notice.kind, address=notice.address, email=notice.email)
    return int(notice.occurrence) == min(int(occurrence) for occurrence in notices.values_list("occurrence", flat=True))


def moved(notice: Notice) -> NoticeMail:
    report = ReportDeSeance.objects.select_related("seance").get(pk=int(notice.occurrence))
    former, to = instant_in_words(report.from_at), instant_in_words(report.to_at)
    context = {"former": former, "to": to, "reason": report.reason}
    return _about(report.seance, "seance_moved", f"elle est déplacée au {to}", date=former, **context)


def is_moved(notice: Notice) -> bool:
    seance = _seance(notice)
    return seance.state in COMING and _is_membre(seance, notice) and _is_last(notice, seance)


def cancelled(notice: Notice) -> NoticeMail:
    seance = _seance(notice)
    return _about(seance, "seance_cancelled", "elle est annulée", reason=seance.cancel_reason)


def is_cancelled(notice: Notice) -> bool:
    seance = _seance(notice)
    return seance.state == SeanceState.CANCELLED and _is_membre(seance, notice)


def entrusted(notice: Notice) -> NoticeMail:
    return _about(_seance(notice), "seance_entrusted", "vous en êtes secrétaire")


def is_entrusted(notice: Notice) -> bool:
    seance = _seance(notice)
    return seance.state in COMING and seance.secretaire_id == notice.compte_id


# -- to the éditeurs ---------------------------------------------------------------------------------------------------


def examen_moved(notice: Notice) -> NoticeMail:
    """Write the new date of the examen, without the reason, which may concern another dossier."""
    report = ReportDeSeance.objects.get(pk=int(notice.occurrence))
    dates = {"former": instant_in_words(report.from_at), "to": instant_in_words(report.to_at)}
    return _about_examen(_examen_of(notice), "examen_moved", "l’examen par le collège change de date", **dates)


def examen_is_moved(notice: Notice) -> bool:
    examen = _examen_if_listed(notice)
    if examen is None or not _may_work(examen, notice):
        return False
    return examen.seance.state in COMING and _is_last(notice, examen.seance)


def examen_cancelled(notice: Notice) -> NoticeMail:
    examen = _examen_of(notice)
    former = instant_in_words(examen.seance.held_at)
    return _about_examen(examen, "examen_cancelled", "la séance du collège est annulée", former=former)


def examen_is_cancelled(notice: Notice) -> bool:
    examen = _examen_if_listed(notice)
    return examen is not None and examen.candidature.state == CandidatureState.OPEN and _may_work(examen, notice)


def examen_unlisted(notice: Notice) -> NoticeMail:
    """Write why the dossier left the agenda. The reason is read from the journal: the examen is deleted."""
    act = JournalEntry.objects.get(chain=notice.address, number=int(notice.occurrence))
    candidature = Candidature.objects.with_names().get(nru=key_of(notice))
    return _about_candidature(
        candidature,
        "examen_unlisted",
        "dossier retiré de l’ordre du jour du collège",
        former=act.params["date"],
        reason=act.params["motif"],
    )


def examen_is_unlisted(notice: Notice) -> bool:
    """Whether the candidature is still open, is on no agenda, and the reader still has access to it."""
    candidature = Candidature.objects.with_names().get(nru=key_of(notice))
    listed = candidature.examens.filter(state__in=ON_THE_AGENDA).exists()
    reads = permissions.people_with_access(candidature.produit).filter(email=notice.email).exists()
    return candidature.state == CandidatureState.OPEN and reads and not listed


# -- shared ------------------------------------------------------------------------------------------------------------


def _about(seance: SeanceDuCollege, name: str, fact: str, *, date: str = "", **context: object) -> NoticeMail:
    return write(
        f"referencement/mails/{name}.txt",
        f"Séance du collège du {date or instant_in_words(seance.held_at)}\u00a0: {fact}",
        seance=seance,
        href=link("referencement:seance", seance.pk),
        **context,
    )


def _about_examen(examen: Examen, name: str, fact: str, **context: object) -> NoticeMail:
    return _about_candidature(examen.candidature, name, fact, **context)


def _about_candidature(candidature: Candidature, name: str, fact: str, **context: object) -> NoticeMail:
    return write_about(candidature, f"referencement/mails/{name}.txt", fact, **context)


def _seance(notice: Notice) -> SeanceDuCollege:
    return SeanceDuCollege.objects.get(pk=key_of(notice))


def _is_membre(seance: SeanceDuCollege, notice: Notice) -> bool:
    return seance.membres.filter(compte=notice.compte_id, compte__is_active=True).exists()


def _is_last(notice: Notice, seance: SeanceDuCollege) -> bool:
    return not seance.reports.filter(pk__gt=int(notice.occurrence)).exists()


def _examen_if_listed(notice: Notice) -> Examen | None:
    """Return the examen that a notice is about; None once it was taken off the agenda."""
    seance, _, nru = notice.address.removeprefix("examen:").partition("/")
    joined = ("candidature__produit__editeur", "seance")
    return Examen.objects.select_related(*joined).filter(seance=int(seance), candidature__nru=nru).first()


def _examen_of(notice: Notice) -> Examen:
    examen = _examen_if_listed(notice)
    assert examen is not None, "A notice of an examen that is gone is cancelled, not written."
    return examen


def _may_work(examen: Examen, notice: Notice) -> bool:
    return permissions.people_with_access(examen.candidature.produit).filter(email=notice.email).exists()
