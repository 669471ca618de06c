"""One message, one function, from plain data; the texts are in templates/comptes/mails/."""

from django.conf import settings
from django.contrib.auth.tokens import default_token_generator
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.encoding import force_bytes
from django.utils.http import urlsafe_base64_encode

from comptes.models import Invitation, Notice, Rattachement
from comptes.notices import Message


def write(template: str, subject: str, **data: object) -> Message:
    """Render a message's text; `portal` is the address of the portal."""
    return Message(subject=subject, body=render_to_string(template, {"portal": settings.PORTAL_URL, **data}))


def link(name: str, *args: object) -> str:
    return settings.PORTAL_URL + reverse(name, args=args)


def invitation(notice: Notice) -> Message:
    found = Invitation.objects.select_related("editeur", "invited_by").get(pk=key_of(notice))
    return write(
        "comptes/mails/invitation.txt",
        f"{found.invited_by.full_name} vous invite à rejoindre {found.editeur} sur le Portail Ségur",
        invitation=found,
        href=link("comptes:invitation", found.token),
    )


def invitation_is_waiting(notice: Notice) -> bool:
    return Invitation.objects.filter(pk=key_of(notice), accepted_at=None, cancelled_at=None).exists()


def detached(notice: Notice) -> Message:
    rattachement = Rattachement.objects.select_related("editeur", "compte").get(pk=key_of(notice))
    subject = f"Vous n’êtes plus rattaché(e) à {rattachement.editeur} sur le Portail Ségur"
    return write("comptes/mails/detached.txt", subject, rattachement=rattachement)


def password_link(notice: Notice) -> Message:
    """The link is made as the message leaves: it holds until the password changes, three days at most."""
    assert notice.compte is not None, "a password link is posted to an account"
    uid = urlsafe_base64_encode(force_bytes(notice.compte.pk))
    href = link("comptes:password_reset", uid, default_token_generator.make_token(notice.compte))
    return write("comptes/mails/password_link.txt", "Choisir votre mot de passe sur le Portail Ségur", compte=notice.compte, href=href)


def key_of(notice: Notice) -> str:
    """Return the natural key of the notice's address: `12` of `invitation:12`."""
    return notice.address.partition(":")[2]
