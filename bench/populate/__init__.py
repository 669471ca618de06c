"""Realistic data in bulk: stories replayed by the operations, then copied in SQL. Not part of the portal."""
