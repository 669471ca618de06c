"""One message, one function, from plain data; the texts are in templates/comptes/mails/.

A message says one thing; `letter` makes a letter of it, which all greet and end alike, and `as_html` its other part.
"""

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.contrib.auth.tokens import default_token_generator
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.encoding import force_bytes
from django.utils.http import urlsafe_base64_encode

from comptes.enums import RoleANS
from comptes.models import (
    Compte,
    Editeur,
    Inscription,
    Invitation,
    JournalEntry,
    Notice,
    Rattachement,
    VersionDeTexte,
)
from comptes.notices import NoticeMail
from comptes.queries.textes import famille_of, reworded, texte_of
from comptes.rules.facteurs import RESPITE, SENTENCES
from comptes.rules.letters import blocks
from comptes.rules.regards import LASTS
from comptes.rules.texts import as_paragraph, in_subject


def write(template: str, subject: str, **data: object) -> NoticeMail:
    """Render what a message says, without the greeting and the foot that `letter` adds.

    Words that were changed on screen win over those of the template.
    """
    changed = reworded(template, subject, data)
    subject, body = changed or (subject, render_to_string(template, data))
    return NoticeMail(subject=subject, body=as_paragraph(body))


def letter(message: NoticeMail, *, to: Compte | None, legal: bool) -> NoticeMail:
    """Return a message as it is sent: its greeting, what it says, then whom to ask and how to choose notifications.

    :param to: who reads it; None for somebody who has no account
    """
    data = {"body": message.body, "reader": to, "legal": legal, "portal": settings.PORTAL_URL}
    return NoticeMail(message.subject, as_paragraph(render_to_string("comptes/mails/letter.txt", data)))


def as_html(message: NoticeMail) -> str:
    """Return the HTML of a letter, laid out from its text: both hold the same words."""
    laid_out = list(blocks(message.body, portal=settings.PORTAL_URL))
    return render_to_string("comptes/mails/letter.html", {"subject": message.subject, "blocks": laid_out})


def recueil(notices: Sequence[Notice]) -> NoticeMail:
    """Write the résumé of the day, from notifications that are rendered already."""
    count = len(notices)
    subject = f"Portail Ségur\u00a0: {count} notifications depuis hier" if count > 1 else notices[0].subject
    return write("comptes/mails/recueil.txt", subject, notices=notices)


def link(name: str, *args: object) -> str:
    return settings.PORTAL_URL + reverse(name, args=args)


def invitation(notice: Notice) -> NoticeMail:
    invitation = Invitation.objects.select_related("editeur", "invited_by").get(pk=key_of(notice))
    return write(
        "comptes/mails/invitation.txt",
        f"{in_subject(invitation.invited_by.full_name)} vous invite à rejoindre {in_subject(invitation.editeur)} "
        "sur le Portail Ségur",
        invitation=invitation,
        href=link("comptes:invitation", invitation.token),
    )


def invitation_is_waiting(notice: Notice) -> bool:
    return Invitation.objects.filter(pk=key_of(notice), accepted_at=None, cancelled_at=None).exists()


def joined(notice: Notice) -> NoticeMail:
    rattachement = Rattachement.objects.select_related("editeur", "compte").get(pk=key_of(notice))
    return write(
        "comptes/mails/joined.txt",
        f"{in_subject(rattachement.compte)} a rejoint {in_subject(rattachement.editeur)} sur le Portail Ségur",
        rattachement=rattachement,
        href=link("comptes:team", rattachement.editeur_id),
    )


def reader_still_sees_the_editeur(notice: Notice) -> bool:
    """Whoever sent the invitation may have left the éditeur since: they are then no longer told about it."""
    rattachement = Rattachement.objects.get(pk=key_of(notice))
    return Editeur.objects.visible_to(_reader(notice)).filter(pk=rattachement.editeur_id).exists()


def _reader(notice: Notice) -> Compte:
    assert notice.compte is not None, "this notice is posted to an account"
    return notice.compte


def unreachable(notice: Notice) -> NoticeMail:
    compte = Compte.objects.get(pk=key_of(notice))
    return write(
        "comptes/mails/unreachable.txt",
        f"Prévenez {in_subject(compte)}\u00a0: nos e-mails ne lui parviennent plus",
        compte=compte,
        since=notice.posted_at,
        href=link("comptes:account"),
    )


def is_still_unreachable(notice: Notice) -> bool:
    return Compte.objects.filter(pk=key_of(notice), unreachable_at__isnull=False, is_active=True).exists()


def detached(notice: Notice) -> NoticeMail:
    rattachement = Rattachement.objects.select_related("editeur", "compte").get(pk=key_of(notice))
    subject = f"Vous ne faites plus partie de l’équipe de {in_subject(rattachement.editeur)} sur le Portail Ségur"
    return write("comptes/mails/detached.txt", subject, rattachement=rattachement)


def password_link(notice: Notice) -> NoticeMail:
    """The link is made as the message leaves: it holds until the password changes, three days at most."""
    compte = _reader(notice)
    uid = urlsafe_base64_encode(force_bytes(compte.pk))
    href = link("comptes:password_reset", uid, default_token_generator.make_token(compte))
    subject = "Choisissez votre mot de passe sur le Portail Ségur"
    return write("comptes/mails/password_link.txt", subject, compte=compte, href=href)


