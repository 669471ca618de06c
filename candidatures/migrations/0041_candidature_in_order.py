from django.db import migrations, models


class Migration(migrations.Migration):
    """A search of the public list reads the index of its order, and a candidature only once it is shown."""

    dependencies = [("candidatures", "0040_words")]

    operations = [
        migrations.RemoveIndex(model_name="candidature", name="candidature_in_order"),
        migrations.AddIndex(
            model_name="candidature",
            index=models.Index(
                fields=["noms", "id"],
                include=["nru", "dispositif", "state", "gel", "handed_over_at", "succeeds"],
                name="candidature_in_order",
            ),
        ),
    ]
