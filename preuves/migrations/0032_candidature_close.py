from django.db import migrations, models

KEPT = """
-- An act that closes a candidature locks it first, as does each act on its chapitres: none is written with what was.
CREATE FUNCTION say_whether_the_candidature_is_closed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    NEW.candidature_closed := EXISTS (
        SELECT FROM preuves_dossierdepreuves d JOIN candidatures_candidature c ON c.id = d.candidature_id
        WHERE d.id = NEW.dossier_id AND is_closed_candidature(c.state)
    );
    RETURN NEW;
END $$;
CREATE TRIGGER chapitre_says_whether_it_is_closed BEFORE INSERT OR UPDATE ON preuves_chapitre
    FOR EACH ROW EXECUTE FUNCTION say_whether_the_candidature_is_closed();

CREATE FUNCTION close_the_chapitres() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE preuves_chapitre SET candidature_closed = is_closed_candidature(NEW.state)
    WHERE dossier_id IN (SELECT id FROM preuves_dossierdepreuves WHERE candidature_id = NEW.id);
    RETURN NULL;
END $$;
CREATE TRIGGER chapitres_are_closed AFTER UPDATE ON candidatures_candidature
    FOR EACH ROW WHEN (is_closed_candidature(OLD.state) IS DISTINCT FROM is_closed_candidature(NEW.state))
    EXECUTE FUNCTION close_the_chapitres();

UPDATE preuves_chapitre SET candidature_closed = true
WHERE dossier_id IN (
    SELECT d.id FROM preuves_dossierdepreuves d JOIN candidatures_candidature c ON c.id = d.candidature_id
    WHERE c.state IN ('withdrawn', 'foreclosed')
);
SET CONSTRAINTS ALL IMMEDIATE;
"""

BACK = """
DROP TRIGGER chapitres_are_closed ON candidatures_candidature;
DROP FUNCTION close_the_chapitres();
DROP TRIGGER chapitre_says_whether_it_is_closed ON preuves_chapitre;
DROP FUNCTION say_whether_the_candidature_is_closed();
"""
WAITING = models.Q(("candidature_closed", False), ("state__in", ["submitted", "under_review"]))


class Migration(migrations.Migration):
    """A chapitre says whether its candidature is closed: the list of the ANS passes over no closed one."""

    dependencies = [("preuves", "0031_words")]

    operations = [
        migrations.AddField(
            model_name="chapitre",
            name="candidature_closed",
            field=models.BooleanField(default=False, editable=False, verbose_name="candidature close"),
        ),
        migrations.RunSQL(KEPT, BACK),
        migrations.RemoveIndex(model_name="chapitre", name="chapitre_waiting_in_order"),
        migrations.RemoveIndex(model_name="chapitre", name="chapitre_waiting_by_code"),
        migrations.AddIndex(
            model_name="chapitre",
            index=models.Index(fields=["submitted_at", "id"], condition=WAITING, name="chapitre_to_read_in_order"),
        ),
        migrations.AddIndex(
            model_name="chapitre",
            index=models.Index(
                fields=["code", "submitted_at", "id"],
                include=["dossier"],
                condition=WAITING,
                name="chapitre_to_read_by_code",
            ),
        ),
    ]
