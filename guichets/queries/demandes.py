from collections.abc import Collection, Iterable
from datetime import datetime
from typing import Any
from uuid import UUID

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import BigIntegerField, F, OuterRef, Q, QuerySet, Subquery, TextField, Value
from django.db.models.functions import Coalesce, JSONObject

from candidatures.enums import Camp, CandidatureState, Freeze
from candidatures.models import Candidature
from candidatures.queries.avancement import avancements_of
from comptes.models.prepared import IDS, Prepared
from guichets.catalogue.guichets import every_guichet
from guichets.catalogue.specs import GuichetSpec
from guichets.enums import Source
from guichets.models import DemandeAuGuichet, Passage
from guichets.rules.architecture import DemandeRequise, requis
from guichets.rules.declarations import known_of_the_formulaire
from guichets.rules.gates import RefusedCapture
from guichets.rules.reconciliation import Believed
from preuves.models import Preuve, Revision

from .architecture import architecture_of, spec_of_candidature
from .latest_captures import latest_capture, latest_refusal, read_refusal


def believed(demande: DemandeAuGuichet) -> Believed:
    """What the portal holds of a demande, for the rule of reconciliation."""
    objet = demande.what.name_at_desk
    captured_at = demande.confirmed_at if demande.source == Source.CAPTURE else None
    return Believed(demande.spec, demande.state, demande.etape_date, objet, demande.nil, demande.logiciel, captured_at)


def known_demandes(candidature: Candidature) -> tuple[DemandeRequise, ...]:
    """The required demandes that the formulaire d'éligibilité identifies and that are not declared yet."""
    asked = requis(architecture_of(candidature), spec_of_candidature(candidature))
    declared = DemandeAuGuichet.objects.followed().filter(candidature=candidature.pk).order_by("pk")
    return known_of_the_formulaire(asked.demandes, set(declared.values_list("objet", flat=True)))


def suivies_of(candidature_id: int) -> list[Any]:
    """Every followed demande of a candidature, with its latest captures, in one query; by desk, then by object."""
    return in_order_of_desks(_SUIVIES.ask(candidature=candidature_id))


def suivies_of_many(candidature_ids: Collection[int]) -> dict[int, list[Any]]:
    """The same for several candidatures, by candidature; also in one query."""
    suivies: dict[int, list[Any]] = {candidature_id: [] for candidature_id in candidature_ids}
    for row in in_order_of_desks(_SUIVIES_OF_MANY.ask(candidatures=list(suivies))):
        suivies[row.candidature_id].append(row)
    return suivies


def _with_captures(demandes: QuerySet[DemandeAuGuichet, Any]) -> QuerySet[DemandeAuGuichet, Any]:
    """Annotate demandes with their latest capture, their latest refusal and the stages that they passed."""
    stages = Passage.objects.filter(demande=OuterRef("pk")).order_by("number")
    as_json = stages.values(stage=JSONObject(etape="etape", at="passed_at"))
    return demandes.annotate(latest=latest_capture(), refusal=latest_refusal(), stages=ArraySubquery(as_json))


def _suivies(**whose: Any) -> QuerySet[DemandeAuGuichet, Any]:
    return _with_captures(DemandeAuGuichet.objects.followed().filter(**whose)).order_by("objet", "pk")


_SUIVIES = Prepared(lambda candidature: _suivies(candidature=candidature), candidature=BigIntegerField())
_SUIVIES_OF_MANY = Prepared(lambda candidatures: _suivies(candidature__among=candidatures), candidatures=IDS)


def reached_at(demande: DemandeAuGuichet) -> datetime | None:
    """When a demande of `suivies_of` first reached the stage of a dossier réputé complet; None before, or unknown."""
    row: Any = demande
    wanted = demande.spec.repute_complet_des
    far = [stage for stage in row.stages if wanted and demande.spec.is_at_least(stage["etape"], wanted)]
    return datetime.fromisoformat(far[0]["at"]) if far else None


def refused_of(demande: DemandeAuGuichet) -> RefusedCapture | None:
    """The latest refused capture of a demande of `suivies_of`, even if another was recorded since."""
    row: Any = demande
    return read_refusal(row.refusal)


