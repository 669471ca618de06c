from django.db import migrations

# The examens alone say whether a candidature is frozen: whatever somebody else writes there is written over.
FREEZE = """
CREATE FUNCTION freeze_of(candidature bigint) RETURNS text LANGUAGE sql STABLE AS $$
    SELECT CASE
        WHEN bool_or(state = 'attributed') THEN 'attributed'
        WHEN bool_or(state IN ('listed', 'decided')) THEN 'college'
        ELSE 'free'
    END FROM referencement_examen WHERE candidature_id = candidature
$$;

CREATE FUNCTION say_the_freeze() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    NEW.gel := freeze_of(NEW.id);
    RETURN NEW;
END $$;
CREATE TRIGGER candidature_says_its_freeze BEFORE INSERT OR UPDATE ON candidatures_candidature
    FOR EACH ROW EXECUTE FUNCTION say_the_freeze();

CREATE FUNCTION freeze_the_candidature() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE candidatures_candidature SET gel = freeze_of(id)
    WHERE id IN (
        CASE WHEN TG_OP <> 'DELETE' THEN NEW.candidature_id END, CASE WHEN TG_OP <> 'INSERT' THEN OLD.candidature_id END
    ) AND gel <> freeze_of(id);
    RETURN NULL;
END $$;
CREATE TRIGGER examen_freezes_its_candidature AFTER INSERT OR UPDATE OR DELETE ON referencement_examen
    FOR EACH ROW EXECUTE FUNCTION freeze_the_candidature();

UPDATE candidatures_candidature SET gel = freeze_of(id) WHERE gel <> freeze_of(id);
"""

BACK = """
DROP TRIGGER examen_freezes_its_candidature ON referencement_examen;
DROP FUNCTION freeze_the_candidature();
DROP TRIGGER candidature_says_its_freeze ON candidatures_candidature;
DROP FUNCTION say_the_freeze();
DROP FUNCTION freeze_of(bigint);
"""


class Migration(migrations.Migration):
    """A candidature is frozen from its inscription to the agenda of a séance, and for good once it is attributed."""

    dependencies = [
        ("referencement", "0004_autorisation"),
        ("candidatures", "0014_freeze"),
        ("preuves", "0009_frozen"),
    ]

    operations = [migrations.RunSQL(FREEZE, BACK)]
