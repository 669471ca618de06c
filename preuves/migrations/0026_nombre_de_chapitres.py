from django.db import migrations, models

COUNTED = """
CREATE FUNCTION is_waiting_for_the_ans(state text) RETURNS boolean LANGUAGE sql IMMUTABLE AS $$
    SELECT state IN ('submitted', 'under_review')
$$;
CREATE FUNCTION is_closed_candidature(state text) RETURNS boolean LANGUAGE sql IMMUTABLE AS $$
    SELECT state IN ('withdrawn', 'foreclosed')
$$;

-- An act on a chapitre locks its candidature first: none is counted by both functions, or by neither.
CREATE FUNCTION count_a_chapitre() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP <> 'INSERT' AND is_waiting_for_the_ans(OLD.state) THEN
        INSERT INTO preuves_nombredechapitres (dispositif, code, delta)
            SELECT c.dispositif_id, OLD.code, -1 FROM preuves_dossierdepreuves d
            JOIN candidatures_candidature c ON c.id = d.candidature_id
            WHERE d.id = OLD.dossier_id AND NOT is_closed_candidature(c.state);
    END IF;
    IF TG_OP <> 'DELETE' AND is_waiting_for_the_ans(NEW.state) THEN
        INSERT INTO preuves_nombredechapitres (dispositif, code, delta)
            SELECT c.dispositif_id, NEW.code, 1 FROM preuves_dossierdepreuves d
            JOIN candidatures_candidature c ON c.id = d.candidature_id
            WHERE d.id = NEW.dossier_id AND NOT is_closed_candidature(c.state);
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER chapitre_is_counted AFTER INSERT OR DELETE ON preuves_chapitre
    FOR EACH ROW EXECUTE FUNCTION count_a_chapitre();
CREATE TRIGGER chapitre_is_counted_again AFTER UPDATE ON preuves_chapitre
    FOR EACH ROW WHEN (is_waiting_for_the_ans(OLD.state) IS DISTINCT FROM is_waiting_for_the_ans(NEW.state))
    EXECUTE FUNCTION count_a_chapitre();

CREATE FUNCTION count_the_chapitres() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO preuves_nombredechapitres (dispositif, code, delta)
        SELECT NEW.dispositif_id, h.code, CASE WHEN is_closed_candidature(NEW.state) THEN -1 ELSE 1 END
        FROM preuves_chapitre h JOIN preuves_dossierdepreuves d ON d.id = h.dossier_id
        WHERE d.candidature_id = NEW.id AND h.state IN ('submitted', 'under_review');
    RETURN NULL;
END $$;
CREATE TRIGGER chapitres_are_counted AFTER UPDATE ON candidatures_candidature
    FOR EACH ROW WHEN (is_closed_candidature(OLD.state) IS DISTINCT FROM is_closed_candidature(NEW.state))
    EXECUTE FUNCTION count_the_chapitres();

CREATE FUNCTION count_every_chapitre() RETURNS void LANGUAGE sql AS $$
    DELETE FROM preuves_nombredechapitres;
    INSERT INTO preuves_nombredechapitres (dispositif, code, delta)
        SELECT c.dispositif_id, h.code, count(*) FROM preuves_chapitre h
        JOIN preuves_dossierdepreuves d ON d.id = h.dossier_id
        JOIN candidatures_candidature c ON c.id = d.candidature_id
        WHERE h.state IN ('submitted', 'under_review') AND NOT is_closed_candidature(c.state)
        GROUP BY c.dispositif_id, h.code;
$$;
SELECT count_every_chapitre();
"""

BACK = """
DROP TRIGGER chapitres_are_counted ON candidatures_candidature;
DROP TRIGGER chapitre_is_counted_again ON preuves_chapitre;
DROP TRIGGER chapitre_is_counted ON preuves_chapitre;
DROP FUNCTION count_every_chapitre();
DROP FUNCTION count_the_chapitres();
DROP FUNCTION count_a_chapitre();
DROP FUNCTION is_closed_candidature(text);
DROP FUNCTION is_waiting_for_the_ans(text);
"""


class Migration(migrations.Migration):
    """The chapitres that wait for the ANS are counted as they come and go, and no longer one by one on each page."""

    dependencies = [("preuves", "0025_retrait_des_equivalences")]

    operations = [
        migrations.CreateModel(
            name="NombreDeChapitres",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("dispositif", models.CharField(max_length=40)),
                ("code", models.CharField(max_length=20)),
                ("delta", models.IntegerField()),
            ],
            options={"verbose_name": "nombre de chapitres", "verbose_name_plural": "nombres de chapitres"},
        ),
        migrations.RunSQL(COUNTED, BACK),
    ]
