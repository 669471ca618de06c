"""The message to a colleague who is asked to bring preuves."""

from datetime import datetime

from candidatures.mails import write_about
from candidatures.models import Candidature
from comptes.mails import key_of, link
from comptes.models import Compte, Notice
from comptes.notices import NoticeMail
from preuves.enums import Tri
from preuves.models import PreuveConfiee
from preuves.queries.confiees import given_at_once

from .chapitres import may_still_work


def preuves_given(notice: Notice) -> NoticeMail:
    candidature = _candidature(notice)
    lines = _held(notice, candidature)
    return write_about(
        candidature,
        "preuves/mails/preuves_given.txt",
        "des preuves vous sont confiées" if len(lines) > 1 else "une preuve vous est confiée",
        lines=lines,
        href=f"{link('preuves:dossier', candidature.nru)}?etat={Tri.MINE.value}",
    )


def are_still_held(notice: Notice) -> bool:
    candidature = _candidature(notice)
    return may_still_work(notice, candidature) and bool(_held(notice, candidature))


def _candidature(notice: Notice) -> Candidature:
    return Candidature.objects.with_names().get(nru=key_of(notice))


def _held(notice: Notice, candidature: Candidature) -> list[PreuveConfiee]:
    reader = Compte.objects.filter(email=notice.email).order_by("pk").first()
    return given_at_once(candidature, reader, datetime.fromisoformat(notice.occurrence)) if reader else []
