"""The messages to the éditeur's team about its access to the CNDA's test environments."""

from candidatures import permissions
from candidatures.mails import write_about
from comptes.mails import key_of, link
from comptes.models import Notice
from comptes.notices import NoticeMail
from referencement.models import Autorisation


def issued(notice: Notice) -> NoticeMail:
    return _about(notice, "referencement/mails/autorisation_issued.txt", "accès aux tests du CNDA autorisé")


def still_stands(notice: Notice) -> bool:
    return _autorisation(notice).ended_at is None and _may_still_work(notice)


def ended(notice: Notice) -> NoticeMail:
    return _about(notice, "referencement/mails/autorisation_ended.txt", "accès aux tests du CNDA suspendu")


def none_stands(notice: Notice) -> bool:
    """Whether no other autorisation was issued meanwhile, and the reader still works for the éditeur."""
    candidature = _autorisation(notice).candidature
    return not candidature.autorisations.living().exists() and _may_still_work(notice)


def _about(notice: Notice, template: str, fact: str) -> NoticeMail:
    autorisation = _autorisation(notice)
    candidature = autorisation.candidature
    return write_about(
        candidature,
        template,
        fact,
        autorisation=autorisation,
        document=link("referencement:document", autorisation.document.numero),
        href=link("guichets:page", candidature.nru),
    )


def _autorisation(notice: Notice) -> Autorisation:
    nru, _, number = key_of(notice).partition("/")
    joined = Autorisation.objects.select_related("candidature__produit__editeur", "document")
    return joined.get(candidature__nru=nru, number=number)


def _may_still_work(notice: Notice) -> bool:
    produit = _autorisation(notice).candidature.produit
    return permissions.people_with_access(produit).filter(email=notice.email).exists()
