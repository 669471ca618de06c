"""The ground: comptes, éditeurs, rattachements, sign-in, the journal, the outbox of notices, the clock."""
