"""The messages to the people of the ANS, who subscribe to them, one function each."""

from candidatures import permissions
from candidatures.enums import DerogationState, VoletState
from candidatures.mails import derogation_of, volet_of, write_about
from candidatures.models import DeplacementDEcheance, NoteInterne
from candidatures.queries.candidatures import deadlines_of
from comptes.dates import instant_in_words
from comptes.mails import key_of, link, write
from comptes.models import Notice
from comptes.notices import NoticeMail
from comptes.rules.texts import in_subject


def volet_received(notice: Notice) -> NoticeMail:
    return _received(notice, "candidatures/mails/volet_received.txt", "volet soumis")


def complement_answered(notice: Notice) -> NoticeMail:
    return _received(notice, "candidatures/mails/complement_answered.txt", "réponse à une demande de compléments")


def _received(notice: Notice, template: str, fact: str) -> NoticeMail:
    volet = volet_of(notice)
    soumission = volet.soumissions.select_related("submitted_by").get(number=notice.occurrence)
    return write_about(
        volet.candidature,
        template,
        f"{fact} ({volet.get_kind_display().lower()})",
        volet=volet,
        soumission=soumission,
        href=link("candidatures:volet_review", volet.candidature.nru, volet.kind),
    )


def volet_waits(notice: Notice) -> bool:
    """Whether nobody has answered yet to the volet that was submitted, and the reader still is of the ANS."""
    return reader_is_ans(notice) and volet_of(notice).state == VoletState.SUBMITTED


def reader_is_ans(notice: Notice) -> bool:
    return notice.compte is not None and notice.compte.is_ans


def derogation_asked(notice: Notice) -> NoticeMail:
    derogation = derogation_of(notice)
    return write_about(
        derogation.candidature,
        "candidatures/mails/derogation_asked.txt",
        "l’éditeur demande une dérogation",
        derogation=derogation,
        nom=deadlines_of(derogation.candidature)[derogation.echeance].nom,
        href=link("referencement:derogations", derogation.candidature.nru),
    )


def derogation_waits(notice: Notice) -> bool:
    return reader_is_ans(notice) and derogation_of(notice).state == DerogationState.ASKED


def note_mention(notice: Notice) -> NoticeMail:
    note = NoteInterne.objects.select_related(
        "written_by", "candidature__produit__editeur", "candidature__dispositif"
    ).get(pk=key_of(notice))
    return write_about(
        note.candidature,
        "candidatures/mails/note_mention.txt",
        f"{in_subject(note.written_by.full_name)} vous mentionne dans une note",
        note=note,
        href=link("referencement:suivi", note.candidature.nru),
    )


def reader_instructs(notice: Notice) -> bool:
    return notice.compte is not None and permissions.instructs(notice.compte)


def date_moved(notice: Notice) -> NoticeMail:
    move = _move(notice)
    return write(
        "candidatures/mails/date_moved.txt",
        f"{move.nom}\u00a0: nouvelle date, le {instant_in_words(move.to_at)}",
        move=move,
        href=link("referencement:deplacement", move.pk),
    )


def date_stands(notice: Notice) -> bool:
    return reader_is_ans(notice) and _move(notice).is_in_force


def _move(notice: Notice) -> DeplacementDEcheance:
    joined = DeplacementDEcheance.objects.select_related("echeance__dispositif", "ouverture_de")
    return joined.get(pk=key_of(notice))
