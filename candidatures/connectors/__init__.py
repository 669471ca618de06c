"""Opens files that may be hostile, in a separate process. Never in a transaction."""
