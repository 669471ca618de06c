"""Phase 2: the REM, its chapitres, the preuves, and their instruction by the ANS."""
