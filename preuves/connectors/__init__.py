"""The outside world: an antivirus. Never in a transaction."""
