"""Phase 1: dispositif and échéances, produit, candidature, charte, and the volets of the dossier administratif."""
