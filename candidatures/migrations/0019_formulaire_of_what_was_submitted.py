from django.db import migrations

# What the portal asked, unnumbered, before formulaires were data.
FIRST = "1"


def number_them(apps, schema_editor):
    volets = apps.get_model("candidatures", "Volet").objects
    volets.filter(first_submitted_at__isnull=False).update(formulaire=FIRST)


class Migration(migrations.Migration):
    dependencies = [("candidatures", "0018_formulaires")]

    operations = [migrations.RunPython(number_them, migrations.RunPython.noop)]
