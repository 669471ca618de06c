"""People and companies, without anything random; a person in a role is a `RattachementFactory`."""

from datetime import UTC, datetime, timedelta
from typing import Any

import factory

from comptes.enums import Role, RoleANS
from comptes.models import Compte, Editeur, Identite, Inscription, Invitation, Rattachement

OPENING = datetime(2026, 6, 2, 22, 0, tzinfo=UTC)
PASSWORD = "quatre mots sans rapport"


def siren(number: int) -> str:
    """Return nine digits with a valid Luhn digit."""
    body = f"{number:08d}"
    doubled = [int(digit) * (2 if place % 2 else 1) for place, digit in enumerate(body)]
    total = sum(digit - 9 if digit > 9 else digit for digit in doubled)
    return f"{body}{-total % 10}"


class CompteFactory(factory.django.DjangoModelFactory):
    """An account without a password; give `password=PASSWORD` to sign in by the page."""

    class Meta:
        model = Compte

    class Params:
        administrateur = factory.Trait(roles_ans=[RoleANS.ADMINISTRATEUR])
        instructeur = factory.Trait(roles_ans=[RoleANS.INSTRUCTEUR])

    email = factory.Sequence(lambda n: f"compte{n}@sirocco.example")
    first_name = "Camille"
    last_name = factory.Sequence(lambda n: f"Personne{n}")
    password = None

    @classmethod
    def _create(cls, model_class: type[Compte], *args: Any, **kwargs: Any) -> Compte:
        return model_class.objects.create_user(*args, **kwargs)


class IdentiteFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Identite

    compte = factory.SubFactory(CompteFactory)
    issuer = "https://isc.example"
    subject = factory.Sequence(lambda n: f"sujet-{n}")
    linked_at = OPENING


class EditeurFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Editeur

    raison_sociale = factory.Sequence(lambda n: f"Sirocco {n:03d}")
    identifier = factory.Sequence(siren)
    adresse = "4 rue des Tilleuls"
    code_postal = "35000"
    commune = "Rennes"
    registered_at = OPENING


class RattachementFactory(factory.django.DjangoModelFactory):
    """A salarié, unless a trait says otherwise."""

    class Meta:
        model = Rattachement

    class Params:
        mandataire = factory.Trait(role=Role.MANDATAIRE, may_engage=True)
        representant = factory.Trait(role=Role.REPRESENTANT, may_engage=False)
        delegated = factory.Trait(role=Role.REPRESENTANT, may_engage=True)
        past = factory.Trait(detached_at=OPENING + timedelta(days=10))

    compte = factory.SubFactory(CompteFactory)
    editeur = factory.SubFactory(EditeurFactory)
    role = Role.SALARIE
    may_engage = False
    attached_at = OPENING


class InvitationFactory(factory.django.DjangoModelFactory):
    """An invitation as a salarié, open for seven days from `invited_at`."""

    class Meta:
        model = Invitation

    class Params:
        cancelled = factory.Trait(cancelled_at=OPENING + timedelta(days=1))

    editeur = factory.SubFactory(EditeurFactory)
    email = factory.Sequence(lambda n: f"invite{n}@sirocco.example")
    role = Role.SALARIE
    token = factory.Sequence(lambda n: f"jeton-{n}")
    invited_by = factory.SubFactory(CompteFactory)
    invited_at = OPENING
    expires_at = factory.LazyAttribute(lambda invitation: invitation.invited_at + timedelta(days=7))


class InscriptionFactory(factory.django.DjangoModelFactory):
    """An inscription that waits for an answer."""

    class Meta:
        model = Inscription

    compte = factory.SubFactory(CompteFactory)
    raison_sociale = factory.Sequence(lambda n: f"Bise {n:03d}")
    identifier = factory.Sequence(lambda n: siren(50_000_000 + n))
    adresse = "4 rue des Tilleuls"
    code_postal = "35000"
    commune = "Rennes"
    qualite = "Directrice générale."
    asked_at = OPENING
