"""The message to the people of the ANS about a candidature that missed an échéance."""

from candidatures.enums import CandidatureState
from candidatures.mails import write_about
from candidatures.mails.agents import reader_is_ans
from candidatures.models import Candidature
from candidatures.queries.candidatures import deadlines_of
from comptes.mails import key_of, link
from comptes.models import Notice
from comptes.notices import NoticeMail


def echeance_missed(notice: Notice) -> NoticeMail:
    candidature = _candidature(notice)
    nom = deadlines_of(candidature)[notice.occurrence.split(" ")[0]].nom
    return write_about(
        candidature,
        "referencement/mails/echeance_missed.txt",
        f"à décider, {nom} manquée",
        nom=nom,
        href=link("referencement:photos"),
    )


def still_to_decide(notice: Notice) -> bool:
    return reader_is_ans(notice) and _candidature(notice).state == CandidatureState.OPEN


def _candidature(notice: Notice) -> Candidature:
    return Candidature.objects.with_names().get(nru=key_of(notice))
