"""The rules of phase 2: pure functions over frozen data, that answer with reasons."""
