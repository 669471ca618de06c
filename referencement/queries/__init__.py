"""What is, seen from the floor that sees everybody. One module a noun; the names are handed on here."""
