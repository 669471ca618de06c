"""The files that an éditeur takes away of its dossier: a copy of everything, and its state."""
