"""What a charte changed on screen changes: the one that candidatures accept."""

import hashlib
from datetime import datetime

from candidatures.catalogue.dispositifs import spec_of
from candidatures.models import Charte
from comptes.models import VersionDeTexte


def follow_charte(*, version: VersionDeTexte, at: datetime) -> None:
    """Publish the words of a charte as its next version: each candidature accepts it anew."""
    code = version.cle.partition(".")[2]
    Charte.objects.create(
        dispositif_id=code,
        version=f"{spec_of(code).charte.version[:13]}-{version.numero}",
        texte=version.corps,
        sha256=hashlib.sha256(version.corps.encode()).hexdigest(),
        published_at=at,
    )
