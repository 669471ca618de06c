"""The outside world: identity provider, timestamping authority, files of the journal's anchors."""
