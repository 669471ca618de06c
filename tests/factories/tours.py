"""Writes the turns, as the end of a transaction does: most tests never commit."""

from datetime import datetime

from candidatures.models import Candidature
from referencement.operations.tours import project_tours


def project_everything(*, at: datetime) -> None:
    ids = list(Candidature.objects.order_by("pk").values_list("pk", flat=True))
    project_tours(candidature_ids=ids, at=at)
