import django.db.models.deletion
import django.db.models.functions.text
from django.db import migrations, models


def belong_to_the_only_one(apps, schema_editor):
    """Where one dispositif alone was loaded, what was written for all of them was written for it."""
    known = list(apps.get_model("candidatures", "Dispositif").objects.values_list("pk", flat=True)[:2])
    if len(known) == 1:
        apps.get_model("candidatures", "ModeleDeDemande").objects.update(dispositif=known[0])


class Migration(migrations.Migration):

    dependencies = [
        ("candidatures", "0020_exigences_d_echeance"),
    ]

    operations = [
        migrations.RemoveConstraint(model_name="modelededemande", name="modele_titre_once_in_a_volet"),
        migrations.AddField(
            model_name="modelededemande",
            name="dispositif",
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name="modeles", to="candidatures.dispositif", verbose_name="démarche"),
        ),
        migrations.RunPython(belong_to_the_only_one, migrations.RunPython.noop),
        migrations.AddConstraint(
            model_name="modelededemande",
            constraint=models.UniqueConstraint(models.F("dispositif"), models.F("kind"), django.db.models.functions.text.Lower("titre"), condition=models.Q(("retired_at", None)), name="modele_titre_once_in_a_volet", violation_error_message="Un modèle de ce titre existe déjà pour ce volet."),
        ),
    ]
