"""What is, in phase 1. One module a noun; the names are handed on here."""
