"""The latest capture of each demande, read with the demande itself."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import OuterRef, Subquery
from django.db.models.functions import JSONObject

from comptes.dates import day_in_words
from guichets.enums import CaptureState
from guichets.models import Capture
from guichets.rules.gates import RefusedCapture


@dataclass(frozen=True)
class LatestCapture:
    """The latest capture of a demande, while it waits or once it was refused.

    :param decided_at: when it was refused; None while it waits
    """

    pk: int
    etape: str
    recorded_at: datetime
    piece_id: int
    decided_at: datetime | None = None
    reason: str = ""

    @property
    def is_waiting(self) -> bool:
        return self.decided_at is None

    @property
    def refusal(self) -> str:
        """The sentence that tells the éditeur why it was refused."""
        day = day_in_words(self.recorded_at)
        return f"Celle du {day}\u00a0: {self.reason} Vous pouvez en déposer une autre."


def latest_capture() -> Subquery:
    """Annotate a demande with its latest capture, for `read_latest`."""
    latest = Capture.objects.filter(demande=OuterRef("pk")).order_by("-pk")
    fields = ("pk", "state", "etape", "recorded_at", "piece_id", "decided_at", "reason")
    return Subquery(latest.values(row=JSONObject(**{name: name for name in fields}))[:1])


def latest_refusal() -> Subquery:
    """Annotate a demande with its latest refused capture, even if another was recorded since; for `read_refusal`."""
    refused = Capture.objects.filter(demande=OuterRef("pk"), state=CaptureState.REFUSED).order_by("-pk")
    return Subquery(refused.values(row=JSONObject(recorded_at="recorded_at", at="decided_at"))[:1])


def read_refusal(row: Mapping[str, str] | None) -> RefusedCapture | None:
    return RefusedCapture(*(datetime.fromisoformat(row[name]) for name in ("recorded_at", "at"))) if row else None


def read_latest(row: Mapping[str, Any] | None) -> LatestCapture | None:
    """Read what `latest_capture` annotated; None once the capture is confirmed or superseded."""
    if row is None or row["state"] not in (CaptureState.RECORDED, CaptureState.REFUSED):
        return None
    decided_at = row["decided_at"]
    return LatestCapture(
        pk=row["pk"],
        etape=row["etape"],
        recorded_at=datetime.fromisoformat(row["recorded_at"]),
        piece_id=row["piece_id"],
        decided_at=datetime.fromisoformat(decided_at) if decided_at else None,
        reason=row["reason"],
    )
