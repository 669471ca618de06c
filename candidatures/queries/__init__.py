"""The reading of phase 1, one module per noun."""
