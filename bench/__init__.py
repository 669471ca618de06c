"""How fast the portal is: measured beside it, never part of it."""
