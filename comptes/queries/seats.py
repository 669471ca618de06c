"""The places that people have in their éditeurs; pages ask for them each time, so each query is written once."""

from django.db.models import BigIntegerField

from comptes.enums import Role
from comptes.models import Compte, Editeur, Rattachement
from comptes.models.prepared import Prepared
from comptes.rules.rattachements import Seat


def seat_of(compte: Compte, editeur: Editeur) -> Seat | None:
    """Return this person's present place in the éditeur."""
    rattachement = _SEAT.first(compte=compte.pk, editeur=editeur.pk)
    return Seat(rattachement.role, rattachement.may_engage) if rattachement else None


_SEAT = Prepared(
    lambda compte, editeur: Rattachement.objects.current().filter(compte=compte, editeur=editeur).order_by("pk")[:1],
    compte=BigIntegerField(),
    editeur=BigIntegerField(),
)


def manages_an_editeur(compte: Compte) -> bool:
    """Whether this person manages an éditeur at least, as mandataire or représentant."""
    return _MANAGED.first(compte=compte.pk) is not None


_MANAGED = Prepared(
    lambda compte: (
        Rattachement.objects.current()
        .filter(compte=compte, role__in=[Role.MANDATAIRE, Role.REPRESENTANT])
        .order_by("pk")
        .values_list("pk", flat=True)[:1]
    ),
    compte=BigIntegerField(),
)
