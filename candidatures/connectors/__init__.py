"""The outside world: what opens a file, which may be hostile, in a process apart. Never in a transaction."""
