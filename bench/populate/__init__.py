"""Realistic data in bulk: stories replayed by operations, then their rows multiplied in SQL. Outside the portal."""
