"""The acts of phase 2: one module for each noun."""
