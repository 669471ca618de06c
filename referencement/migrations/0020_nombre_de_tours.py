from django.db import migrations, models

COUNTED = """
CREATE FUNCTION count_the_answers() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP <> 'INSERT' THEN
        INSERT INTO referencement_nombredetours (answers, delta) VALUES (OLD.answers, -1);
    END IF;
    IF TG_OP <> 'DELETE' THEN
        INSERT INTO referencement_nombredetours (answers, delta) VALUES (NEW.answers, 1);
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER tour_is_counted AFTER INSERT OR DELETE ON referencement_tourprojete
    FOR EACH ROW EXECUTE FUNCTION count_the_answers();
CREATE TRIGGER tour_is_counted_again AFTER UPDATE ON referencement_tourprojete
    FOR EACH ROW WHEN (OLD.answers IS DISTINCT FROM NEW.answers) EXECUTE FUNCTION count_the_answers();

INSERT INTO referencement_nombredetours (answers, delta)
    SELECT answers, count(*) FROM referencement_tourprojete GROUP BY answers;
"""

BACK = """
DROP TRIGGER tour_is_counted_again ON referencement_tourprojete;
DROP TRIGGER tour_is_counted ON referencement_tourprojete;
DROP FUNCTION count_the_answers();
"""


class Migration(migrations.Migration):
    """The turns that each filter keeps are counted as they change, and no longer one by one on each page."""

    dependencies = [("referencement", "0019_pilotage")]

    operations = [
        migrations.CreateModel(
            name="NombreDeTours",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("answers", models.TextField(db_collation="C", editable=False)),
                ("delta", models.IntegerField()),
            ],
            options={"verbose_name": "nombre de tours", "verbose_name_plural": "nombres de tours"},
        ),
        migrations.RunSQL(COUNTED, BACK),
        migrations.RemoveIndex(model_name="tourprojete", name="tour_answers"),
    ]
