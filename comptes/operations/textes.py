"""The texts of the portal, changed on screen: written, tried, put in force, and given back to their files."""

from datetime import datetime
from typing import Protocol

from django.db import IntegrityError, transaction
from django.db.models import Q

from comptes import journal, outbox, permissions
from comptes.enums import Act, RoleANS
from comptes.models import Compte, VersionDeTexte
from comptes.queries.textes import Famille, Texte, famille_of, latest_numero, texte_of
from comptes.rules.refusals import Misfilled, Refused
from comptes.rules.variables import faults_of


class TexteNotPossible(Refused):
    """The act on the text is refused."""


class TexteMisfilled(Misfilled):
    """What the text would say is refused."""


class Follow(Protocol):
    """Do what a version put in force changes elsewhere."""

    def __call__(self, *, version: VersionDeTexte, at: datetime) -> None: ...


_followers: dict[str, Follow] = {}


def register_follow(*, famille: str, follow: Follow) -> None:
    """Have an app called when a text of a family changes."""
    _followers[famille] = follow


@transaction.atomic
def write_texte(*, cle: str, seen: int, objet: str, corps: str, by: Compte, at: datetime) -> VersionDeTexte:
    """Keep a draft of a text, in place of the draft that it had; what is in force does not change.

    :param seen: the number of the latest version when its writer opened the page
    :raises TexteNotPossible: when `by` may not, or somebody wrote meanwhile
    :raises TexteMisfilled: with what is wrong, by field
    """
    _refuse(not permissions.writes_textes(by), "Seul un administrateur du portail peut changer ce texte.")
    texte, famille = _known(cle)
    if seen != latest_numero(cle):
        raise _moved(cle)
    faults = {
        "objet": [fault for fault in faults_of(objet, texte.variables) if "doit rester" not in fault],
        "corps": [*faults_of(corps, texte.variables), *famille.faults(corps)],
    }
    if any(faults.values()):
        raise TexteMisfilled({field: " ".join(sentences) for field, sentences in faults.items() if sentences})
    VersionDeTexte.objects.drafts().filter(cle=cle).update(ended_at=at, ended_by=by)
    version = VersionDeTexte(
        cle=cle, numero=seen + 1, objet=objet, corps=corps, fichier=texte.fichier, written_at=at, written_by=by
    )
    try:
        with transaction.atomic():
            version.save()
    except IntegrityError:  # two people may write at once
        raise _moved(cle) from None
    _record(Act.TEXTE_WRITTEN, texte, version, by=by, at=at)
    if famille.binding:
        _ask_somebody_else(version, at)
    return version


def _moved(cle: str) -> TexteNotPossible:
    latest = VersionDeTexte.objects.filter(cle=cle).select_related("written_by").order_by("-numero").first()
    if latest is None:  # the page counts versions that there never were
        return TexteNotPossible(
            "Ce texte n’a pas encore de version. La vôtre n’est pas enregistrée\u00a0: elle reste affichée ci-dessous. "
            "Enregistrez-la de nouveau."
        )
    return TexteNotPossible(
        f"{latest.written_by.full_name} a enregistré entre-temps la version {latest.numero} de ce texte. "
        "La vôtre n’est pas enregistrée\u00a0: elle reste affichée ci-dessous. Comparez-les, puis enregistrez de "
        "nouveau."
    )


def _ask_somebody_else(version: VersionDeTexte, at: datetime) -> None:
    wanted = Q(roles_ans__contains=[RoleANS.ADMINISTRATEUR]) | Q(roles_ans__contains=[RoleANS.RESPONSABLE_INSTRUCTION])
    others = Compte.objects.filter(wanted, is_active=True).exclude(pk=version.written_by_id).order_by("pk")
    outbox.post_to_all("comptes.texte_waiting", others, on=version.address, at=at)


