"""The acts of the cast in phase 2, one function each; the files deposited come from `pieces`."""

from collections.abc import Collection
from datetime import date, datetime

from candidatures.models import Candidature
from comptes.dates import PARIS
from comptes.models import Compte
from preuves.catalogue.natures import NATURES
from preuves.enums import Avis, Forme, Nature
from preuves.models import Chapitre
from preuves.operations import chapitres as chapitres_operations
from preuves.operations.depots import deposit
from preuves.operations.fichiers import receive_piece
from preuves.operations.instruction import claim_chapitre, conclude_review, save_draft
from preuves.operations.secondes_lectures import ask_seconde_lecture
from preuves.queries.chapitres import soumissions_standing
from preuves.queries.dossier import Attendu, Dossier, dossier_of
from preuves.rules.depots import Contenu

from . import pieces
from .cast import Persona
from .verbs import candidature_of, compte_of, nil_of


def deposit_chapitre(
    nom: str,
    code: str,
    *,
    without: Collection[str] = (),
    not_applicable: dict[str, str] | None = None,
    shared: bool = False,
    by: Persona,
    at: datetime,
) -> None:
    """Deposit every due preuve of a chapitre that has none yet.

    :param without: the N° to leave out
    :param shared: whether the preuves of one nature share one file, instead of having one each
    :param not_applicable: by N°, the reason why a preuve does not apply
    """
    reasons = not_applicable or {}
    dossier = _dossier(nom)
    chapitre = dossier.chapitre(code)
    assert chapitre is not None
    kept: dict[Nature, int] | None = {} if shared else None
    for numero in chapitre.facts.missing:
        if numero not in without:
            _deposit(dossier, numero, reason=reasons.get(numero, ""), seen=0, kept=kept, by=by, at=at)


def correct(nom: str, numero: str, comment: str, *, by: Persona, at: datetime) -> None:
    """Deposit a preuve again, after a return."""
    dossier = _dossier(nom)
    attendu = dossier.attendu(numero)
    assert attendu is not None
    seen = dossier.chapitres[0].facts.preuves[numero].revision
    _deposit(dossier, numero, comment=comment, seen=seen, by=by, at=at)


def submit_chapitre(nom: str, code: str, *, by: Persona, at: datetime) -> None:
    chapitres_operations.submit_chapitre(candidature_id=candidature_of(nom).pk, code=code, by=compte_of(by), at=at)


def claim(nom: str, code: str, *, by: Persona, at: datetime) -> None:
    """Take a submitted chapitre to read it."""
    claim_chapitre(chapitre_id=_chapitre(nom, code).pk, by=compte_of(by), at=at)


def ask_second_reading(
    nom: str, code: str, *, of: Persona, question: str, before: date, by: Persona, at: datetime
) -> None:
    """Ask an expert to read a chapitre that one is reading; an account is opened for them."""
    ask_seconde_lecture(
        chapitre_id=_chapitre(nom, code).pk,
        email=of.email,
        names=(of.first_name, of.last_name),
        question=question,
        before=before,
        by=compte_of(by),
        at=at,
    )


def judge(nom: str, code: str, *, reasons: dict[str, str] | None = None, by: Persona, at: datetime) -> None:
    """Write a draft for each preuve that is submitted: to correct for those that `reasons` names, else accepted."""
    chapitre = _chapitre(nom, code)
    asked = soumissions_standing(chapitre)[0].revisions
    accepted = set(chapitre.preuves.filter(state="accepted").values_list("numero", flat=True))
    for numero, sha256 in asked.items():
        if numero in accepted:
            continue
        reason = (reasons or {}).get(numero, "")
        save_draft(
            chapitre_id=chapitre.pk,
            numero=numero,
            sha256=sha256,
            avis=Avis.TO_CORRECT if reason else Avis.ACCEPTED,
            reason=reason,
            by=compte_of(by),
            at=at,
        )


def conclude(nom: str, code: str, *, by: Persona, at: datetime) -> None:
    """Return or approve a chapitre, according to its drafts."""
    chapitre = _chapitre(nom, code)
    conclude_review(chapitre_id=chapitre.pk, seen_version=chapitre.version, by=compte_of(by), at=at)


def _deposit(
    dossier: Dossier,
    numero: str,
    *,
    comment: str = "",
    reason: str = "",
    seen: int,
    kept: dict[Nature, int] | None = None,
    by: Persona,
    at: datetime,
) -> None:
    attendu = dossier.attendu(numero)
    assert attendu is not None
    compte = compte_of(by)
    contenu = contenu_of(dossier, attendu, comment=comment, reason=reason, kept=kept, by=compte, at=at)
    deposit(candidature_id=dossier.candidature.pk, numero=numero, contenu=contenu, seen=seen, by=compte, at=at)


def contenu_of(
    dossier: Dossier,
    attendu: Attendu,
    *,
    comment: str = "",
    reason: str = "",
    kept: dict[Nature, int] | None,
    by: Compte,
    at: datetime,
) -> Contenu:
    """Return the content of a deposit, after storing its file.

    :param kept: pks of the pièces stored already, by nature, to be used again; None to store one each time
    """
    if reason:
        return Contenu(Forme.NOT_APPLICABLE, value=reason)
    candidature, numero = dossier.candidature, attendu.preuve.numero
    nature = Nature(attendu.preuve.nature)
    forme = NATURES[nature].forme
    files: tuple[int, ...] = ()
    if forme is Forme.FILES:
        files = (_piece(candidature, nature, numero, kept, by=by, at=at),)
    return Contenu(
        forme,
        value="" if files else pieces.a_value(forme, numero, nil=nil_of(candidature)),
        piece_ids=files,
        comment=comment,
        evidence_date=pieces.evidence_date_of(at.astimezone(PARIS).date()),
        version_technique=dossier.version_technique,
    )


def _piece(
    candidature: Candidature, nature: Nature, numero: str, kept: dict[Nature, int] | None, *, by: Compte, at: datetime
) -> int:
    if kept and nature in kept:
        return kept[nature]
    piece = receive_piece(
        candidature_id=candidature.pk, upload=pieces.a_file(nature, numero), nature=nature, by=by, at=at
    )
    if kept is not None:
        kept[nature] = piece.pk
    return piece.pk


def _dossier(nom: str) -> Dossier:
    dossier = dossier_of(candidature_of(nom))
    assert dossier is not None
    return dossier


def _chapitre(nom: str, code: str) -> Chapitre:
    return Chapitre.objects.get(dossier__candidature=candidature_of(nom), code=code)
