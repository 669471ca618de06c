"""The outside world: an antivirus, and a PDF renderer that may be given anything. Never inside a transaction."""
