from django.db import migrations

FROZEN = """
CREATE FUNCTION refuse_what_is_frozen() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (
        SELECT FROM preuves_dossierdepreuves AS dossier
        JOIN candidatures_candidature AS candidature ON candidature.id = dossier.candidature_id
        WHERE dossier.id = (to_jsonb(NEW) ->> TG_ARGV[0])::bigint AND candidature.gel <> 'free'
    ) THEN
        RAISE EXCEPTION 'What the collège looks at is not opened again.' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER chapitre_is_frozen BEFORE UPDATE OF state ON preuves_chapitre FOR EACH ROW
    WHEN (OLD.state = 'approved' AND NEW.state <> 'approved') EXECUTE FUNCTION refuse_what_is_frozen('dossier_id');
CREATE TRIGGER contestation_is_frozen BEFORE INSERT ON preuves_contestation FOR EACH ROW
    EXECUTE FUNCTION refuse_what_is_frozen('dossier_id');
CREATE TRIGGER version_is_frozen BEFORE UPDATE OF version_id ON preuves_dossierdepreuves FOR EACH ROW
    WHEN (OLD.version_id <> NEW.version_id) EXECUTE FUNCTION refuse_what_is_frozen('id');
"""

BACK = """
DROP TRIGGER version_is_frozen ON preuves_dossierdepreuves;
DROP TRIGGER contestation_is_frozen ON preuves_contestation;
DROP TRIGGER chapitre_is_frozen ON preuves_chapitre;
DROP FUNCTION refuse_what_is_frozen();
"""


class Migration(migrations.Migration):
    """What was approved is not opened again while the collège looks at it, nor once it attributed it."""

    dependencies = [("preuves", "0008_take_over_annotations"), ("candidatures", "0014_freeze")]

    operations = [migrations.RunSQL(FROZEN, BACK)]
