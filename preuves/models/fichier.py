from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from candidatures.models import Piece
from candidatures.models.piece import private_storage
from comptes.models.texts import LineField, SaidField, SaidTextField
from preuves.enums import AnalyseState, LectureState, SondeState


class Analyse(models.Model):
    """What the antivirus said of one pièce; without it nobody can open the pièce.

    `signatures` are those that it knew then. With newer ones the same content is scanned again: what was clean may be
    found infected, and is shut.
    """

    piece = models.OneToOneField(Piece, on_delete=models.PROTECT, related_name="analyse")
    state = models.CharField("résultat", max_length=12, choices=AnalyseState)
    detail = SaidField("détail", max_length=200, blank=True)
    signatures = SaidField(max_length=100, blank=True)
    analysed_at = models.DateTimeField("analysé le")

    class Meta:
        verbose_name = "analyse antivirus"
        verbose_name_plural = "analyses antivirus"
        constraints = [models.CheckConstraint(condition=Q(state__in=AnalyseState.values), name="analyse_state_known")]

    def __str__(self) -> str:
        return f"{self.piece_id} : {self.state}"

    @property
    def opens(self) -> bool:
        return self.state != AnalyseState.INFECTED


class Sonde(models.Model):
    """What was found when a content was opened, whoever deposited it: whether it reads, and what it is.

    `fault` is the code of what is wrong, `facts` what was measured; the French sentence is made on reading. A content
    that could not be looked at (`NOT_PROBED`), or converted (`TO_COPY`), is tried again: `tries` counts how often.
    """

    sha256 = LineField("empreinte", max_length=64, unique=True)
    state = models.CharField("résultat", max_length=12, choices=SondeState)
    fault = LineField("défaut", max_length=30, blank=True)
    facts = models.JSONField("mesures", default=dict)
    tries = models.PositiveSmallIntegerField("essais")
    probed_at = models.DateTimeField("ouvert le")

    class Meta:
        verbose_name = "vérification d’un contenu"
        verbose_name_plural = "vérifications de contenus"
        constraints = [models.CheckConstraint(condition=Q(state__in=SondeState.values), name="sonde_state_known")]

    def __str__(self) -> str:
        return f"{self.sha256[:12]} : {self.state}"


class LectureDeMachine(models.Model):
    """What a machine read in a content, asked when it was deposited for a nature of preuve that machines read.

    `fault` says why it was not read; `facts` holds what was found besides the text: its signatures, whether OCR was
    used. What is shown of it is made on reading, and nothing follows from it.
    """

    sha256 = LineField("empreinte", max_length=64, unique=True)
    state = models.CharField("résultat", max_length=10, choices=LectureState, default=LectureState.WAITING)
    fault = LineField("défaut", max_length=30, blank=True)
    text = SaidTextField("texte lu", blank=True)
    facts = models.JSONField("mesures", default=dict)
    tries = models.PositiveSmallIntegerField("essais", default=0)
    asked_at = models.DateTimeField("demandée le")
    read_at = models.DateTimeField("lu le", null=True, blank=True)

    class Meta:
        verbose_name = "lecture par une machine"
        verbose_name_plural = "lectures par une machine"
        constraints = [
            models.CheckConstraint(condition=Q(state__in=LectureState.values), name="lecture_state_known"),
            models.CheckConstraint(
                condition=Q(state=LectureState.WAITING) | Q(read_at__isnull=False), name="lecture_ended_has_its_instant"
            ),
        ]
        indexes = [
            models.Index(fields=["asked_at"], condition=~Q(state=LectureState.READ), name="lecture_not_read"),
        ]

    def __str__(self) -> str:
        return f"{self.sha256[:12]} : {self.state}"


class CopieDeLecture(models.Model):
    """What a browser shows in the place of a file that it cannot read; the file itself stays as it was deposited.

    Without `file`, the conversion was tried and failed.
    """

    piece = models.OneToOneField(Piece, on_delete=models.PROTECT, related_name="copie")
    file = models.FileField("copie", storage=private_storage, max_length=200, blank=True)
    content_type = LineField("type", max_length=100)
    size = models.PositiveBigIntegerField("taille en octets")
    made_at = models.DateTimeField("faite le")

    class Meta:
        verbose_name = "copie de lecture"
        verbose_name_plural = "copies de lecture"

    def __str__(self) -> str:
        return f"copie de {self.piece_id}"


class Apercu(models.Model):
    """The drawing of a PDF, done once: how many pages it has (0 when it could not be read), and how many were drawn."""

    piece = models.OneToOneField(Piece, on_delete=models.PROTECT, related_name="apercu")
    pages = models.PositiveIntegerField()
    drawn = models.PositiveSmallIntegerField("pages dessinées")
    made_at = models.DateTimeField("fait le")

    class Meta:
        verbose_name = "aperçu"
        verbose_name_plural = "aperçus"
        constraints = [models.CheckConstraint(condition=Q(drawn__lte=F("pages")), name="apercu_draws_what_there_is")]

    def __str__(self) -> str:
        return f"{self.piece_id} : {self.drawn} sur {self.pages}"


class ImageDePage(models.Model):
    """One page of a PDF, drawn for the screen; made by an effect, and made again if it is lost."""

    piece = models.ForeignKey(Piece, on_delete=models.PROTECT, related_name="images")
    number = models.PositiveSmallIntegerField("page")
    file = models.FileField("image", storage=private_storage, max_length=200)
    width = models.PositiveIntegerField("largeur en pixels")
    height = models.PositiveIntegerField("hauteur en pixels")

    class Meta:
        verbose_name = "image de page"
        verbose_name_plural = "images de pages"
        constraints = [models.UniqueConstraint(fields=["piece", "number"], name="image_page_once")]

    def __str__(self) -> str:
        return f"{self.piece_id}, page {self.number}"