@transaction.atomic
def publish_texte(*, version_id: int, by: Compte, at: datetime) -> VersionDeTexte:
    """Put a draft in force; a text that binds others is put in force by somebody else than its writer.

    :raises TexteNotPossible: with the reason
    """
    version, texte, famille = _draft(version_id)
    _refuse(not permissions.publishes_texte(by, famille), "Vous ne pouvez pas mettre ce texte en vigueur.")
    _refuse(
        famille.binding and version.written_by_id == by.pk,
        "Ce texte engage l’agence et les éditeurs\u00a0: une autre personne que celle qui l’a écrit le met en vigueur.",
    )
    VersionDeTexte.objects.in_force().filter(cle=version.cle).update(ended_at=at, ended_by=by)
    version.published_at, version.published_by = at, by
    version.save(update_fields=["published_at", "published_by"])
    if follow := _followers.get(famille.code):
        follow(version=version, at=at)
    _record(Act.TEXTE_PUBLISHED, texte, version, by=by, at=at)
    return version


@transaction.atomic
def discard_texte(*, version_id: int, by: Compte, at: datetime) -> VersionDeTexte:
    """Give up a draft: it stays in the history.

    :raises TexteNotPossible: when `by` may not, or it is no draft any more
    """
    version, texte, famille = _draft(version_id)
    _refuse(not permissions.publishes_texte(by, famille), "Vous ne pouvez pas abandonner ce brouillon.")
    version.ended_at, version.ended_by = at, by
    version.save(update_fields=["ended_at", "ended_by"])
    _record(Act.TEXTE_DISCARDED, texte, version, by=by, at=at)
    return version


@transaction.atomic
def give_back_texte(*, cle: str, by: Compte, at: datetime) -> VersionDeTexte:
    """Put what the file says in force again, for a text that binds nobody.

    :raises TexteNotPossible: when `by` may not, when nothing was changed, or when two people must change it
    """
    _refuse(not permissions.writes_textes(by), "Seul un administrateur du portail peut changer ce texte.")
    texte, famille = _known(cle)
    _refuse(
        famille.binding,
        "Ce texte engage l’agence et les éditeurs\u00a0: repartez du texte du fichier, enregistrez-le, puis demandez à "
        "une autre personne de le mettre en vigueur.",
    )
    version = VersionDeTexte.objects.in_force().select_for_update().filter(cle=cle).first()
    if version is None:
        raise TexteNotPossible("Ce texte est déjà celui du fichier.")
    version.ended_at, version.ended_by = at, by
    version.save(update_fields=["ended_at", "ended_by"])
    _record(Act.TEXTE_GIVEN_BACK, texte, version, by=by, at=at)
    return version


@transaction.atomic
def send_trial(*, version_id: int, by: Compte, at: datetime) -> VersionDeTexte:
    """Send a version to whoever asks, as it would be written; nobody else receives it.

    :raises TexteNotPossible: when `by` may not
    """
    _refuse(not permissions.reads_textes(by), "Vous ne pouvez pas recevoir un essai de ce texte.")
    version = VersionDeTexte.objects.get(pk=version_id)
    outbox.post("comptes.texte_essai", on=version.address, to=by, occurrence=at.isoformat(), at=at)
    return version


def _known(cle: str) -> tuple[Texte, Famille]:
    texte, famille = texte_of(cle), famille_of(cle)
    if texte is None or famille is None:
        raise TexteNotPossible("Ce texte n’existe plus dans le portail.")
    return texte, famille


def _draft(version_id: int) -> tuple[VersionDeTexte, Texte, Famille]:
    version = VersionDeTexte.objects.select_for_update().get(pk=version_id)
    _refuse(not version.is_draft, "Cette version n’est plus un brouillon.")
    return version, *_known(version.cle)


def _refuse(reason: bool, sentence: str) -> None:
    if reason:
        raise TexteNotPossible(sentence)


def _record(act: Act, texte: Texte, version: VersionDeTexte, *, by: Compte, at: datetime) -> None:
    journal.record(
        journal.PORTAIL, act, on=f"texte:{texte.cle}", by=by, at=at, texte=texte.label, version=version.numero
    )
