"""The demandes of the ANS on a volet, and their days of answer."""

from collections.abc import Iterable
from datetime import datetime

from django.contrib.postgres.lookups import Unaccent
from django.db.models import Q, QuerySet
from django.db.models.functions import Lower

from candidatures.catalogue.dispositifs import specs_in_order
from candidatures.catalogue.specs import DispositifSpec
from candidatures.enums import Act, VoletKind
from candidatures.models import Candidature, Demande, ModeleDeDemande, Volet
from candidatures.rules.deadlines import Deadline
from comptes.dates import instant_in_words
from comptes.models import JournalEntry

from .volets import spec_of_volet


def demandes_of(
    candidature: Candidature, *, after: datetime | None = None, before: datetime | None = None
) -> QuerySet[Demande]:
    """Return the demandes on the volets of a candidature, latest first.

    :param after: from that instant, included
    :param before: until that instant, excluded
    """
    rows = Demande.objects.filter(volet__candidature=candidature)
    rows = rows.filter(asked_at__gte=after) if after else rows
    rows = rows.filter(asked_at__lt=before) if before else rows
    joined = rows.select_related("volet__candidature", "asked_by", "answered_by", "cancelled_by")
    return joined.order_by("-asked_at", "-pk")


def due_of(demande: Demande) -> Deadline | None:
    """Return until when an answer is expected; None when the demande gives no day."""
    if demande.due_at is None:
        return None
    return Deadline("Réponse attendue", "", demande.due_at, instant_in_words(demande.due_at))


def labels_of(volet: Volet, champs: Iterable[str]) -> list[str]:
    """Return the labels of champs of a volet, as a sentence quotes them."""
    by_code = spec_of_volet(volet).by_code
    return [f"«\u00a0{by_code[code].label}\u00a0»" for code in champs]


def last_admission(volet: Volet) -> JournalEntry:
    """Return the act by which a volet was last admitted: its fields are emptied when the volet is opened again."""
    acts = JournalEntry.objects.filter(chain=volet.candidature.chain, act=Act.VOLET_ADMITTED, address=volet.address)
    return acts.select_related("by").order_by("-number")[0]


def modeles_of(spec: DispositifSpec, kind: VoletKind | str) -> QuerySet[ModeleDeDemande]:
    """Return the modèles for a volet of that kind of a dispositif, by title."""
    of_all = Q(dispositif=None, champs__contained_by=list(spec.volets[kind].by_code))
    current = ModeleDeDemande.objects.current().filter(Q(dispositif=spec.code) | of_all, kind=kind)
    return current.order_by(Unaccent(Lower("titre")), "pk")


def champs_of(modele: ModeleDeDemande) -> list[str]:
    """Return the labels of the champs of a modèle, in its dispositif, else in the first that has them.

    A champ that no longer exists, or is of a dispositif that is not open, keeps its code.
    """
    specs = [spec for spec in specs_in_order() if modele.dispositif_id in (None, spec.code)]
    asked = [spec.volets[modele.kind].by_code for spec in specs]
    known = next((by_code for by_code in asked if by_code.keys() >= set(modele.champs)), {})
    return [known[code].label if code in known else code for code in modele.champs]


def modeles() -> QuerySet[ModeleDeDemande]:
    """Return every modèle that is not retired."""
    current = ModeleDeDemande.objects.current().select_related("created_by", "dispositif")
    return current.order_by("dispositif", "kind", Unaccent(Lower("titre")), "pk")
