from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("preuves", "0026_nombre_de_chapitres")]

    operations = [
        migrations.RemoveConstraint(model_name="annotationdepreuve", name="annotation_says_something"),
        migrations.RenameField(model_name="annotationdepreuve", old_name="said", new_name="content"),
        migrations.AlterField(
            model_name="annotationdepreuve", name="content", field=models.JSONField(verbose_name="contenu")
        ),
        migrations.AddConstraint(
            model_name="annotationdepreuve",
            constraint=models.CheckConstraint(
                condition=models.Q(("content", {}), _negated=True),
                name="annotation_is_not_empty",
                violation_error_message="Une annotation n’est pas vide.",
            ),
        ),
    ]
