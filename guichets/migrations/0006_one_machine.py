import django.db.models.deletion
from django.db import migrations, models

FORMER = "DROP TABLE guichets_habilitation, guichets_homologation, guichets_liengazelle;"


class Migration(migrations.Migration):
    """Let the desk of a demande be a row, and take away the tables of the three former machines."""

    dependencies = [("guichets", "0005_three_machines_into_one")]

    operations = [
        migrations.RunSQL(FORMER),
        migrations.RemoveConstraint("demandeauguichet", "demande_guichet_desk_is_known"),
        migrations.AlterField(
            "demandeauguichet",
            "guichet",
            models.ForeignKey(
                db_column="guichet",
                on_delete=django.db.models.deletion.PROTECT,
                related_name="demandes",
                to="guichets.guichet",
            ),
        ),
        migrations.AddConstraint(
            "demandeauguichet",
            models.CheckConstraint(
                condition=models.Q(
                    models.Q(("proxy", ""), ("role", "")),
                    ("role__in", ["utilisateur", "proxy"]),
                    _connector="OR",
                ),
                name="demande_guichet_role_is_known",
            ),
        ),
        migrations.AddConstraint(
            "demandeauguichet",
            models.CheckConstraint(
                condition=models.Q(
                    models.Q(("composant", ""), ("role", ""), ("teleservice", "")),
                    models.Q(("preuve", ""), ("role", ""), models.Q(("teleservice", ""), _negated=True)),
                    models.Q(
                        ("composant", ""), ("preuve", ""), ("teleservice", ""), models.Q(("role", ""), _negated=True)
                    ),
                    _connector="OR",
                ),
                name="demande_guichet_is_for_one_thing",
                violation_error_message="Une demande porte sur un rôle, un téléservice, une preuve, ou la solution.",
            ),
        ),
        migrations.AlterField("anomalie", "owner", models.CharField("à qui d’agir", max_length=30)),
    ]
