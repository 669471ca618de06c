from django.db import migrations, models


class Migration(migrations.Migration):
    """The chapitres that wait for the ANS, in the order in which it reads them."""

    dependencies = [("preuves", "0004_apercu")]

    operations = [
        migrations.RemoveIndex(model_name="chapitre", name="chapitre_waiting"),
        migrations.AddIndex(
            model_name="chapitre",
            index=models.Index(
                condition=models.Q(("state__in", ("submitted", "under_review"))),
                fields=["submitted_at", "id"],
                include=("dossier",),
                name="chapitre_waiting_in_order",
            ),
        ),
    ]
