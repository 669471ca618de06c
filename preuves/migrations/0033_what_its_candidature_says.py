import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

KEPT = """
DROP TRIGGER chapitres_are_closed ON candidatures_candidature;
DROP FUNCTION close_the_chapitres();
DROP TRIGGER chapitre_says_whether_it_is_closed ON preuves_chapitre;
DROP FUNCTION say_whether_the_candidature_is_closed();

-- An act that closes a candidature or gives it to somebody locks it first, as does each act on its chapitres: none is
-- written with what was.
CREATE FUNCTION say_what_the_candidature_says() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    SELECT is_closed_candidature(c.state), c.dispositif_id, r.compte_id
    INTO NEW.candidature_closed, NEW.dispositif_id, NEW.referent_id
    FROM preuves_dossierdepreuves d
    JOIN candidatures_candidature c ON c.id = d.candidature_id
    LEFT JOIN candidatures_referent r ON r.candidature_id = c.id
    WHERE d.id = NEW.dossier_id;
    RETURN NEW;
END $$;
CREATE TRIGGER chapitre_says_what_its_candidature_says BEFORE INSERT OR UPDATE ON preuves_chapitre
    FOR EACH ROW EXECUTE FUNCTION say_what_the_candidature_says();

CREATE FUNCTION tell_the_chapitres_of_their_candidature() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE preuves_chapitre SET candidature_closed = candidature_closed
    WHERE dossier_id IN (SELECT id FROM preuves_dossierdepreuves WHERE candidature_id = NEW.id);
    RETURN NULL;
END $$;
CREATE TRIGGER candidature_tells_its_chapitres AFTER UPDATE ON candidatures_candidature
    FOR EACH ROW WHEN (
        is_closed_candidature(OLD.state) IS DISTINCT FROM is_closed_candidature(NEW.state)
        OR OLD.dispositif_id IS DISTINCT FROM NEW.dispositif_id
    )
    EXECUTE FUNCTION tell_the_chapitres_of_their_candidature();

CREATE FUNCTION tell_the_chapitres_of_their_referent() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'UPDATE' AND OLD.candidature_id = NEW.candidature_id AND OLD.compte_id = NEW.compte_id THEN
        RETURN NULL;
    END IF;
    UPDATE preuves_chapitre SET candidature_closed = candidature_closed
    WHERE dossier_id IN (
        SELECT id FROM preuves_dossierdepreuves WHERE candidature_id IN (OLD.candidature_id, NEW.candidature_id)
    );
    RETURN NULL;
END $$;
CREATE TRIGGER referent_tells_the_chapitres AFTER INSERT OR UPDATE OR DELETE ON candidatures_referent
    FOR EACH ROW EXECUTE FUNCTION tell_the_chapitres_of_their_referent();

UPDATE preuves_chapitre SET candidature_closed = candidature_closed;
SET CONSTRAINTS ALL IMMEDIATE;
"""

BACK = """
DROP TRIGGER referent_tells_the_chapitres ON candidatures_referent;
DROP FUNCTION tell_the_chapitres_of_their_referent();
DROP TRIGGER candidature_tells_its_chapitres ON candidatures_candidature;
DROP FUNCTION tell_the_chapitres_of_their_candidature();
DROP TRIGGER chapitre_says_what_its_candidature_says ON preuves_chapitre;
DROP FUNCTION say_what_the_candidature_says();

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
"""
WAITING = models.Q(("candidature_closed", False), ("state__in", ["submitted", "under_review"]))
BEING_READ = models.Q(("candidature_closed", False), ("state", "under_review"))
UNREAD = models.Q(("candidature_closed", False), ("state", "submitted"))


def dispositif(*, null: bool) -> models.ForeignKey:
    return models.ForeignKey(
        db_index=False,
        editable=False,
        null=null,
        on_delete=django.db.models.deletion.PROTECT,
        related_name="+",
        to="candidatures.dispositif",
    )


class Migration(migrations.Migration):
    """A chapitre says the dispositif of its candidature and who follows it: a list of chapitres joins neither."""

    dependencies = [
        ("preuves", "0032_candidature_close"),
        ("candidatures", "0040_words"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(model_name="chapitre", name="dispositif", field=dispositif(null=True)),
        migrations.AddField(
            model_name="chapitre",
            name="referent",
            field=models.ForeignKey(
                db_index=False,
                editable=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
                verbose_name="référent",
            ),
        ),
        migrations.RunSQL(KEPT, BACK),
        migrations.AlterField(model_name="chapitre", name="dispositif", field=dispositif(null=False)),
        migrations.RemoveIndex(model_name="chapitre", name="chapitre_to_read_by_code"),
        migrations.AddIndex(
            model_name="chapitre",
            index=models.Index(
                fields=["code", "submitted_at", "id"],
                include=["dispositif", "state"],
                condition=WAITING,
                name="chapitre_to_read_by_code",
            ),
        ),
        migrations.AddIndex(
            model_name="chapitre",
            index=models.Index(
                fields=["referent", "submitted_at", "id"],
                include=["dispositif", "code"],
                condition=UNREAD,
                name="chapitre_to_read_by_referent",
            ),
        ),
        migrations.AddIndex(
            model_name="chapitre",
            index=models.Index(
                fields=["claimed_by", "submitted_at", "id"], condition=BEING_READ, name="chapitre_being_read"
            ),
        ),
        migrations.AddIndex(
            model_name="conclusionproposee",
            index=models.Index(
                fields=["proposed_by"], condition=models.Q(("answered_at", None)), name="conclusion_to_answer"
            ),
        ),
    ]
