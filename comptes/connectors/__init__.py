"""What the portal asks or keeps outside of itself: a timestamping authority, the anchors of the journal."""

from .anchors import Anchor, AnchorNotReadable, Anchors
from .heads import Heads, lost_between
from .tsa import Authority, TimestampRefused

__all__ = ["Anchor", "AnchorNotReadable", "Anchors", "Authority", "Heads", "TimestampRefused", "lost_between"]
