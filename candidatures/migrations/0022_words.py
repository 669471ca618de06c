import django.contrib.postgres.indexes
from django.db import migrations

import comptes.models.sorting


class Migration(migrations.Migration):
    """Names and numbers in which a word is looked for by an index."""

    dependencies = [("candidatures", "0021_modeles_of_a_dispositif"), ("comptes", "0022_words")]

    operations = [
        migrations.AddIndex(
            model_name="candidature",
            index=django.contrib.postgres.indexes.GinIndex(
                django.contrib.postgres.indexes.OpClass("nru", "gin_trgm_ops"), name="candidature_by_part_of_nru"
            ),
        ),
        migrations.AddIndex(
            model_name="produit",
            index=django.contrib.postgres.indexes.GinIndex(
                django.contrib.postgres.indexes.OpClass(comptes.models.sorting.SortName("nom"), "gin_trgm_ops"),
                name="produit_by_words",
            ),
        ),
    ]
