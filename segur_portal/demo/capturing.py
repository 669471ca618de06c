"""The acts of the cast for a desk that the portal cannot ask: record a capture of its space, then confirm it."""

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
    """Record the stage that a desk's space shows, with its capture, scanned and drawn as a worker would.

    :param numero: number of the demande
    :param since: day of the stage, such as `2027-02-15`
    :param letter: number of the document that the desk gave with its grant, if it did
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
    """Confirm the capture that waits for this demande."""
    demande = DemandeAuGuichet.objects.get(candidature=candidature_of(nom), numero=numero)
    waiting = Capture.objects.living().get(demande=demande)
    captures_operations.confirm_capture(capture_id=waiting.pk, seen_version=demande.version, by=compte_of(by), at=at)
