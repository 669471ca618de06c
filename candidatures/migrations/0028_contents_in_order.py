from django.db import migrations, models


class Migration(migrations.Migration):
    """The files of one content are read in order, so that the first of them cost no more when there are many."""

    dependencies = [("candidatures", "0027_number_among_the_names")]

    operations = [
        migrations.RemoveIndex(model_name="piece", name="piece_by_sha256"),
        migrations.AddIndex(
            model_name="piece", index=models.Index(fields=["sha256", "id"], name="piece_by_sha256")
        ),
    ]
