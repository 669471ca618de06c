"""When, and why not, in phase 2: pure functions over frozen data."""
