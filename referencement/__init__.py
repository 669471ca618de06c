"""Phase 3 and the overview: the only floor that asks everybody's facts at once."""
