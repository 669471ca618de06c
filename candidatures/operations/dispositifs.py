from datetime import datetime

from django.db import transaction

from candidatures.catalogue.dispositifs import DispositifSpec
from candidatures.enums import DeplacementState
from candidatures.models import Charte, Dispositif, Echeance


class DispositifConflict(Exception):
    """The file says something else than what was published, where it may not."""


@transaction.atomic
def load_dispositif(*, spec: DispositifSpec, at: datetime) -> Dispositif:
    """Bring the portal to what a dispositif's file says; the same file again changes nothing.

    The instant of an échéance that the ANS has moved stays where it was moved.

    :raises DispositifConflict: when the text of a charte changed without its version
    """
    dispositif, _ = Dispositif.objects.update_or_create(
        code=spec.code,
        defaults={
            "nom": spec.nom,
            "couloir": spec.couloir,
            "vague": spec.vague,
            "prefixe_nru": spec.prefixe_nru,
            "opens_at": spec.opens_at,
        },
    )
    moved = Echeance.objects.filter(dispositif=dispositif, deplacements__state=DeplacementState.APPROVED)
    moved_codes = set(moved.values_list("code", flat=True))
    for one in spec.echeances:
        said = {"nom": one.nom, "objet": one.objet, "explication": one.explication}
        instant = {} if one.code in moved_codes else {"at": one.at}
        Echeance.objects.update_or_create(dispositif=dispositif, code=one.code, defaults=said | instant)
    charte, _ = Charte.objects.get_or_create(
        dispositif=dispositif,
        version=spec.charte.version,
        defaults={"texte": spec.charte.texte, "sha256": spec.charte.sha256, "published_at": at},
    )
    if charte.sha256 != spec.charte.sha256:
        raise DispositifConflict(f"The text of charte {charte.version} changed: give the new text a new version.")
    return dispositif
