"""The outside world: an antivirus, and a PDF renderer that may receive hostile files. Never in a transaction."""
