"""What people and desks do to the demandes; one module for each noun."""
