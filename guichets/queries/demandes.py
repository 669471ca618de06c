from uuid import UUID

from django.db.models import QuerySet

from guichets.enums import Guichet, Source
from guichets.models import DemandeAuGuichet, Habilitation, Homologation, Passage, Releve, Suivie
from guichets.rules.reconciliation import LABELS, Believed


def believed(demande: Suivie) -> Believed:
    """What the portal holds of a demande, as the rule of reconciliation reads it."""
    objet, nil = (demande.teleservice, demande.nil) if isinstance(demande, Homologation) else (demande.role, "")
    return Believed(Guichet(demande.guichet), demande.state, demande.etape_date, objet, nil, demande.logiciel)


def latest_manual(demande: Suivie) -> Releve | None:
    """What a person last recorded by hand of a demande."""
    return demande.releves.filter(source=Source.MANUAL).order_by("-seen_at", "-pk").first()


def habilitations_of(candidature_id: int) -> QuerySet[Habilitation]:
    return Habilitation.objects.filter(candidature=candidature_id, ended_at=None).order_by("objet", "pk")


def homologations_of(candidature_id: int) -> QuerySet[Homologation]:
    return Homologation.objects.filter(candidature=candidature_id, ended_at=None).order_by("objet", "pk")


def machine_of(demande: DemandeAuGuichet) -> Suivie:
    """The habilitation or the homologation that a demande is; what was joined to it stays joined."""
    machine: Suivie
    if demande.guichet == Guichet.CNDA:
        machine = Homologation.objects.get(pk=demande.pk)
    else:
        machine = Habilitation.objects.get(pk=demande.pk)
    machine.candidature = demande.candidature
    return machine


def label_of_etape(passage: Passage) -> str:
    return LABELS[Guichet(passage.demande.guichet)][passage.etape]


def pull_under_way(demande_id: int, pull_id: UUID) -> tuple[Guichet, str] | None:
    """Which desk a pull asks, about what number; None when that pull is not waited for any more."""
    rows = DemandeAuGuichet.objects.filter(pk=demande_id, pull_id=pull_id)
    row = rows.values_list("guichet", "numero").first()
    return (Guichet(row[0]), row[1]) if row else None
