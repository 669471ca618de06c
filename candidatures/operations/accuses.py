"""Issuing an accusé: its row is written in the transaction of the submission, and an effect prints it afterwards."""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from django.conf import settings
from django.db import transaction
from django.urls import reverse

from candidatures import effects
from candidatures.documents.accuse import VERSION
from candidatures.enums import AccuseKind
from candidatures.models import Accuse, Candidature
from candidatures.rules import accuse as rules
from candidatures.rules.entreprises import cited
from comptes.canonical import fingerprint
from comptes.dates import instant_with_zone
from comptes.models import Compte, JournalEntry

from .telling import after_commit


def issue_accuse(
    *,
    candidature: Candidature,
    kind: AccuseKind,
    address: str,
    objet: str,
    number: int,
    sha256: str,
    lists: Mapping[str, Sequence[dict[str, Any]]],
    entry: JournalEntry,
    by: Compte,
    at: datetime,
) -> Accuse:
    """Write the accusé of a submission, in its transaction; an effect prints it after the commit.

    :param candidature: with its product, éditeur and dispositif joined
    :param objet: what was submitted, in French
    :param number: rank of the submission, from 1
    :param sha256: that of the whole of what was submitted
    :param lists: its content, as `data` prints it: `depots` (`{intitule, precision, sha256, fichiers}`), and the
        `entreprises` that it names, as `rules.entreprises.named` gives them
    :param entry: the journal's row of the act, which is the head of its chain
    :raises RuntimeError: outside a transaction, since it must be committed or rolled back with its submission
    """
    if not transaction.get_connection().in_atomic_block:
        raise RuntimeError("An accusé is written inside its submission’s own transaction.")
    numero = rules.make_numero("".join(secrets.choice(rules.ALPHABET) for _ in range(rules.LENGTH)))
    data = {
        "numero": numero,
        "nru": candidature.nru,
        "dispositif": str(candidature.dispositif),
        "solution": candidature.produit.nom,
        "editeur": {
            "raison_sociale": candidature.produit.editeur.raison_sociale,
            **cited(candidature.produit.editeur.company),
        },
        "nature": kind.value,
        "objet": objet,
        "soumission": number,
        "soumis_par": by.full_name,
        "recu": {"paris": instant_with_zone(at), "utc": at.astimezone(UTC).isoformat(timespec="microseconds")},
        "empreinte": sha256,
        "depots": list(lists.get("depots", ())),
        "entreprises": list(lists.get("entreprises", ())),
        "journal": {"chaine": entry.chain_id, "longueur": entry.number, "empreinte": entry.sha256},
        "adresse": f"{settings.PORTAL_URL}{reverse('referencement:verifier')}?numero={numero}",
    }
    accuse = Accuse.objects.create(
        numero=numero,
        candidature=candidature,
        kind=kind,
        address=address,
        number=number,
        template_version=VERSION,
        data=data,
        sha256=fingerprint(data),
        issued_at=at,
        issued_to=by,
    )
    after_commit(effect=effects.print_accuse, key=accuse.pk)
    return accuse
