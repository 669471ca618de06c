"""Loads the files of the desks into the database, whose triggers enforce their moves."""

from collections.abc import Collection, Mapping

from django.db import transaction

from candidatures.catalogue.specs import DispositifSpec
from comptes.rules.refusals import Refused
from guichets.catalogue.specs import GuichetSpec
from guichets.models import DemandeAuGuichet, Etape, Guichet, Mouvement


class GuichetConflict(Refused):
    """The file of a desk contradicts the demandes that exist."""


@transaction.atomic
def load_guichet(*, spec: GuichetSpec) -> Guichet:
    """Bring the rows of a desk to what its file says; loading the same file again changes nothing.

    :raises GuichetConflict: when a demande stands at a stage that the file no longer has
    """
    codes = list(spec.by_code)
    left = DemandeAuGuichet.objects.filter(guichet=spec.code).exclude(state__in=codes)
    if stage := left.order_by("state").values_list("state", flat=True).first():
        raise GuichetConflict(f"{spec.code} : des demandes sont à l’étape « {stage} », que le fichier ne connaît plus.")
    guichet, _ = Guichet.objects.update_or_create(code=spec.code, defaults={"nom": spec.label})
    wanted = _moves_of(spec)
    for row in Mouvement.objects.filter(guichet=guichet).order_by("pk"):
        if wanted.get((row.depart, row.arrivee)) != row.retour:
            row.delete()
    Etape.objects.filter(guichet=guichet).exclude(code__in=codes).delete()
    _write_stages(spec)
    known = set(Mouvement.objects.filter(guichet=guichet).values_list("depart", "arrivee"))
    Mouvement.objects.bulk_create(
        Mouvement(guichet=guichet, depart=depart, arrivee=arrivee, retour=retour)
        for (depart, arrivee), retour in wanted.items()
        if (depart, arrivee) not in known
    )
    return guichet


def _moves_of(spec: GuichetSpec) -> Mapping[tuple[str, str], bool]:
    """Return every legal move of a desk, and whether it goes backwards."""
    forwards = {(etape.code, after): False for etape in spec.etapes for after in etape.vers}
    return forwards | dict.fromkeys(sorted(spec.returns), True)


def _write_stages(spec: GuichetSpec) -> None:
    """Write every stage; the initial one last, because the former initial stage must lose its role first."""
    rows = {row.code: row for row in Etape.objects.filter(guichet=spec.code).order_by("pk")}
    for rang, etape in sorted(enumerate(spec.etapes), key=lambda item: item[1] is spec.initial):
        row = rows.get(etape.code) or Etape(guichet_id=spec.code, code=etape.code)
        wanted = (etape.label, rang, etape.role.value)
        if (row.nom, row.rang, row.role) != wanted or row.pk is None:
            row.nom, row.rang, row.role = wanted
            row.save()


def refuse_vanished_desks(*, guichets: Collection[str]) -> None:
    """Check that every desk where demandes were declared still has its file.

    :param guichets: the codes of the desks that have one
    :raises GuichetConflict: naming the first desk without a file
    """
    left = DemandeAuGuichet.objects.exclude(guichet__in=guichets).order_by("guichet")
    if code := left.values_list("guichet", flat=True).first():
        raise GuichetConflict(f"{code} : des demandes y sont déclarées, et son fichier n’est plus là.")


def refuse_unknown_desks(*, dispositif: DispositifSpec, guichets: Mapping[str, GuichetSpec]) -> None:
    """Check that every desk that a dispositif names exists.

    :raises GuichetConflict: naming the first unknown desk
    """
    named = (*dispositif.guichets, *dispositif.tested_at)
    if unknown := [code for code in named if code not in guichets]:
        raise GuichetConflict(f"{dispositif.code} : aucun guichet ne s’appelle « {unknown[0]} ».")
