from django.db.models import QuerySet

from guichets.enums import Guichet, Source
from guichets.models import Habilitation, Homologation, Releve, Suivie
from guichets.rules.reconciliation import Believed


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
