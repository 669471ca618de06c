from django.db import migrations, models

from comptes.models import SortName

HAND_OVER = """
UPDATE candidatures_candidature SET handed_over_at = whole.at
FROM (
    SELECT candidature_id, max(first_submitted_at) AS at FROM candidatures_volet
    GROUP BY candidature_id HAVING count(first_submitted_at) = count(*)
) AS whole
WHERE whole.candidature_id = candidatures_candidature.id
"""


class Migration(migrations.Migration):
    """What the lists of candidatures are found and sorted by, however many there are."""

    dependencies = [("candidatures", "0004_written_once"), ("comptes", "0003_sort_name")]

    operations = [
        migrations.AddField(
            model_name="candidature",
            name="handed_over_at",
            field=models.DateTimeField(blank=True, null=True, verbose_name="dossier administratif remis le"),
        ),
        migrations.AddIndex(
            model_name="candidature",
            index=models.Index(fields=["-opened_at", "id"], name="candidature_latest_first"),
        ),
        migrations.AddIndex(
            model_name="candidature",
            index=models.Index(
                condition=models.Q(("handed_over_at__isnull", False), ("state", "open")),
                fields=["dispositif", "handed_over_at"],
                name="candidature_handed_over",
            ),
        ),
        migrations.AddIndex(
            model_name="produit",
            index=models.Index(SortName("nom"), models.F("id"), name="produit_by_name"),
        ),
        migrations.RunSQL(HAND_OVER, migrations.RunSQL.noop),
    ]
