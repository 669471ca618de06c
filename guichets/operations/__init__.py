"""The acts on the other desks' counters. One module a noun; the names are handed on here."""
