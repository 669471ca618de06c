from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("comptes", "0028_compte_by_role")]

    operations = [
        migrations.RemoveConstraint(model_name="echec", name="echec_once_a_work"),
        migrations.RenameField(model_name="echec", old_name="words", new_name="arguments"),
        migrations.AddConstraint(
            model_name="echec",
            constraint=models.UniqueConstraint(fields=("task", "arguments"), name="echec_once_a_work"),
        ),
    ]
