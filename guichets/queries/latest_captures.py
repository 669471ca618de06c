"""The latest capture of each demande, read with the demande itself."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import OuterRef, Subquery
from django.db.models.functions import JSONObject

from comptes.dates import day_in_figures
from guichets.enums import CaptureState
from guichets.models import Capture
from guichets.rules.gates import RefusedCapture


@dataclass(frozen=True)
class LatestCapture:
    """The latest capture of a demande, when it says something that the demande does not yet.

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
        """What was said of it, once it was refused."""
        day = f"{day_in_figures(self.recorded_at)}"
        return f"Celle du {day}\u00a0: {self.reason} Vous pouvez en déposer une autre."


def latest_capture() -> Subquery:
    """Annotate a demande with its latest capture, for `read_latest`."""
    latest = Capture.objects.filter(demande=OuterRef("pk")).order_by("-pk")
    fields = ("pk", "state", "etape", "recorded_at", "piece_id", "decided_at", "reason")
    return Subquery(latest.values(found=JSONObject(**{name: name for name in fields}))[:1])


def latest_refusal() -> Subquery:
    """Annotate a demande with the latest capture that was refused, whatever was recorded since, for `read_refusal`."""
    refused = Capture.objects.filter(demande=OuterRef("pk"), state=CaptureState.REFUSED).order_by("-pk")
    return Subquery(refused.values(found=JSONObject(recorded_at="recorded_at", at="decided_at"))[:1])


def read_refusal(found: Mapping[str, str] | None) -> RefusedCapture | None:
    return RefusedCapture(*(datetime.fromisoformat(found[name]) for name in ("recorded_at", "at"))) if found else None


def read_latest(found: Mapping[str, Any] | None) -> LatestCapture | None:
    """Read what `latest_capture` annotated; nothing once it was confirmed, or gave way."""
    if found is None or found["state"] not in (CaptureState.RECORDED, CaptureState.REFUSED):
        return None
    decided_at = found["decided_at"]
    return LatestCapture(
        pk=found["pk"],
        etape=found["etape"],
        recorded_at=datetime.fromisoformat(found["recorded_at"]),
        piece_id=found["piece_id"],
        decided_at=datetime.fromisoformat(decided_at) if decided_at else None,
        reason=found["reason"],
    )
