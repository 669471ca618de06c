"""Reads what the other desks say; one module for each noun."""
