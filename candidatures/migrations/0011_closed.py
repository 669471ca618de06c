from django.db import migrations, models


class Migration(migrations.Migration):
    """The few that are closed, withdrawn or foreclosed, which lists leave out."""

    dependencies = [("candidatures", "0010_accuses")]

    operations = [
        migrations.RemoveIndex(model_name="candidature", name="candidature_withdrawn"),
        migrations.AddIndex(
            model_name="candidature",
            index=models.Index(
                condition=models.Q(("state__in", ("withdrawn", "foreclosed"))), fields=["id"], name="candidature_closed"
            ),
        ),
    ]
