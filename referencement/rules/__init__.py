"""What may be done in phase 3, and why not. Pure Python over frozen data; one module for each noun."""
