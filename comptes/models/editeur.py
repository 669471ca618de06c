from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from comptes.catalogue.countries import FRANCE
from comptes.enums import Role
from comptes.rules.companies import Company, numbers_in, parts_in

from .compte import Compte
from .sorting import SortName, both_ways, index_of_words
from .texts import LineField


def numbered(text: str, *, of: str = "") -> Q:
    """Say, of an éditeur, that its number is the one that was typed, or holds it; of none when no number was.

    :param of: the path to the éditeur, such as `produit__editeur__`
    """
    whole, parts = numbers_in(text), parts_in(text)
    held = ((f"{of}identifier__contains", part) for part in parts)
    return Q((f"{of}identifier__in", whole), *held, _connector=Q.OR)


class EditeurQuerySet(models.QuerySet["Editeur"]):
    def visible_to(self, compte: Compte) -> EditeurQuerySet:
        """The éditeurs to which this person belongs today; all of them for the ANS."""
        if compte.is_ans:
            return self
        return self.filter(pk__in=Rattachement.objects.current().filter(compte=compte).values("editeur"))

    def locked(self) -> EditeurQuerySet:
        return self.select_for_update(no_key=True)


class Editeur(models.Model):
    """A company that publishes software and files candidatures.

    `country` (ISO 3166-1, two letters) and `identifier` say which company of the world, as `rules.companies` reads it.
    """

    raison_sociale = LineField("raison sociale", max_length=200)
    country = LineField("pays d’immatriculation", max_length=2, default=FRANCE)
    identifier = LineField("identifiant d’entreprise", max_length=40)
    adresse = LineField("adresse", max_length=200)
    code_postal = LineField("code postal", max_length=10)
    commune = LineField("commune", max_length=100)
    pays = LineField("pays", max_length=60, default="France")
    registered_at = models.DateTimeField("inscrit le")

    objects = EditeurQuerySet.as_manager()

    class Meta:
        verbose_name = "éditeur"
        constraints = [
            models.UniqueConstraint(
                fields=["country", "identifier"],
                name="editeur_once_a_company",
                violation_error_message="Un éditeur est déjà inscrit sous cet identifiant.",
            ),
            models.CheckConstraint(
                condition=~Q(country=FRANCE) | Q(identifier__regex=r"^[0-9]{9}$"),
                name="editeur_siren_is_nine_digits",
                violation_error_message="Un SIREN compte neuf chiffres.",
            ),
            models.CheckConstraint(
                condition=Q(country__regex=r"^[A-Z]{2}$", identifier__regex=r"^[A-Z0-9][A-Z0-9./-]*$"),
                name="editeur_names_a_company",
                violation_error_message="Un éditeur est désigné par un pays et un identifiant.",
            ),
        ]
        indexes = [
            index_of_words("raison_sociale", name="editeur_by_words"),
            *both_ways(SortName("raison_sociale"), name="editeur_by_name"),
            *both_ways("registered_at", name="editeur_by_arrival"),
        ]

    def __str__(self) -> str:
        return self.raison_sociale

    @property
    def company(self) -> Company:
        """Which company of the world it is."""
        return Company(self.country, self.identifier)

    @property
    def known_as(self) -> str:
        """What designates the company, with the name of the number: `SIREN 732 829 320`."""
        return self.company.known_as


class RattachementQuerySet(models.QuerySet["Rattachement"]):
    def current(self) -> RattachementQuerySet:
        return self.filter(detached_at=None)

    def who_can_engage(self) -> RattachementQuerySet:
        """Those who may engage the éditeur: its mandataires, and its représentants when delegated."""
        return self.current().filter(Q(role=Role.MANDATAIRE) | Q(role=Role.REPRESENTANT, may_engage=True))

    def locked(self) -> RattachementQuerySet:
        return self.select_for_update(no_key=True)


class Rattachement(models.Model):
    """A person's tie to an éditeur, kept when it ends."""

    compte = models.ForeignKey(Compte, on_delete=models.PROTECT, related_name="rattachements")
    editeur = models.ForeignKey(Editeur, on_delete=models.PROTECT, related_name="rattachements")
    role = models.CharField("rôle", max_length=20, choices=Role)
    may_engage = models.BooleanField("peut engager l’éditeur", default=False)
    attached_at = models.DateTimeField("rattaché le")
    detached_at = models.DateTimeField("détaché le", null=True, blank=True)

    objects = RattachementQuerySet.as_manager()

    class Meta:
        verbose_name = "rattachement"
        indexes = [
            models.Index(
                fields=["editeur", "compte"],
                condition=Q(detached_at=None, role=Role.MANDATAIRE),
                name="rattachement_mandataires",
            )
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["compte", "editeur"],
                condition=Q(detached_at=None),
                name="rattachement_once_at_a_time",
                violation_error_message="Cette personne est déjà rattachée à cet éditeur.",
            ),
            models.CheckConstraint(
                condition=Q(role=Role.MANDATAIRE, may_engage=True)
                | Q(role=Role.REPRESENTANT)
                | Q(role=Role.SALARIE, may_engage=False),
                name="rattachement_who_may_engage",
                violation_error_message="Un mandataire engage toujours l’éditeur, un salarié jamais.",
            ),
            models.CheckConstraint(
                condition=Q(detached_at=None) | Q(detached_at__gte=F("attached_at")),
                name="rattachement_ends_after_it_begins",
                violation_error_message="Un rattachement ne peut finir avant d’avoir commencé.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.compte} – {self.get_role_display()} – {self.editeur}"

    @property
    def manages_accounts(self) -> bool:
        return self.role in (Role.MANDATAIRE, Role.REPRESENTANT)
