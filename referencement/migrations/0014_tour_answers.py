from django.db import migrations, models

ANSWERS = """
CREATE FUNCTION say_the_answers() RETURNS trigger LANGUAGE plpgsql AS $$
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
CREATE TRIGGER tour_says_its_answers BEFORE INSERT OR UPDATE ON referencement_tourprojete
    FOR EACH ROW EXECUTE FUNCTION say_the_answers();

UPDATE referencement_tourprojete SET answers = '';
"""

BACK = "DROP TRIGGER tour_says_its_answers ON referencement_tourprojete; DROP FUNCTION say_the_answers();"


class Migration(migrations.Migration):
    """A turn says which filters of the ANS's list keep it: they are counted from one index."""

    dependencies = [("referencement", "0013_tour_objets")]

    operations = [
        migrations.AddField(
            model_name="tourprojete",
            name="answers",
            field=models.TextField(db_collation="C", default="", editable=False),
        ),
        migrations.RunSQL(ANSWERS, BACK),
        migrations.AddIndex(
            model_name="tourprojete", index=models.Index(fields=["answers"], name="tour_answers")
        ),
    ]