def password_changed(notice: Notice) -> NoticeMail:
    subject = "Votre mot de passe du Portail Ségur a changé"
    href = link("comptes:password_forgotten")
    text = "comptes/mails/password_changed.txt"
    return write(text, subject, compte=_reader(notice), changed_at=notice.posted_at, href=href)


def factor_changed(notice: Notice) -> NoticeMail:
    return write(
        "comptes/mails/factor_changed.txt",
        "Votre connexion au Portail Ségur a changé",
        compte=_reader(notice),
        sentence=SENTENCES[notice.occurrence.partition(" ")[0]],
        changed_at=notice.posted_at,
        respite=RESPITE // timedelta(hours=1),
        href=link("comptes:password_forgotten"),
    )


def rights_changed(notice: Notice, *, lines: Callable[[Iterable[JournalEntry]], list[Any]]) -> NoticeMail:
    """Tell somebody how one act changed their rights: a role and the power to engage may change together.

    :param lines: renders journal entries in French
    """
    entries = JournalEntry.objects.filter(pk__in=notice.occurrence.split()).order_by("number")
    reader = _reader(notice)
    return write(
        "comptes/mails/rights_changed.txt",
        "Vos droits sur le Portail Ségur ont changé",
        compte=reader,
        lines=lines(entries),
        changed_at=notice.posted_at,
        href=link("comptes:account") if reader.is_active else "",
    )


def seen_as(notice: Notice) -> NoticeMail:
    rattachement = Rattachement.objects.select_related("compte").get(pk=key_of(notice))
    entries = JournalEntry.objects.filter(pk__in=notice.occurrence.split()).select_related("by").order_by("pk")
    editeurs = Editeur.objects.filter(pk__in=[entry.chain_id.partition(":")[2] for entry in entries])
    return write(
        "comptes/mails/seen_as.txt",
        "L’ANS a consulté le Portail Ségur avec vos droits",
        rattachement=rattachement,
        editeurs=", ".join(map(str, editeurs.order_by("raison_sociale", "pk"))),
        by=entries[0].by,
        reason=entries[0].params["motif"],
        seen_at=notice.posted_at,
        minutes=LASTS // timedelta(minutes=1),
        href=link("comptes:journal", rattachement.editeur_id),
    )


def tied_young(notice: Notice) -> NoticeMail:
    compte = Compte.objects.get(pk=key_of(notice))
    return write(
        "comptes/mails/tied_young.txt",
        f"Vérifiez avec {in_subject(compte.full_name)} son nouveau moyen de signer",
        compte=compte,
        until=datetime.fromisoformat(notice.occurrence),
        tied_at=notice.posted_at,
    )


def arrived(notice: Notice) -> NoticeMail:
    rattachement = Rattachement.objects.select_related("editeur", "compte").get(pk=key_of(notice))
    return write(
        "comptes/mails/arrived.txt",
        f"{in_subject(rattachement.compte.full_name)} a rejoint {in_subject(rattachement.editeur)} sur le Portail "
        "Ségur",
        rattachement=rattachement,
        href=link("comptes:team", rattachement.editeur_id),
    )


def inscription_waits_for_reader(notice: Notice) -> bool:
    """Skip a request already decided by another administrateur, and a reader who is no longer one."""
    waits = Inscription.objects.filter(pk=key_of(notice), decided_at=None).exists()
    return waits and _reader(notice).has_role_ans(RoleANS.ADMINISTRATEUR)


def inscription_asked(notice: Notice) -> NoticeMail:
    inscription = Inscription.objects.select_related("compte").get(pk=key_of(notice))
    return write(
        "comptes/mails/inscription_asked.txt",
        f"{in_subject(inscription.raison_sociale)}\u00a0: demande d’inscription à accepter ou à refuser",
        inscription=inscription,
        href=link("comptes:inscription", inscription.pk),
    )


def inscription_decided(notice: Notice) -> NoticeMail:
    inscription = Inscription.objects.select_related("compte").get(pk=key_of(notice))
    decision = inscription.get_state_display().lower()
    return write(
        "comptes/mails/inscription_decided.txt",
        f"Votre demande d’inscription au Portail Ségur est {decision}",
        inscription=inscription,
        href=link("comptes:inscription_own"),
    )


def texte_waits_for_reader(notice: Notice) -> bool:
    return VersionDeTexte.objects.drafts().filter(pk=key_of(notice)).exists()


def texte_waiting(notice: Notice) -> NoticeMail:
    version = VersionDeTexte.objects.select_related("written_by").get(pk=key_of(notice))
    texte = texte_of(version.cle)
    label = texte.label if texte else version.cle
    return write(
        "comptes/mails/texte_waiting.txt",
        f"{in_subject(label)}\u00a0: nouvelle version à mettre en vigueur",
        version=version,
        label=label,
        href=link("comptes:texte", version.cle),
    )


def texte_essai(notice: Notice) -> NoticeMail:
    """Write a version as it would be read; a text that is no letter is sent whole."""
    version = VersionDeTexte.objects.get(pk=key_of(notice))
    texte, famille = texte_of(version.cle), famille_of(version.cle)
    assert texte is not None, "the text is in the files"
    assert famille is not None, "the text is in a family"
    preview = famille.preview(texte, version.objet, version.corps, "")
    return NoticeMail(f"Essai\u00a0: {in_subject(preview.objet or texte.label)}", as_paragraph(preview.corps))


def key_of(notice: Notice) -> str:
    """Return the natural key of the notice's address: `12` of `invitation:12`."""
    return notice.address.partition(":")[2]
