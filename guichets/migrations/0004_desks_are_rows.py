import django.db.models.deletion
from django.db import migrations, models

ROLES = [("utilisateur", "Éditeur de logiciel utilisateur"), ("proxy", "Éditeur de proxy")]
ROLES_OF_STAGES = [("depart", "Première étape"), ("", "Étape"), ("accord", "Accord"), ("refus", "Refus")]


class Migration(migrations.Migration):
    """Write the desks, their stages and moves as rows; make room for one machine in the table of demandes.

    The three former machines leave the code at once, for their fields bear the same names; their tables stay until
    what they hold is copied.
    """

    dependencies = [("guichets", "0003_first_confirmed_at")]

    operations = [
        migrations.SeparateDatabaseAndState(
            state_operations=[
                migrations.DeleteModel("Habilitation"),
                migrations.DeleteModel("Homologation"),
                migrations.DeleteModel("LienGazelle"),
            ]
        ),
        migrations.CreateModel(
            name="Guichet",
            fields=[
                ("code", models.CharField(max_length=30, primary_key=True, serialize=False)),
                ("nom", models.CharField(max_length=120)),
            ],
            options={"verbose_name": "guichet"},
        ),
        migrations.CreateModel(
            name="Etape",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("code", models.CharField(max_length=30)),
                ("nom", models.CharField(max_length=120)),
                ("rang", models.PositiveSmallIntegerField()),
                (
                    "role",
                    models.CharField(blank=True, choices=ROLES_OF_STAGES, max_length=10, verbose_name="rôle"),
                ),
                (
                    "guichet",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="etapes", to="guichets.guichet"
                    ),
                ),
            ],
            options={
                "verbose_name": "étape d’un guichet",
                "verbose_name_plural": "étapes des guichets",
                "constraints": [
                    models.UniqueConstraint(fields=["guichet", "code"], name="etape_once_at_a_desk"),
                    models.UniqueConstraint(
                        condition=models.Q(("role", "depart")), fields=["guichet"], name="etape_one_beginning_at_a_desk"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("role__in", ["depart", "", "accord", "refus"])), name="etape_role_is_known"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Mouvement",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("depart", models.CharField(max_length=30)),
                ("arrivee", models.CharField(max_length=30)),
                ("retour", models.BooleanField()),
                (
                    "guichet",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="mouvements", to="guichets.guichet"
                    ),
                ),
            ],
            options={
                "verbose_name": "mouvement",
                "constraints": [
                    models.UniqueConstraint(fields=["guichet", "depart", "arrivee"], name="mouvement_once"),
                    models.CheckConstraint(
                        condition=models.Q(("depart", models.F("arrivee")), _negated=True),
                        name="mouvement_leads_elsewhere",
                    ),
                ],
            },
        ),
        migrations.AddField(
            "demandeauguichet", "role", models.CharField("rôle", blank=True, choices=ROLES, default="", max_length=12), False
        ),
        migrations.AddField(
            "demandeauguichet", "proxy", models.CharField(blank=True, default="", max_length=200), False
        ),
        migrations.AddField(
            "demandeauguichet", "composant", models.CharField(blank=True, default="", max_length=120), False
        ),
        migrations.AddField(
            "demandeauguichet", "teleservice", models.CharField("téléservice", blank=True, default="", max_length=20), False
        ),
        migrations.AddField(
            "demandeauguichet", "nil", models.CharField("NIL du composant", blank=True, default="", max_length=40), False
        ),
        migrations.AddField(
            "demandeauguichet", "preuve", models.CharField("N° preuve", blank=True, default="", max_length=60), False
        ),
        migrations.AddField(
            "demandeauguichet",
            "state",
            models.CharField("étape", default="", max_length=30),
            False,
        ),
        migrations.AddField(
            "demandeauguichet",
            "moved_at",
            models.DateTimeField("étape connue depuis le", blank=True, null=True),
        ),
        migrations.AddField(
            "demandeauguichet", "decided_date", models.DateField("décidée le", blank=True, null=True)
        ),
    ]
