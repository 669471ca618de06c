"""The reading of phase 2, one module per noun."""
