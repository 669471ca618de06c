"""The help centre: fiches that an administrateur edits, each with all of its versions."""

from __future__ import annotations

from collections.abc import Collection

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from candidatures.enums import AideIci, FicheKind, Parcours, RessourceKind, Weekday
from candidatures.models.dispositif import Dispositif
from comptes.models import Compte
from comptes.models.texts import LineField, ParagraphField


class FicheDAide(models.Model):
    """One thing of the help centre; what it says is in its versions. `code` is its address, and what links name."""

    kind = models.CharField("nature", max_length=12, choices=FicheKind)
    code = LineField("adresse", max_length=60, unique=True)

    class Meta:
        verbose_name = "fiche d’aide"
        verbose_name_plural = "fiches d’aide"
        constraints = [
            models.CheckConstraint(condition=Q(code__regex=r"^[a-z0-9]+(-[a-z0-9]+)*$"), name="aide_code_is_an_address")
        ]

    def __str__(self) -> str:
        return self.code


class VersionQuerySet(models.QuerySet["VersionDeFiche"]):
    def current(self) -> VersionQuerySet:
        """Keep the version of each fiche that the public reads."""
        return self.filter(published_at__isnull=False, ended_at=None)

    def of_dispositifs(self, codes: Collection[str]) -> VersionQuerySet:
        """Keep what holds for these dispositifs, or for all of them."""
        return self.filter(Q(dispositif=None) | Q(dispositif__in=codes))


class VersionDeFiche(models.Model):
    """What a fiche says, once and for all: to change a word is to write the next version.

    Each kind fills some of these fields (`rules.aide.FIELDS`). What the source does not give is left empty: the fiche
    then says, in `ou_trouver`, where the source says that it is found.

    :param written_by: None when the version comes from the files of `catalogue/aide/`
    :param ici: the pages of the portal where it is shown as help
    """

    fiche = models.ForeignKey(FicheDAide, on_delete=models.PROTECT, related_name="versions")
    numero = models.PositiveIntegerField("version")
    dispositif = models.ForeignKey(
        Dispositif, on_delete=models.PROTECT, related_name="+", null=True, blank=True, verbose_name="démarche"
    )
    titre = LineField("titre", max_length=150)
    resume = LineField("en une phrase", max_length=400, blank=True)
    parcours = models.CharField("rubrique", max_length=12, choices=Parcours, blank=True)
    nature = models.CharField("nature", max_length=12, choices=RessourceKind, blank=True)
    corps = ParagraphField("texte", max_length=20000, blank=True)
    question = LineField("pour quelle question", max_length=200, blank=True)
    email = LineField("adresse e-mail", max_length=254, blank=True)
    telephone = LineField("téléphone", max_length=40, blank=True)
    horaires = LineField("horaires", max_length=200, blank=True)
    lien = LineField("lien", max_length=500, blank=True)
    replay = LineField("lien du replay", max_length=500, blank=True)
    support = LineField("lien du support", max_length=500, blank=True)
    ou_trouver = LineField("où trouver ce qui manque", max_length=400, blank=True)
    source = LineField("source", max_length=300, blank=True)
    guichet = LineField("guichet", max_length=80, blank=True)
    date = models.DateField("date", null=True, blank=True)
    weekday = models.PositiveSmallIntegerField("chaque semaine, le", choices=Weekday, null=True, blank=True)
    begins = models.TimeField("début", null=True, blank=True)
    ends = models.TimeField("fin", null=True, blank=True)
    ordre = models.PositiveSmallIntegerField("ordre", default=0)
    ici = ArrayField(
        models.CharField(max_length=12, choices=AideIci), default=list, blank=True, verbose_name="pages aidées"
    )
    mots = LineField("mots de recherche", max_length=300, blank=True)
    review_date = models.DateField("à revoir le", null=True, blank=True)
    written_at = models.DateTimeField("écrite le")
    written_by = models.ForeignKey(Compte, on_delete=models.PROTECT, related_name="+", null=True, blank=True)
    published_at = models.DateTimeField("publiée le", null=True, blank=True)
    published_by = models.ForeignKey(Compte, on_delete=models.PROTECT, related_name="+", null=True, blank=True)
    ended_at = models.DateTimeField("retirée le", null=True, blank=True)
    ended_by = models.ForeignKey(Compte, on_delete=models.PROTECT, related_name="+", null=True, blank=True)

    objects = VersionQuerySet.as_manager()

    class Meta:
        verbose_name = "version d’une fiche d’aide"
        constraints = [
            models.UniqueConstraint(fields=["fiche", "numero"], name="aide_version_once"),
            models.UniqueConstraint(
                fields=["fiche"],
                condition=Q(published_at__isnull=False, ended_at=None),
                name="aide_one_version_is_public",
            ),
            models.CheckConstraint(
                condition=Q(ended_at=None) | Q(ended_at__gte=F("published_at")), name="aide_ended_once_published"
            ),
            *(
                models.CheckConstraint(
                    condition=Q(**{link: ""}) | Q(**{f"{link}__startswith": "https://"}), name=f"aide_{link}_is_https"
                )
                for link in ("lien", "replay", "support")
            ),
        ]

    def __str__(self) -> str:
        return self.titre

    @property
    def is_public(self) -> bool:
        return self.published_at is not None and self.ended_at is None

    @property
    def was_public(self) -> bool:
        return self.ended_at is not None

    @property
    def is_from_the_files(self) -> bool:
        return self.written_by_id is None


class VoteDAide(models.Model):
    """The answers of one day to « cette page vous a-t-elle aidé ? », without their authors."""

    fiche = models.ForeignKey(FicheDAide, on_delete=models.PROTECT, related_name="votes")
    date = models.DateField("jour")
    yes = models.PositiveIntegerField("oui", default=0)
    no = models.PositiveIntegerField("non", default=0)

    class Meta:
        verbose_name = "réponses d’un jour"
        constraints = [models.UniqueConstraint(fields=["fiche", "date"], name="aide_votes_once_a_day")]

    def __str__(self) -> str:
        return f"{self.fiche_id} {self.date}"
