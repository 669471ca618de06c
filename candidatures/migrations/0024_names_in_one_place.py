import django.contrib.postgres.indexes
from django.db import migrations, models

# One table to look in, and one index. A rename that is being made is waited for: it would not see the new row.
NAMES = r"""
CREATE FUNCTION names_of_produit(produit bigint) RETURNS text LANGUAGE sql STABLE AS $$
    SELECT sort_name(p.nom) || E'\n' || sort_name(e.raison_sociale)
    FROM candidatures_produit p JOIN comptes_editeur e ON e.id = p.editeur_id WHERE p.id = produit
$$;

CREATE FUNCTION say_the_names() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM FROM candidatures_produit p JOIN comptes_editeur e ON e.id = p.editeur_id
        WHERE p.id = NEW.produit_id FOR SHARE;
    NEW.noms := names_of_produit(NEW.produit_id);
    RETURN NEW;
END $$;
CREATE TRIGGER candidature_says_its_names BEFORE INSERT OR UPDATE OF produit_id, noms ON candidatures_candidature
    FOR EACH ROW EXECUTE FUNCTION say_the_names();

CREATE FUNCTION rename_the_candidatures() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_TABLE_NAME = 'candidatures_produit' THEN
        UPDATE candidatures_candidature SET noms = '' WHERE produit_id = NEW.id;
    ELSE
        UPDATE candidatures_candidature SET noms = ''
            WHERE produit_id IN (SELECT id FROM candidatures_produit WHERE editeur_id = NEW.id);
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER produit_renames_its_candidatures AFTER UPDATE OF nom, editeur_id ON candidatures_produit
    FOR EACH ROW WHEN (NEW.nom <> OLD.nom OR NEW.editeur_id <> OLD.editeur_id)
    EXECUTE FUNCTION rename_the_candidatures();
CREATE TRIGGER editeur_renames_its_candidatures AFTER UPDATE OF raison_sociale ON comptes_editeur
    FOR EACH ROW WHEN (NEW.raison_sociale <> OLD.raison_sociale) EXECUTE FUNCTION rename_the_candidatures();

UPDATE candidatures_candidature SET noms = '';
"""

BACK = """
DROP TRIGGER editeur_renames_its_candidatures ON comptes_editeur;
DROP TRIGGER produit_renames_its_candidatures ON candidatures_produit;
DROP FUNCTION rename_the_candidatures();
DROP TRIGGER candidature_says_its_names ON candidatures_candidature;
DROP FUNCTION say_the_names();
DROP FUNCTION names_of_produit(bigint);
"""


class Migration(migrations.Migration):
    """A word is looked for in the names of a solution and of its éditeur at once."""

    dependencies = [("candidatures", "0023_files_awaited"), ("comptes", "0022_words")]

    operations = [
        migrations.AddField(
            model_name="candidature",
            name="noms",
            field=models.TextField(db_collation="C", default="", editable=False, verbose_name="noms cherchés"),
        ),
        migrations.RunSQL(NAMES, BACK),
        migrations.AddIndex(
            model_name="candidature",
            index=django.contrib.postgres.indexes.GinIndex(
                django.contrib.postgres.indexes.OpClass("noms", "gin_trgm_ops"), name="candidature_by_words"
            ),
        ),
        migrations.RemoveIndex(model_name="produit", name="produit_by_words"),
    ]
