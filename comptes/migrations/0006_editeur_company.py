from django.db import migrations, models


class Migration(migrations.Migration):
    """The SIREN becomes the identifier of a company of France: the number stays where it is, the country is added."""

    dependencies = [("comptes", "0005_avis")]

    operations = [
        migrations.RemoveConstraint("editeur", "editeur_siren_is_nine_digits"),
        migrations.AlterField("editeur", "siren", models.CharField(max_length=9, verbose_name="numéro SIREN")),
        migrations.RenameField("editeur", "siren", "identifier"),
        migrations.AlterField(
            "editeur", "identifier", models.CharField(max_length=40, verbose_name="identifiant d’entreprise")
        ),
        migrations.AddField(
            "editeur",
            "country",
            models.CharField(default="FR", max_length=2, verbose_name="pays d’immatriculation"),
        ),
        migrations.AddConstraint(
            "editeur",
            models.UniqueConstraint(
                fields=["country", "identifier"],
                name="editeur_once_a_company",
                violation_error_message="Un éditeur est déjà inscrit sous cet identifiant.",
            ),
        ),
        migrations.AddConstraint(
            "editeur",
            models.CheckConstraint(
                condition=~models.Q(country="FR") | models.Q(identifier__regex=r"^[0-9]{9}$"),
                name="editeur_siren_is_nine_digits",
                violation_error_message="Un SIREN compte neuf chiffres.",
            ),
        ),
        migrations.AddConstraint(
            "editeur",
            models.CheckConstraint(
                condition=models.Q(country__regex=r"^[A-Z]{2}$", identifier__regex=r"^[A-Z0-9][A-Z0-9./-]*$"),
                name="editeur_names_a_company",
                violation_error_message="Un éditeur est désigné par un pays et un identifiant.",
            ),
        ),
    ]
