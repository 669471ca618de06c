"""What the cast does where a desk is not asked, one verb each: record what its space shows, then say that it counts."""

from datetime import date, datetime

from comptes.dates import day_in_figures
from guichets.models import Capture, DemandeAuGuichet
from guichets.operations import captures as captures_operations
from guichets.rules.captures import Shown
from preuves import effects

from . import pieces
from .cast import Persona
from .verbs import candidature_of, compte_of


def record_capture(
    nom: str, numero: str, etape: str, *, since: str, letter: str = "", by: Persona, at: datetime
) -> None:
    """Record the stage that a desk's space shows, with its capture, which the worker then lets open.

    :param numero: of the demande
    :param since: the day of that stage, such as `2027-02-15`
    :param letter: the number of what the desk handed over with its grant
    """
    demande = DemandeAuGuichet.objects.get(candidature=candidature_of(nom), numero=numero)
    shown = Shown(etape, date.fromisoformat(since), logiciel=nom, numero=letter)
    rows = {
        "Logiciel": nom,
        "Demande": f"{demande.label}, {numero}",
        "Étape": demande.spec.labels[etape],
        "Depuis le": day_in_figures(date.fromisoformat(since)),
        **({"Numéro": letter} if letter else {}),
    }
    upload = pieces.a_letter(demande.spec.label, rows) if letter else pieces.a_space(demande.spec.label, rows)
    capture = captures_operations.record_capture(
        demande_id=demande.pk, shown=shown, upload=upload, by=compte_of(by), at=at
    )
    effects.scan_piece(capture.piece_id)
    effects.draw_pages(capture.piece_id)


def confirm_capture(nom: str, numero: str, *, by: Persona, at: datetime) -> None:
    """Say that the capture that waits for that demande shows what was claimed."""
    demande = DemandeAuGuichet.objects.get(candidature=candidature_of(nom), numero=numero)
    waiting = Capture.objects.living().get(demande=demande)
    captures_operations.confirm_capture(capture_id=waiting.pk, seen_version=demande.version, by=compte_of(by), at=at)
