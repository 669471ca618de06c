"""The messages about a convention, to its signatory and to the éditeur's team."""

from candidatures import permissions
from candidatures.mails import write_about
from comptes.mails import key_of, link
from comptes.models import Notice
from comptes.notices import NoticeMail
from referencement.enums import ConventionState
from referencement.models import CodeDeSignature, Convention
from referencement.queries.signatures import plain_code


def convention_to_sign(notice: Notice) -> NoticeMail:
    return _about(
        _convention(notice), "referencement/mails/convention_to_sign.txt", "une convention est à signer", notice
    )


def is_still_to_sign(notice: Notice) -> bool:
    """Whether the signature that this notice asks for is still awaited."""
    return _convention(notice).procedures.filter(reference=notice.occurrence, closed_at=None).exists()


def convention_signed(notice: Notice) -> NoticeMail:
    subject = "convention signée par l’éditeur" if notice.occurrence == "signed" else "convention signée par l’ANS"
    return _about(_convention(notice), "referencement/mails/convention_signed.txt", subject, notice)


def convention_cancelled(notice: Notice) -> NoticeMail:
    return _about(_convention(notice), "referencement/mails/convention_cancelled.txt", "convention annulée", notice)


def is_cancelled(notice: Notice) -> bool:
    return _convention(notice).state == ConventionState.CANCELLED and may_still_work(notice)


def may_still_work(notice: Notice) -> bool:
    produit = _convention(notice).candidature.produit
    return permissions.people_with_access(produit).filter(email=notice.email).exists()


def signature_code(notice: Notice) -> NoticeMail:
    code = _code(notice)
    candidature = code.procedure.convention.candidature
    return write_about(
        candidature,
        "referencement/mails/signature_code.txt",
        "votre code de signature",
        code=plain_code(code),
        expires_at=code.expires_at,
        href=link("referencement:convention", candidature.nru),
    )


def code_is_awaited(notice: Notice) -> bool:
    code = _code(notice)
    return code.used_at is None and code.procedure.closed_at is None


def _code(notice: Notice) -> CodeDeSignature:
    joined = CodeDeSignature.objects.select_related("procedure__convention__candidature__produit__editeur")
    return joined.get(pk=key_of(notice))


def _convention(notice: Notice) -> Convention:
    nru, _, number = key_of(notice).partition("/")
    joined = Convention.objects.select_related("candidature__produit__editeur", "signed_by", "countersigned_by")
    return joined.get(candidature__nru=nru, number=number)


def _about(convention: Convention, template: str, fact: str, notice: Notice) -> NoticeMail:
    candidature = convention.candidature
    return write_about(
        candidature,
        template,
        fact,
        convention=convention,
        countersigned=notice.occurrence == "countersigned",
        href=link("referencement:convention", candidature.nru),
    )
