"""The messages about a file that does not open: to whoever deposited it, to its team, or to whoever reads it."""

from candidatures.mails import write_about
from candidatures.models import Candidature
from comptes.mails import key_of, link
from comptes.models import Notice
from comptes.notices import NoticeMail
from preuves.enums import ChapitreState, PreuveState
from preuves.models import Chapitre, Preuve
from preuves.queries.depots import Depot, latest_depots

from .chapitres import chapitre_of, label_of, may_still_work
from .instruction import about_chapitre


def chapitre_unreadable(notice: Notice) -> NoticeMail:
    chapitre = chapitre_of(notice)
    depots = latest_depots(chapitre.dossier, chapitre.code)
    unreadable = [(numero, depot.unreadable) for numero, depot in sorted(depots.items()) if depot.unreadable]
    return about_chapitre(
        chapitre,
        "preuves/mails/chapitre_unreadable.txt",
        f"un fichier ne s’ouvre pas ({label_of(chapitre)})",
        unreadable=unreadable,
    )


def file_unreadable(notice: Notice) -> NoticeMail:
    preuve, depot = _preuve_of(notice)
    return _about(preuve, depot, "preuves/mails/file_unreadable.txt", "preuves:preuve", preuve.numero)


def file_shut(notice: Notice) -> NoticeMail:
    preuve, depot = _preuve_of(notice)
    return _about(preuve, depot, "preuves/mails/file_shut.txt", "preuves:examen", preuve.chapitre.code)


def _about(preuve: Preuve, depot: Depot | None, template: str, page: str, key: str) -> NoticeMail:
    candidature = preuve.chapitre.dossier.candidature
    return write_about(
        candidature,
        template,
        f"un fichier ne s’ouvre pas ({preuve.numero})",
        preuve=preuve,
        label=label_of(preuve.chapitre),
        why=depot.unreadable if depot else "",
        href=link(page, candidature.nru, key),
    )


def is_still_unreadable(notice: Notice) -> bool:
    """Whether the deposit is the latest, still holds a file that does not open, and is with the éditeur."""
    preuve, depot = _preuve_of(notice)
    with_the_editeur = preuve.chapitre.state in (ChapitreState.OPEN, ChapitreState.RETURNED)
    return with_the_editeur and _is_still(notice, depot) and may_still_work(notice, preuve.chapitre.dossier.candidature)


def is_still_shut(notice: Notice) -> bool:
    """The same, while the person who is told reads the chapitre."""
    preuve, depot = _preuve_of(notice)
    reader = preuve.chapitre.claimed_by
    return reader is not None and reader.email == notice.email and _is_still(notice, depot)


def _is_still(notice: Notice, depot: Depot | None) -> bool:
    number = notice.occurrence.partition("/")[0]
    return (
        depot is not None
        and str(depot.number) == number
        and depot.state == PreuveState.DEPOSITED
        and bool(depot.unreadable)
    )


def _preuve_of(notice: Notice) -> tuple[Preuve, Depot | None]:
    nru, _, numero = key_of(notice).partition("/")
    joined = Preuve.objects.select_related(
        "chapitre__dossier__version", "chapitre__dossier__candidature__produit__editeur", "chapitre__claimed_by"
    )
    preuve = joined.get(chapitre__dossier__candidature__nru=nru, numero=numero)
    return preuve, latest_depots(preuve.chapitre.dossier, preuve.chapitre.code).get(numero)


def _candidature_of(chapitre: Chapitre) -> Candidature:
    return chapitre.dossier.candidature
