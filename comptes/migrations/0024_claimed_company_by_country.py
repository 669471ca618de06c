from django.db import migrations


class Migration(migrations.Migration):
    """The company that an identity names is kept by its country: `SIREN 123456782` becomes `FR 123456782`."""

    dependencies = [("comptes", "0023_retour_incompris")]

    operations = [
        migrations.RunSQL(
            "UPDATE comptes_inscription SET claimed = 'FR ' || substr(claimed, 7) WHERE claimed LIKE 'SIREN %'",
            "UPDATE comptes_inscription SET claimed = 'SIREN ' || substr(claimed, 4) WHERE claimed LIKE 'FR %'",
        )
    ]
