"""What the other desks say, read. One module a noun; the names are handed on here."""

from .ages import age_of
from .architecture import WITH_PREUVES, architecture_of, spec_of_candidature
from .as_of import DemandeThen, DesksThen, desks_at
from .captures import (
    CaptureLine,
    believed_of_capture,
    capture_lines,
    captures_to_confirm,
    claimed,
    consequence_of,
    decided_by,
    etape_label,
    held,
    may_be_decided,
    pieces_of_captures,
    with_demande,
)
from .demandes import (
    believed,
    grants_to_ask_again,
    known_demandes,
    label_of_etape,
    links_to_follow,
    lost_grant_of,
    old_grants,
    pull_under_way,
    was_granted_before,
)
from .desks import circuit_of, desk_of, is_pulled, pulled_desks
from .gates import gates_of_many
from .latest_captures import LatestCapture
from .preuves import said_of_preuve
from .sante import SanteDeGuichet, anomalies_living, overdue_returns, sante_of_guichets
from .situation import LigneDeDemande, Situation, situation_of

__all__ = [
    "WITH_PREUVES",
    "CaptureLine",
    "DemandeThen",
    "DesksThen",
    "LatestCapture",
    "LigneDeDemande",
    "SanteDeGuichet",
    "Situation",
    "age_of",
    "anomalies_living",
    "architecture_of",
    "believed",
    "believed_of_capture",
    "capture_lines",
    "captures_to_confirm",
    "circuit_of",
    "claimed",
    "consequence_of",
    "decided_by",
    "desk_of",
    "desks_at",
    "etape_label",
    "gates_of_many",
    "grants_to_ask_again",
    "held",
    "is_pulled",
    "known_demandes",
    "label_of_etape",
    "links_to_follow",
    "lost_grant_of",
    "may_be_decided",
    "old_grants",
    "overdue_returns",
    "pieces_of_captures",
    "pull_under_way",
    "pulled_desks",
    "said_of_preuve",
    "sante_of_guichets",
    "situation_of",
    "spec_of_candidature",
    "was_granted_before",
    "with_demande",
]
