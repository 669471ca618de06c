"""Keeping the frequent demandes of the ANS as modèles, for everybody who instructs."""

from datetime import datetime

from django.db import IntegrityError, transaction

from candidatures import permissions
from candidatures.catalogue.dispositifs import spec_of
from candidatures.enums import Act, VoletKind
from candidatures.models import ModeleDeDemande
from candidatures.rules import demandes as rules
from comptes import journal
from comptes.models import Compte
from comptes.rules.refusals import Refused


class ModeleNotPossible(Refused):
    """The act on the modèle is refused."""


@transaction.atomic
def create_modele(
    *, dispositif_code: str, titre: str, kind: VoletKind, champs: list[str], text: str, by: Compte, at: datetime
) -> ModeleDeDemande:
    """Keep a frequent demande as a modèle, for a volet of one dispositif.

    :raises ModeleNotPossible: with every reason
    """
    known = [code for code in spec_of(dispositif_code).volets[kind].by_code if code in champs]
    reasons = [*_not_allowed(by), *rules.obstacles_to_ask(champs=known, text=text, due_at=None, at=at)]
    if not titre.strip():
        reasons.append("Indiquez le titre du modèle.")
    if reasons:
        raise ModeleNotPossible(*reasons)
    modele = ModeleDeDemande(
        dispositif_id=dispositif_code,
        titre=titre.strip(),
        kind=kind,
        champs=known,
        text=text.strip(),
        created_at=at,
        created_by=by,
    )
    try:
        with transaction.atomic():
            modele.save()
    except IntegrityError:  # two people may write it at once
        raise ModeleNotPossible("Un modèle porte déjà ce titre pour ce volet.") from None
    _record(modele, Act.MODELE_CREATED, by=by, at=at)
    return modele


@transaction.atomic
def retire_modele(*, modele_id: int, by: Compte, at: datetime) -> ModeleDeDemande:
    """Stop proposing a modèle; the demandes made with it do not change.

    :raises ModeleNotPossible: when `by` may not, or when it is retired already
    """
    modele = ModeleDeDemande.objects.select_for_update(no_key=True).get(pk=modele_id)
    reasons = [*_not_allowed(by)]
    if modele.retired_at is not None:
        reasons.append("Ce modèle est déjà retiré.")
    if reasons:
        raise ModeleNotPossible(*reasons)
    modele.retired_at, modele.retired_by = at, by
    modele.save()
    _record(modele, Act.MODELE_RETIRED, by=by, at=at)
    return modele


def _record(modele: ModeleDeDemande, act: Act, *, by: Compte, at: datetime) -> None:
    journal.record(journal.PORTAIL, act, on=f"modele:{modele.pk}", by=by, at=at, titre=modele.titre)


def _not_allowed(by: Compte) -> list[str]:
    if permissions.keeps_modeles(by):
        return []
    return ["Seuls les responsables d’instruction peuvent gérer les modèles de demande."]
