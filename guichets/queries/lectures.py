"""What machines recognised in the files that show a desk: for a preuve, for a capture, and to propose its values."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.conf import settings

from candidatures.models import Piece
from comptes.models import Compte
from comptes.rules.figures import whole
from guichets.catalogue.guichets import is_guichet, spec_of_guichet
from guichets.models import Capture, DemandeAuGuichet
from guichets.rules.captures import Shown
from guichets.rules.lectures import Reconnu, noticed, recognised
from preuves.catalogue.rem import PreuveSpec
from preuves.enums import LectureState
from preuves.queries.lectures import lecture_of, ocr
from preuves.rules.indices import Indice, of_what_is_not_read
from preuves.rules.lectures import Lu

WAITING = (
    "Cette capture est en cours de lecture. Rechargez la page dans quelques secondes, ou recopiez les valeurs "
    "vous-même."
)
NOT_READ = "Cette capture n’a pas pu être lue. Recopiez les valeurs vous-même."
NOT_RECOGNISED = "Aucune valeur n’a été reconnue dans cette capture. Recopiez les valeurs vous-même."
PROPOSED = (
    "Les valeurs surlignées ont été lues automatiquement dans la capture. Vérifiez-les\u00a0: des erreurs sont "
    "possibles."
)


def words_of_the_desk(preuve: PreuveSpec, lu: Lu) -> Iterable[Indice]:
    """Say what a file that a preuve holds shows of the desk that answers it, by its constat or by its nature."""
    code = (preuve.constat.partition(":")[0] or preuve.nature).lower()
    return noticed(lu, spec_of_guichet(code)) if is_guichet(code) else ()


def noticed_in(capture: Capture) -> list[Indice]:
    """Return what was recognised in a capture beside what its author typed, or that it was not read; one query."""
    lu = lecture_of(capture.piece)
    if lu is None:
        return []
    typed = Shown(capture.etape, capture.date_etape, capture.logiciel, capture.retour_prevu)
    return [*noticed(lu, capture.demande.spec, declared=typed), *of_what_is_not_read([lu])]


@dataclass(frozen=True)
class EnMain:
    """A capture that was sent to be read, before it is recorded.

    :param sentence: what came of it, in French
    """

    piece: Piece
    reconnu: Reconnu
    sentence: str


def reads_captures() -> bool:
    return bool(settings.PROBES and ocr())


def capture_in_hand(number: str, demande: DemandeAuGuichet, by: Compte) -> EnMain | None:
    """Return the capture that this person sent to be read, and what is proposed of it; None when there is none."""
    piece_id = whole(number)
    if piece_id is None:
        return None
    piece = demande.candidature.pieces.filter(deposited_by=by, pk=piece_id).first()
    lu = lecture_of(piece) if piece else None
    if piece is None or lu is None:
        return None
    reconnu = recognised(lu.text, demande.spec, logiciel=demande.logiciel)
    if lu.state is LectureState.WAITING:
        sentence = WAITING
    elif lu.state is LectureState.NOT_READ:
        sentence = NOT_READ
    else:
        sentence = PROPOSED if reconnu.values else NOT_RECOGNISED
    return EnMain(piece, reconnu, sentence)
