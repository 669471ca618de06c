"""What the portal asks or keeps outside of itself: a timestamping authority, the anchors of the journal."""
