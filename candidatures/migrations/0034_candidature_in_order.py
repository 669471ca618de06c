from django.db import migrations, models


class Migration(migrations.Migration):
    """The public list is read in the order of the names, as far as it is shown: a search stops soon."""

    dependencies = [("candidatures", "0033_suivi")]

    operations = [
        migrations.AddIndex(
            model_name="candidature", index=models.Index(fields=["noms", "id"], name="candidature_in_order")
        ),
    ]
