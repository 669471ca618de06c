import django.contrib.postgres.indexes
from django.contrib.postgres.operations import TrigramExtension
from django.db import migrations

import comptes.models.sorting


class Migration(migrations.Migration):
    """Names in which a word is looked for by an index."""

    dependencies = [("comptes", "0021_claimed_company")]

    operations = [
        TrigramExtension(),
        migrations.AddIndex(
            model_name="editeur",
            index=django.contrib.postgres.indexes.GinIndex(
                django.contrib.postgres.indexes.OpClass(
                    comptes.models.sorting.SortName("raison_sociale"), "gin_trgm_ops"
                ),
                name="editeur_by_words",
            ),
        ),
    ]
