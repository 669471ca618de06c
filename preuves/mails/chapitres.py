"""The messages to the éditeur's team about its own acts: a chapitre submitted, a dossier moved to another REM."""

from candidatures import permissions
from candidatures.mails import accuse_of, write_about
from candidatures.mails.agents import reader_is_ans
from candidatures.models import Candidature
from comptes.dates import instant_to_the_second
from comptes.mails import key_of, link
from comptes.models import Notice
from comptes.notices import NoticeMail
from preuves.enums import ChapitreState
from preuves.models import AvisTombe, Chapitre, DossierDePreuves, SoumissionDeChapitre
from preuves.queries.dossier import rem_of


def chapitre_submitted(notice: Notice) -> NoticeMail:
    soumission = _soumission(notice)
    chapitre = soumission.chapitre
    candidature = chapitre.dossier.candidature
    label = label_of(chapitre)
    return write_about(
        candidature,
        "preuves/mails/chapitre_submitted.txt",
        f"chapitre reçu ({label})",
        soumission=soumission,
        label=label,
        submitted_at=instant_to_the_second(soumission.submitted_at),
        accuse=accuse_of(notice.address, soumission.number),
        href=link("preuves:chapitre", candidature.nru, chapitre.code),
    )


def is_still_submitted(notice: Notice) -> bool:
    soumission = _soumission(notice)
    taken_back = hasattr(soumission, "reprise")
    return not taken_back and may_still_work(notice, soumission.chapitre.dossier.candidature)


def chapitre_received(notice: Notice) -> NoticeMail:
    """Write to somebody of the ANS that a chapitre was submitted."""
    soumission = _soumission(notice)
    candidature, label = soumission.chapitre.dossier.candidature, label_of(soumission.chapitre)
    return write_about(
        candidature,
        "preuves/mails/chapitre_received.txt",
        f"chapitre à examiner ({label})",
        soumission=soumission,
        label=label,
        href=link("preuves:examen", candidature.nru, soumission.chapitre.code),
    )


def chapitre_waits(notice: Notice) -> bool:
    """Whether nobody has begun to read the chapitre yet, and the reader still is of the ANS."""
    chapitre = _soumission(notice).chapitre
    return reader_is_ans(notice) and chapitre.state == ChapitreState.SUBMITTED


def chapitre_fell(notice: Notice) -> NoticeMail:
    return _about_the_files(notice, "preuves/mails/chapitre_fell.txt", "votre soumission est annulée")


def chapitre_came_back(notice: Notice) -> NoticeMail:
    return _about_the_files(notice, "preuves/mails/chapitre_came_back.txt", "chapitre rendu, à compléter")


def _about_the_files(notice: Notice, template: str, sentence: str) -> NoticeMail:
    soumission = _soumission(notice)
    candidature = soumission.chapitre.dossier.candidature
    label = label_of(soumission.chapitre)
    return write_about(
        candidature,
        template,
        f"{sentence} ({label})",
        soumission=soumission,
        label=label,
        attente=soumission.attente,
        submitted_at=instant_to_the_second(soumission.submitted_at),
        href=link("preuves:chapitre", candidature.nru, soumission.chapitre.code),
    )


def is_still_fallen(notice: Notice) -> bool:
    """Say whether nothing was submitted since, and the person still works on it."""
    soumission = _soumission(notice)
    later = soumission.chapitre.soumissions.filter(number__gt=soumission.number)
    return not later.exists() and may_still_work(notice, soumission.chapitre.dossier.candidature)


def dossier_moved(notice: Notice) -> NoticeMail:
    dossier = _dossier(notice)
    fallen = AvisTombe.objects.filter(
        verdict__revision__preuve__chapitre__dossier=dossier, version_id=int(notice.occurrence)
    ).select_related("verdict__revision__preuve")
    return write_about(
        dossier.candidature,
        "preuves/mails/dossier_moved.txt",
        "votre dossier suit la nouvelle version du référentiel",
        dossier=dossier,
        fallen=fallen.order_by("verdict__revision__preuve__numero"),
        href=link("preuves:dossier", dossier.candidature.nru),
    )


def is_still_there(notice: Notice) -> bool:
    return may_still_work(notice, _dossier(notice).candidature)


def may_still_work(notice: Notice, candidature: Candidature) -> bool:
    return permissions.people_with_access(candidature.produit).filter(email=notice.email).exists()


def label_of(chapitre: Chapitre) -> str:
    """Return the chapitre's name in the version of its dossier; its code when that version no longer has it."""
    spec = rem_of(chapitre.dossier.version).spec
    return next((candidate.label for candidate in spec.chapitres if candidate.code == chapitre.code), chapitre.code)


def chapitre_of(notice: Notice) -> Chapitre:
    """Return the chapitre that a notice on `chapitre:<nru>/<code>` is about, with the names that the message shows."""
    nru, _, code = key_of(notice).partition("/")
    joined = Chapitre.objects.select_related(
        "dossier__version", "dossier__candidature__produit__editeur", "claimed_by", "concluded_by"
    )
    return joined.get(dossier__candidature__nru=nru, code=code)


def _soumission(notice: Notice) -> SoumissionDeChapitre:
    chapitre = chapitre_of(notice)
    soumission = chapitre.soumissions.select_related("submitted_by", "reprise").get(number=notice.occurrence)
    soumission.chapitre = chapitre
    return soumission


def _dossier(notice: Notice) -> DossierDePreuves:
    joined = DossierDePreuves.objects.select_related("version", "candidature__produit__editeur")
    return joined.get(candidature__nru=key_of(notice))
