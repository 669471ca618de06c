from django.db import migrations, models

FROZEN = """
CREATE FUNCTION refuse_to_reopen_what_is_frozen() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT FROM candidatures_candidature WHERE id = NEW.candidature_id AND gel <> 'free') THEN
        RAISE EXCEPTION 'What the collège looks at is not opened again.' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER volet_is_frozen BEFORE UPDATE OF state ON candidatures_volet FOR EACH ROW
    WHEN (NEW.state = 'complement_requested' AND OLD.state <> NEW.state)
    EXECUTE FUNCTION refuse_to_reopen_what_is_frozen();
"""

BACK = "DROP TRIGGER volet_is_frozen ON candidatures_volet; DROP FUNCTION refuse_to_reopen_what_is_frozen();"


class Migration(migrations.Migration):
    """A candidature says whether the collège has it; none of its volets is then opened again."""

    dependencies = [("candidatures", "0013_demandes")]

    operations = [
        migrations.AddField(
            model_name="candidature",
            name="gel",
            field=models.CharField(
                choices=[
                    ("free", "Modifiable"),
                    ("college", "À l’ordre du jour du collège"),
                    ("attributed", "Référencement attribué"),
                ],
                default="free",
                editable=False,
                max_length=10,
                verbose_name="gel",
            ),
        ),
        migrations.AddConstraint(
            model_name="candidature",
            constraint=models.CheckConstraint(
                condition=models.Q(("gel__in", ["free", "college", "attributed"])), name="candidature_gel_is_known"
            ),
        ),
        migrations.RunSQL(FROZEN, BACK),
    ]
