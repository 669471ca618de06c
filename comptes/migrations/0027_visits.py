from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("comptes", "0026_textes"),
    ]

    operations = [
        migrations.AddField(
            model_name="compte",
            name="visit_at",
            field=models.DateTimeField(blank=True, null=True, verbose_name="dernière connexion"),
        ),
        migrations.AddField(
            model_name="compte",
            name="last_visit_at",
            field=models.DateTimeField(blank=True, null=True, verbose_name="connexion précédente"),
        ),
    ]
