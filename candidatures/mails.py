"""One message, one function, from plain data; the texts are in templates/candidatures/mails/."""

from candidatures import permissions, queries
from candidatures.models import AccesProduit, Volet
from comptes.mails import key_of, link, write
from comptes.models import Notice
from comptes.notices import Message


def acces_given(notice: Notice) -> Message:
    acces = AccesProduit.objects.select_related("produit__editeur", "given_by", "rattachement__compte").get(
        pk=key_of(notice)
    )
    return write(
        "candidatures/mails/acces_given.txt",
        f"Vous avez accès au produit {acces.produit}",
        acces=acces,
        href=link("candidatures:produit", acces.produit_id),
    )


def acces_is_given(notice: Notice) -> bool:
    given = AccesProduit.objects.filter(pk=key_of(notice), ended_at=None)
    return given.filter(rattachement__detached_at=None).exists()


def volet_submitted(notice: Notice) -> Message:
    volet = _volet(notice)
    soumission = volet.soumissions.select_related("submitted_by").get(number=notice.occurrence)
    return write(
        "candidatures/mails/volet_submitted.txt",
        f"{volet.candidature.nru} : {volet.get_kind_display().lower()} soumise à l’ANS",
        volet=volet,
        soumission=soumission,
        submitted_at=queries.said(soumission.submitted_at),
        href=link("referencement:candidature", volet.candidature.nru),
    )


def volet_admitted(notice: Notice) -> Message:
    volet = _volet(notice)
    return write(
        "candidatures/mails/volet_admitted.txt",
        f"{volet.candidature.nru} : {volet.get_kind_display().lower()} recevable",
        volet=volet,
        href=link("referencement:candidature", volet.candidature.nru),
    )


def still_has_access(notice: Notice) -> bool:
    volet = _volet(notice)
    return permissions.people_with_access(volet.candidature.produit).filter(email=notice.email).exists()


def _volet(notice: Notice) -> Volet:
    nru, _, kind = key_of(notice).partition("/")
    volets = Volet.objects.select_related("candidature__produit__editeur", "candidature__dispositif")
    return volets.get(candidature__nru=nru, kind=kind)
