"""The messages about a référencement, its mesures, and nouveaux examens."""

from __future__ import annotations

from candidatures import permissions
from candidatures.mails import write_about
from candidatures.models import Candidature
from candidatures.queries.textes import recours_in_force
from comptes.dates import end_in_words
from comptes.mails import key_of, link
from comptes.models import Notice
from comptes.notices import NoticeMail
from referencement.enums import EvenementKind, MesureState, ReexamenState
from referencement.models import EvenementDeReferencement, Mesure, Reexamen
from referencement.models.referencement import BY_THE_ANS

ADVERSE = (EvenementKind.SUSPENDED, EvenementKind.WITHDRAWN)
SENTENCES = {
    EvenementKind.SUSPENDED: "L’ANS suspend le référencement",
    EvenementKind.RESTORED: "L’ANS lève la suspension du référencement",
    EvenementKind.WITHDRAWN: "L’ANS retire le référencement",
    EvenementKind.RENOUNCED: "L’éditeur a renoncé au référencement",
    EvenementKind.REPLACED: "Une autre version est désormais référencée, et remplace le référencement",
}


def moved(notice: Notice) -> NoticeMail:
    """Write the message about one event of a référencement; an adverse one gives its voies de recours."""
    evenement = _evenement(notice)
    kind, candidature = EvenementKind(evenement.kind), evenement.referencement.candidature
    return write_about(
        candidature,
        "referencement/mails/referencement_moved.txt",
        f"{SENTENCES[kind][0].lower()}{SENTENCES[kind][1:]}",
        sentence=SENTENCES[kind],
        effect_at=evenement.effect_at,
        reasons=evenement.reasons if kind in BY_THE_ANS else "",
        recours=_recours(candidature) if kind in ADVERSE else (),
        href=link("referencement:referencement", candidature.nru),
    )


def mesure_announced(notice: Notice) -> NoticeMail:
    mesure = _mesure(notice)
    return _of_mesure(
        mesure, "mesure_announced", f"répondez à la mesure envisagée par l’ANS ({mesure.get_kind_display().lower()})"
    )


def mesure_proposed(notice: Notice) -> NoticeMail:
    """Write the message to the people who may decide a mesure."""
    mesure = _mesure(notice)
    return _of_mesure(mesure, "mesure_proposed", f"une mesure est proposée ({mesure.get_kind_display().lower()})")


def mesure_answered(notice: Notice) -> NoticeMail:
    mesure = _mesure(notice)
    return _of_mesure(mesure, "mesure_answered", "l’éditeur a répondu à la mesure envisagée")


def mesure_abandoned(notice: Notice) -> NoticeMail:
    return _of_mesure(_mesure(notice), "mesure_abandoned", "la mesure envisagée est abandonnée")


def _of_mesure(mesure: Mesure, template: str, fact: str) -> NoticeMail:
    candidature = mesure.referencement.candidature
    return write_about(
        candidature,
        f"referencement/mails/{template}.txt",
        fact,
        mesure=mesure,
        kind=mesure.get_kind_display().lower(),
        until=end_in_words(mesure.answer_until_at) if mesure.answer_until_at else "",
        href=link("referencement:referencement", candidature.nru),
    )


def is_still_announced(notice: Notice) -> bool:
    return _mesure(notice).state == MesureState.PROPOSED and reader_may_read(notice)


def reader_may_read(notice: Notice) -> bool:
    """Whether the reader may still read the candidature: they may have left the team since."""
    compte, candidature = notice.compte, _candidature_of(notice)
    if compte is None or not compte.is_active:
        return False
    return compte.is_ans or permissions.people_with_access(candidature.produit).filter(pk=compte.pk).exists()


def reexamen_requested(notice: Notice) -> NoticeMail:
    """Write the message to the people who may grant a nouvel examen."""
    nru = _reexamen(notice).examen.candidature.nru
    href = link("referencement:reexamen", nru)
    return _of_reexamen(notice, "reexamen_requested", "un nouvel examen est à accorder ou à refuser", href=href)


def reexamen_granted(notice: Notice) -> NoticeMail:
    return _of_reexamen(notice, "reexamen_granted", "un nouvel examen est accordé")


def reexamen_refused(notice: Notice) -> NoticeMail:
    return _of_reexamen(notice, "reexamen_refused", "le nouvel examen proposé n’est pas accordé")


def _of_reexamen(notice: Notice, template: str, fact: str, **links: str) -> NoticeMail:
    reexamen = _reexamen(notice)
    return write_about(
        reexamen.examen.candidature,
        f"referencement/mails/{template}.txt",
        fact,
        reexamen=reexamen,
        ground=reexamen.get_ground_display(),
        **links,
    )


def reexamen_is_decided(notice: Notice) -> bool:
    return _reexamen(notice).state != ReexamenState.REQUESTED and reader_may_read(notice)


def reexamen_is_waiting(notice: Notice) -> bool:
    return _reexamen(notice).state == ReexamenState.REQUESTED and reader_may_read(notice)


def withdrawn_from_agenda(notice: Notice) -> NoticeMail:
    """Write the message to the secrétaire of the séance that was to examine the candidature."""
    candidature = Candidature.objects.with_names().get(nru=key_of(notice))
    template = "referencement/mails/withdrawn_from_agenda.txt"
    return write_about(candidature, template, "candidature retirée par l’éditeur, et de l’ordre du jour")


def reader_holds_seances(notice: Notice) -> bool:
    return notice.compte is not None and notice.compte.is_active


def _recours(candidature: Candidature) -> tuple[str, ...]:
    return recours_in_force(candidature.dispositif_id).paragraphs


def _candidature_of(notice: Notice) -> Candidature:
    noun = notice.address.partition(":")[0]
    if noun == "mesure":
        return _mesure(notice).referencement.candidature
    if noun == "reexamen":
        return _reexamen(notice).examen.candidature
    return _evenement(notice).referencement.candidature


def _evenement(notice: Notice) -> EvenementDeReferencement:
    nru, _, number = key_of(notice).partition("/")
    joined = EvenementDeReferencement.objects.select_related("referencement__candidature__produit__editeur")
    return joined.get(referencement__candidature__nru=nru, number=int(number))


def _mesure(notice: Notice) -> Mesure:
    joined = "referencement__candidature__produit__editeur"
    return Mesure.objects.select_related(joined, "answered_by").get(pk=int(key_of(notice)))


def _reexamen(notice: Notice) -> Reexamen:
    return Reexamen.objects.select_related("examen__candidature__produit__editeur").get(pk=int(key_of(notice)))
