from datetime import datetime

from django.db import transaction

from candidatures.catalogue.champs import is_kept_alike
from candidatures.catalogue.reading import read_formulaire
from candidatures.catalogue.specs import DispositifSpec
from candidatures.enums import DeplacementState
from candidatures.models import Charte, DeplacementDEcheance, Dispositif, Echeance, Formulaire
from candidatures.queries.textes import CHARTE
from comptes.queries.textes import in_force


class DispositifConflict(Exception):
    """The file changes something published that may not change."""


@transaction.atomic
def load_dispositif(*, spec: DispositifSpec, at: datetime) -> Dispositif:
    """Bring the database to what a dispositif's file says; loading the same file again changes nothing.

    A date that the ANS has moved keeps its instant, and a charte that it changed on screen its words.

    :raises DispositifConflict: when the text of a charte, or the questions of a volet, changed without a new version
    """
    approved = DeplacementDEcheance.objects.filter(state=DeplacementState.APPROVED)
    given = {"nom": spec.nom, "couloir": spec.couloir, "vague": spec.vague, "prefixe_nru": spec.prefixe_nru}
    opening = {} if approved.filter(ouverture_de=spec.code).exists() else {"opens_at": spec.opens_at}
    dispositif, _ = Dispositif.objects.update_or_create(code=spec.code, defaults=given | opening)
    moved_codes = set(approved.filter(echeance__dispositif=dispositif).values_list("echeance__code", flat=True))
    for echeance in spec.echeances:
        columns = {
            "nom": echeance.nom,
            "objet": echeance.objet,
            "explication": echeance.explication,
            "exige": list(echeance.exigences.kinds),
            "chapitres": list(echeance.exigences.chapitres),
            "volets": list(echeance.exigences.volets),
        }
        instant = {} if echeance.code in moved_codes else {"at": echeance.at}
        Echeance.objects.update_or_create(dispositif=dispositif, code=echeance.code, defaults=columns | instant)
    if in_force(f"{CHARTE}.{spec.code}") is None:
        _load_charte(dispositif, spec, at)
    for kind in spec.formulaires:
        publish_formulaire(spec=spec, kind=kind, at=at)
    return dispositif


def _load_charte(dispositif: Dispositif, spec: DispositifSpec, at: datetime) -> None:
    charte, _ = Charte.objects.get_or_create(
        dispositif=dispositif,
        version=spec.charte.version,
        defaults={"texte": spec.charte.texte, "sha256": spec.charte.sha256, "published_at": at},
    )
    if charte.sha256 != spec.charte.sha256:
        raise DispositifConflict(f"The text of charte {charte.version} changed: give the new text a new version.")


def publish_formulaire(*, spec: DispositifSpec, kind: str, at: datetime) -> Formulaire:
    """Keep the questions of a volet, so that they can be read once the file has others.

    :raises DispositifConflict: when they changed without a new version, or a champ changed its nature under its code
    """
    asked = spec.formulaires[kind]
    formulaire, is_new = Formulaire.objects.get_or_create(
        dispositif_id=spec.code,
        kind=kind,
        version=asked.version,
        defaults={"contenu": asked.contenu, "sha256": asked.sha256, "published_at": at},
    )
    if formulaire.contenu != asked.contenu:
        raise DispositifConflict(f"volets.{kind} {asked.version} changed: give what it now asks a new version.")
    if is_new:
        _refuse_other_natures(formulaire)
    return formulaire


def _refuse_other_natures(formulaire: Formulaire) -> None:
    """Refuse another nature for the same code: answers are read by the code of their champ."""
    now = read_formulaire(formulaire.kind, formulaire.contenu).by_code
    earlier = Formulaire.objects.filter(dispositif=formulaire.dispositif_id, kind=formulaire.kind)
    for published in earlier.exclude(pk=formulaire.pk).order_by("pk"):
        before = read_formulaire(published.kind, published.contenu).by_code
        changed = sorted(code for code in now.keys() & before.keys() if not is_kept_alike(now[code], before[code]))
        if changed:
            codes = ", ".join(changed)
            raise DispositifConflict(f"volets.{published.kind}: {codes} changed its nature: give it another code.")
