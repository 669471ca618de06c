from django.contrib.postgres.fields import ArrayField
from django.db import models

from candidatures.catalogue.specs import Exigences
from candidatures.enums import ExigenceDEcheance, VoletKind
from comptes.models.texts import LineField, ParagraphField


class Dispositif(models.Model):
    """A démarche to which a product is attached, loaded from its TOML file."""

    code = LineField(max_length=40, primary_key=True)
    nom = LineField(max_length=120)
    couloir = LineField(max_length=80)
    vague = models.PositiveSmallIntegerField()
    prefixe_nru = LineField("préfixe des NRU", max_length=6)
    opens_at = models.DateTimeField("ouverture")

    class Meta:
        verbose_name = "dispositif"

    def __str__(self) -> str:
        return f"{self.nom}, vague {self.vague}"


class Echeance(models.Model):
    """A legal instant of a dispositif, as in force (the file's, until the ANS moved it), and what it requires.

    Noon sharp is in time; one microsecond later is late.

    :param chapitres: the codes of the only chapitres concerned; all when empty
    :param volets: the codes of the only volets concerned; all when empty
    """

    dispositif = models.ForeignKey(Dispositif, on_delete=models.PROTECT, related_name="echeances")
    code = LineField(max_length=20)
    nom = LineField(max_length=40)
    objet = LineField(max_length=120)
    explication = LineField(max_length=300)
    at = models.DateTimeField("instant")
    exige = ArrayField(models.CharField(max_length=30, choices=ExigenceDEcheance), default=list, blank=True)
    chapitres = ArrayField(LineField(max_length=20), default=list, blank=True)
    volets = ArrayField(models.CharField(max_length=20, choices=VoletKind), default=list, blank=True)

    class Meta:
        verbose_name = "échéance"
        constraints = [models.UniqueConstraint(fields=["dispositif", "code"], name="echeance_once_in_a_dispositif")]

    def __str__(self) -> str:
        return f"{self.nom} – {self.objet}"

    @property
    def exigences(self) -> Exigences:
        kinds = tuple(ExigenceDEcheance(kind) for kind in self.exige)
        return Exigences(kinds, tuple(self.chapitres), tuple(self.volets))


class Formulaire(models.Model):
    """One version of the questions of a volet, as the dispositif's file gave them; never changed once published."""

    dispositif = models.ForeignKey(Dispositif, on_delete=models.PROTECT, related_name="formulaires")
    kind = models.CharField("volet", max_length=20, choices=VoletKind)
    version = LineField(max_length=20)
    contenu = models.JSONField()
    sha256 = LineField(max_length=64)
    published_at = models.DateTimeField("publié le")

    class Meta:
        verbose_name = "formulaire"
        constraints = [
            models.UniqueConstraint(fields=["dispositif", "kind", "version"], name="formulaire_version_once")
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.version} ({self.dispositif_id})"


class Charte(models.Model):
    """One version of the charte of a dispositif; a text never changes once published, a new one is a new version."""

    dispositif = models.ForeignKey(Dispositif, on_delete=models.PROTECT, related_name="chartes")
    version = LineField(max_length=20)
    texte = ParagraphField()
    sha256 = LineField(max_length=64)
    published_at = models.DateTimeField("publiée le")

    class Meta:
        verbose_name = "charte"
        constraints = [models.UniqueConstraint(fields=["dispositif", "version"], name="charte_version_once")]

    def __str__(self) -> str:
        return f"Charte {self.version} ({self.dispositif_id})"
