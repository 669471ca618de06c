"""How the portal reads the other desks, as `guichets/contrats/` says it. Never inside a transaction."""
