import django.contrib.postgres.indexes
from django.db import migrations


class Migration(migrations.Migration):
    """The people of the ANS are few among the accounts: lists look for them by their roles."""

    dependencies = [("comptes", "0027_visits")]

    operations = [
        migrations.AddIndex(
            model_name="compte",
            index=django.contrib.postgres.indexes.GinIndex(fields=["roles_ans"], name="compte_by_role"),
        ),
    ]
