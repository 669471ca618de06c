"""The acts of phase 3. One module a noun; the names are handed on here."""
