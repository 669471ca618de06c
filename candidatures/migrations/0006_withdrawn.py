from django.db import migrations, models


class Migration(migrations.Migration):
    """The few that were withdrawn, which lists leave out."""

    dependencies = [("candidatures", "0005_handed_over")]

    operations = [
        migrations.AddIndex(
            model_name="candidature",
            index=models.Index(condition=models.Q(("state", "withdrawn")), fields=["id"], name="candidature_withdrawn"),
        ),
    ]
