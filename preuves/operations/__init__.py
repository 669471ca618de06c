"""The acts of phase 2. One module a noun; the names are handed on here."""
