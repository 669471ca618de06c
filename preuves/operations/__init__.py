"""The acts of phase 2, one module per noun."""
