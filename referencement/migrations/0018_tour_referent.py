from django.db import migrations

ANSWERS = """
CREATE OR REPLACE FUNCTION say_the_answers() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    NEW.answers := concat_ws(' ',
        CASE WHEN NEW.ans_count > 0 THEN 'ans' END,
        CASE WHEN NEW.editeur_count > 0 THEN 'editeur' END,
        CASE WHEN NEW.guichet_count > 0 THEN 'guichet' END,
        CASE WHEN NEW.is_over THEN 'close'
             WHEN NEW.ans_count = 0 AND NEW.editeur_count = 0 AND NEW.guichet_count = 0 THEN 'personne' END,
        nullif(array_to_string(NEW.ans_objets, ' '), ''),
        (SELECT 'r:' || compte_id FROM candidatures_referent WHERE candidature_id = NEW.candidature_id));
    RETURN NEW;
END $$;

CREATE FUNCTION tell_the_tour_of_its_referent() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP <> 'INSERT' THEN
        UPDATE referencement_tourprojete SET answers = '' WHERE candidature_id = OLD.candidature_id;
    END IF;
    IF TG_OP <> 'DELETE' THEN
        UPDATE referencement_tourprojete SET answers = '' WHERE candidature_id = NEW.candidature_id;
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER referent_tells_the_tour AFTER INSERT OR UPDATE OR DELETE ON candidatures_referent
    FOR EACH ROW EXECUTE FUNCTION tell_the_tour_of_its_referent();
"""

BACK = """
DROP TRIGGER referent_tells_the_tour ON candidatures_referent;
DROP FUNCTION tell_the_tour_of_its_referent();
CREATE OR REPLACE FUNCTION say_the_answers() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    NEW.answers := concat_ws(' ',
        CASE WHEN NEW.ans_count > 0 THEN 'ans' END,
        CASE WHEN NEW.editeur_count > 0 THEN 'editeur' END,
        CASE WHEN NEW.guichet_count > 0 THEN 'guichet' END,
        CASE WHEN NEW.is_over THEN 'close'
             WHEN NEW.ans_count = 0 AND NEW.editeur_count = 0 AND NEW.guichet_count = 0 THEN 'personne' END,
        nullif(array_to_string(NEW.ans_objets, ' '), ''));
    RETURN NEW;
END $$;
"""


class Migration(migrations.Migration):
    """A turn says who follows its candidature, so that « à moi » is counted from the same index as the rest."""

    dependencies = [("referencement", "0017_durees_observees"), ("candidatures", "0031_referents")]

    operations = [migrations.RunSQL(ANSWERS, BACK)]
