from django.db import migrations

# The number of the éditeur is looked for with the names: an `OR` with another table would be served by no index.
NUMBER = r"""
CREATE OR REPLACE FUNCTION names_of_produit(produit bigint) RETURNS text LANGUAGE sql STABLE AS $$
    SELECT sort_name(p.nom) || E'\n' || sort_name(e.raison_sociale) || E'\n' || sort_name(e.identifier)
    FROM candidatures_produit p JOIN comptes_editeur e ON e.id = p.editeur_id WHERE p.id = produit
$$;
DROP TRIGGER editeur_renames_its_candidatures ON comptes_editeur;
CREATE TRIGGER editeur_renames_its_candidatures AFTER UPDATE OF raison_sociale, identifier ON comptes_editeur
    FOR EACH ROW WHEN (NEW.raison_sociale <> OLD.raison_sociale OR NEW.identifier <> OLD.identifier)
    EXECUTE FUNCTION rename_the_candidatures();
UPDATE candidatures_candidature SET noms = '';
"""

BACK = r"""
CREATE OR REPLACE FUNCTION names_of_produit(produit bigint) RETURNS text LANGUAGE sql STABLE AS $$
    SELECT sort_name(p.nom) || E'\n' || sort_name(e.raison_sociale)
    FROM candidatures_produit p JOIN comptes_editeur e ON e.id = p.editeur_id WHERE p.id = produit
$$;
DROP TRIGGER editeur_renames_its_candidatures ON comptes_editeur;
CREATE TRIGGER editeur_renames_its_candidatures AFTER UPDATE OF raison_sociale ON comptes_editeur
    FOR EACH ROW WHEN (NEW.raison_sociale <> OLD.raison_sociale) EXECUTE FUNCTION rename_the_candidatures();
UPDATE candidatures_candidature SET noms = '';
"""


class Migration(migrations.Migration):
    """The number of an éditeur is looked for in the same place as the names."""

    dependencies = [("candidatures", "0026_indices"), ("comptes", "0022_words")]

    operations = [migrations.RunSQL(NUMBER, BACK)]
