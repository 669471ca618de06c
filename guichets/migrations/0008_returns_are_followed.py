from django.db import migrations, models

# A move backwards says since when, from where and why; the others are as before.
RETURNS_BEAR_THEIR_STAMPS = """
CREATE FUNCTION refuse_a_return_without_stamps() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (
        SELECT FROM guichets_mouvement
        WHERE guichet_id = NEW.guichet AND depart = OLD.state AND arrivee = NEW.state AND retour
    ) AND (NEW.returned_at IS DISTINCT FROM NEW.moved_at OR NEW.returned_from <> OLD.state) THEN
        RAISE EXCEPTION 'Une demande qui revient en arrière dit depuis quand, d’où et pourquoi.'
            USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER demande_guichet_returns_with_its_stamps BEFORE UPDATE ON guichets_demandeauguichet
    FOR EACH ROW WHEN (OLD.state <> NEW.state) EXECUTE FUNCTION refuse_a_return_without_stamps();
"""
WITHOUT = """
DROP TRIGGER demande_guichet_returns_with_its_stamps ON guichets_demandeauguichet;
DROP FUNCTION refuse_a_return_without_stamps();
"""
KINDS_SAID = [
    ("backwards", "Retour en arrière"),
    ("out_of_refused", "Sortie d’un refus"),
    ("grant_lost", "Accord perdu"),
    ("unknown_status", "Statut inconnu"),
    ("other_software", "Autre logiciel"),
    ("other_object", "Autre objet"),
    ("older_date", "Date plus ancienne"),
    ("future_date", "Date dans le futur"),
    ("contradicts_manual", "Désaccord avec un relevé saisi"),
    ("unknown_number", "Numéro inconnu du guichet"),
    ("other_id", "Réponse sur une autre demande"),
    ("other_schema", "Réponse d’une autre forme"),
    ("forbidden_host", "Adresse non autorisée"),
    ("too_large", "Réponse trop longue"),
]
KINDS = [kind for kind, _ in KINDS_SAID]


class Migration(migrations.Migration):
    """Keep since when, from where and why a desk went back; and that a grant was asked to be confirmed again."""

    dependencies = [("guichets", "0007_moves_are_rows")]

    operations = [
        migrations.AddField(
            "demandeauguichet", "returned_at", models.DateTimeField("revenue en arrière le", blank=True, null=True)
        ),
        migrations.AddField(
            "demandeauguichet",
            "returned_from",
            models.CharField("revenue de l’étape", blank=True, default="", max_length=30),
            False,
        ),
        migrations.AddField(
            "demandeauguichet",
            "returned_reason",
            models.CharField("ce qu’en dit le guichet", blank=True, default="", max_length=600),
            False,
        ),
        migrations.AddField(
            "demandeauguichet",
            "reconfirm_asked_at",
            models.DateTimeField("confirmation de l’accord demandée le", blank=True, null=True),
        ),
        migrations.AddField(
            "passage", "reason", models.CharField("pourquoi en arrière", blank=True, default="", max_length=600), False
        ),
        migrations.AddConstraint(
            "demandeauguichet",
            models.CheckConstraint(
                condition=models.Q(
                    models.Q(("returned_at", None), ("returned_from", ""), ("returned_reason", "")),
                    models.Q(
                        models.Q(("returned_from", ""), _negated=True),
                        models.Q(("returned_reason", ""), _negated=True),
                        ("returned_at__isnull", False),
                    ),
                    _connector="OR",
                ),
                name="demande_guichet_return_bears_its_stamps",
                violation_error_message="Une demande revenue en arrière dit depuis quand, d’où et pourquoi.",
            ),
        ),
        migrations.AlterField("anomalie", "kind", models.CharField("nature", choices=KINDS_SAID, max_length=20)),
        migrations.RemoveConstraint("anomalie", "anomalie_kind_is_known"),
        migrations.AddConstraint(
            "anomalie",
            models.CheckConstraint(condition=models.Q(("kind__in", KINDS)), name="anomalie_kind_is_known"),
        ),
        migrations.RunSQL(RETURNS_BEAR_THEIR_STAMPS, WITHOUT),
    ]
