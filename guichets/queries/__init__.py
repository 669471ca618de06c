"""What the other desks say, read. One module a noun; the names are handed on here."""
