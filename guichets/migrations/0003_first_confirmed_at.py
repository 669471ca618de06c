from django.db import migrations, models

# The first stage that it was seen at, else the latest consistent answer: all that was kept of the first one.
BACKFILL = """
UPDATE guichets_demandeauguichet demande
SET first_confirmed_at = COALESCE(
    (SELECT min(passed_at) FROM guichets_passage WHERE demande_id = demande.id), demande.confirmed_at
)
WHERE confirmed_at IS NOT NULL
"""


class Migration(migrations.Migration):
    """Keep when a desk first said something consistent of a demande: it may have to be known as of then."""

    dependencies = [("guichets", "0002_written_once")]

    operations = [
        migrations.AddField(
            model_name="demandeauguichet",
            name="first_confirmed_at",
            field=models.DateTimeField("premier relevé cohérent", blank=True, null=True),
        ),
        migrations.RunSQL(BACKFILL, migrations.RunSQL.noop),
    ]
