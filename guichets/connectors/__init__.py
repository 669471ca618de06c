"""How the portal reads the other desks, as `guichets/contrats/` says it. Never inside a transaction."""

from .circuit import AlwaysClosed, Breaker, Circuit, CircuitState
from .client import Certificate, DeskClient, Retries, Timeouts
from .destination import why_forbidden
from .errors import DeskUnreachable
from .snapshot import Snapshot

__all__ = [
    "AlwaysClosed",
    "Breaker",
    "Certificate",
    "Circuit",
    "CircuitState",
    "DeskClient",
    "DeskUnreachable",
    "Retries",
    "Snapshot",
    "Timeouts",
    "why_forbidden",
]