def by_desk(demandes: QuerySet[DemandeAuGuichet, Any]) -> list[Any]:
    """Order demandes by desk, then by object; leave out those of a desk whose file is gone."""
    return in_order_of_desks(demandes.order_by("objet", "pk"))


def in_order_of_desks(demandes: Iterable[Any]) -> list[Any]:
    """The same, for demandes that are already in the order of their objects."""
    ranks = {guichet.code: rank for rank, guichet in enumerate(every_guichet())}
    known = [demande for demande in demandes if demande.guichet_id in ranks]
    return sorted(known, key=lambda demande: ranks[demande.guichet_id])


def label_of_etape(passage: Passage) -> str:
    """The label of the stage of a passage; its code, once its desk no longer has that stage."""
    return passage.demande.spec.labels.get(passage.etape, passage.etape)


def lost_grant_of(demande: DemandeAuGuichet) -> Passage | None:
    """Return the passage by which a demande left its last grant, even if it moved since; in one query.

    None while it is granted, or when it never was.
    """
    granted = Passage.objects.filter(demande=demande, etape=demande.spec.accord.code)
    last = granted.order_by("-number").values("number")[:1]
    return demande.passages.filter(number__gt=Subquery(last)).order_by("number").first()


def was_granted_before(passage: Passage) -> bool:
    """Whether a demande had been granted when it came to that stage, in one query."""
    before = Passage.objects.filter(demande=passage.demande_id, number__lt=passage.number)
    return before.filter(etape=passage.demande.spec.accord.code).exists()


def pull_under_way(demande_id: int, pull_id: UUID) -> tuple[str, str] | None:
    """The desk and the number of a pull; None when that pull is no longer expected."""
    rows = DemandeAuGuichet.objects.filter(pk=demande_id, pull_id=pull_id)
    return rows.values_list("guichet", "numero").first()


def links_to_follow(guichet: GuichetSpec, *, most: int) -> list[tuple[int, str]]:
    """The candidature and N° of the preuves whose followed link is not the latest deposit, in one query.

    :param guichet: a desk that decides on preuves
    """
    latest = Revision.objects.filter(preuve=OuterRef("pk")).order_by("-number")
    link = latest.filter(forme=guichet.forme).values("value")[:1]
    followed = DemandeAuGuichet.objects.followed().filter(
        candidature=OuterRef("chapitre__dossier__candidature"), guichet=guichet.code, preuve=OuterRef("numero")
    )
    preuves = Preuve.objects.filter(chapitre__dossier__candidature__state=CandidatureState.OPEN).annotate(
        forme=Subquery(latest.values("forme")[:1]),
        link=Subquery(link),
        followed=Coalesce(Subquery(followed.values("numero")[:1]), Value(""), output_field=TextField()),
    )
    wrong = Q(forme=guichet.forme) & ~Q(link=F("followed")) | ~Q(forme=guichet.forme) & ~Q(followed="")
    rows = preuves.filter(revisions__forme=guichet.forme).filter(wrong).distinct().order_by("pk")
    return list(rows.values_list("chapitre__dossier__candidature", "numero")[:most])


def grants_to_ask_again(*, at: datetime, most: int) -> list[int]:
    """The old grants (pk) that were not asked again since their last confirmation.

    Those of a candidature that is attributed or over are left out.
    """
    unasked = old_grants(at=at).filter(Q(reconfirm_asked_at=None) | Q(reconfirm_asked_at__lte=F("confirmed_at")))
    rows = list(unasked.order_by("confirmed_at", "pk").values_list("pk", "candidature"))
    standing = avancements_of({candidature_id for _, candidature_id in rows}, reader=Camp.ANS, at=at)
    over = {candidature_id for candidature_id, avancement in standing.items() if avancement.is_over}
    return [pk for pk, candidature_id in rows if candidature_id not in over][:most]


def old_grants(*, at: datetime) -> QuerySet[DemandeAuGuichet]:
    """The grants unconfirmed for longer than their desk allows, where the collège has not attributed yet."""
    old = Q()
    for desk in every_guichet():
        old |= Q(guichet=desk.code, state=desk.accord.code, confirmed_at__lt=at - desk.cadence.reconfirm_after)
    followed = DemandeAuGuichet.objects.followed().exclude(candidature__gel=Freeze.ATTRIBUTED)
    return followed.filter(old, candidature__state=CandidatureState.OPEN)
