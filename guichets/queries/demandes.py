from uuid import UUID

from django.db.models import F, OuterRef, Q, QuerySet, Subquery, TextField, Value
from django.db.models.functions import Coalesce

from candidatures.enums import CandidatureState
from guichets.enums import Guichet, Source
from guichets.models import DemandeAuGuichet, Habilitation, Homologation, LienGazelle, Passage, Releve, Suivie
from guichets.rules.reconciliation import LABELS, Believed
from preuves.enums import Forme
from preuves.models import Preuve, Revision

DESKS = (Guichet.EDC_PSC, Guichet.CNDA, Guichet.GAZELLE)


def believed(demande: Suivie) -> Believed:
    """What the portal holds of a demande, as the rule of reconciliation reads it."""
    objet, nil = "", ""
    if isinstance(demande, Homologation):
        objet, nil = demande.teleservice, demande.nil
    elif isinstance(demande, Habilitation):
        objet = demande.role
    return Believed(Guichet(demande.guichet), demande.state, demande.etape_date, objet, nil, demande.logiciel)


def latest_manual(demande: Suivie) -> Releve | None:
    """What a person last recorded by hand of a demande."""
    return demande.releves.filter(source=Source.MANUAL).order_by("-seen_at", "-pk").first()


def habilitations_of(candidature_id: int) -> QuerySet[Habilitation]:
    return Habilitation.objects.filter(candidature=candidature_id, ended_at=None).order_by("objet", "pk")


def homologations_of(candidature_id: int) -> QuerySet[Homologation]:
    return Homologation.objects.filter(candidature=candidature_id, ended_at=None).order_by("objet", "pk")


def suivies_of(candidature_id: int) -> list[Suivie]:
    """Every demande that is followed, as the machine it is, in one query: by desk, then by object."""
    rows = DemandeAuGuichet.objects.followed().filter(candidature=candidature_id)
    rows = rows.select_related("habilitation", "homologation", "liengazelle")
    machines = [joined(one) for one in rows.order_by("objet", "pk")]
    return sorted(machines, key=lambda one: DESKS.index(Guichet(one.guichet)))


def joined(demande: DemandeAuGuichet) -> Suivie:
    """The machine that a demande is, when the three were joined to it."""
    match demande.guichet:
        case Guichet.CNDA:
            return demande.homologation
        case Guichet.EDC_PSC:
            return demande.habilitation
        case _:
            return demande.liengazelle


def liens_of(candidature_id: int) -> QuerySet[LienGazelle]:
    return LienGazelle.objects.filter(candidature=candidature_id, ended_at=None).order_by("preuve", "pk")


def machine_of(demande: DemandeAuGuichet) -> Suivie:
    """The habilitation or the homologation that a demande is; what was joined to it stays joined."""
    machine: Suivie
    match demande.guichet:
        case Guichet.CNDA:
            machine = Homologation.objects.get(pk=demande.pk)
        case Guichet.EDC_PSC:
            machine = Habilitation.objects.get(pk=demande.pk)
        case _:
            machine = LienGazelle.objects.get(pk=demande.pk)
    machine.candidature = demande.candidature
    return machine


def label_of_etape(passage: Passage) -> str:
    return LABELS[Guichet(passage.demande.guichet)][passage.etape]


def pull_under_way(demande_id: int, pull_id: UUID) -> tuple[Guichet, str] | None:
    """Which desk a pull asks, about what number; None when that pull is not waited for any more."""
    rows = DemandeAuGuichet.objects.filter(pk=demande_id, pull_id=pull_id)
    row = rows.values_list("guichet", "numero").first()
    return (Guichet(row[0]), row[1]) if row else None


def links_to_follow(*, most: int) -> list[tuple[int, str]]:
    """The candidature and N° of the preuves whose followed link is not the one last deposited, in one query."""
    latest = Revision.objects.filter(preuve=OuterRef("pk")).order_by("-number")
    link = latest.filter(forme=Forme.LINK).values("value")[:1]
    followed = LienGazelle.objects.filter(
        candidature=OuterRef("chapitre__dossier__candidature"), preuve=OuterRef("numero"), ended_at=None
    )
    preuves = Preuve.objects.filter(chapitre__dossier__candidature__state=CandidatureState.OPEN).annotate(
        forme=Subquery(latest.values("forme")[:1]),
        link=Subquery(link),
        followed=Coalesce(Subquery(followed.values("numero")[:1]), Value(""), output_field=TextField()),
    )
    wrong = Q(forme=Forme.LINK) & ~Q(link=F("followed")) | ~Q(forme=Forme.LINK) & ~Q(followed="")
    rows = preuves.filter(revisions__forme=Forme.LINK).filter(wrong).distinct().order_by("pk")
    return list(rows.values_list("chapitre__dossier__candidature", "numero")[:most])
