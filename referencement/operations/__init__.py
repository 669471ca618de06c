"""The acts of phase 3, one module per noun."""
