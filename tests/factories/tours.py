"""Whose turn it is, kept as it is when a transaction is committed: a test commits none."""

from datetime import datetime

from candidatures.models import Candidature
from referencement.operations.tours import project_tours


def project_everything(*, at: datetime) -> None:
    ids = list(Candidature.objects.order_by("pk").values_list("pk", flat=True))
    project_tours(candidature_ids=ids, at=at)
