"""Phase 2: the REM, its chapitres, the preuves and what the ANS answers to them."""
