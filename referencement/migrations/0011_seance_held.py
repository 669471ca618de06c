from django.db import migrations

# What the operations promise stands again in the database, whoever writes to it. Rows written before this law are left
# as they are: it is about what a row becomes.
SEANCE = """
CREATE FUNCTION hold_the_seance() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'INSERT' THEN
        IF NEW.state <> 'planned' OR NEW.held_at <= NEW.planned_at THEN
            RAISE EXCEPTION 'A séance begins planned, for an instant to come.' USING ERRCODE = 'restrict_violation';
        END IF;
        RETURN NEW;
    END IF;
    IF OLD.state IN ('closed', 'cancelled') THEN
        RAISE EXCEPTION 'A séance that is over is never rewritten.' USING ERRCODE = 'restrict_violation';
    END IF;
    IF NEW.state <> OLD.state AND (OLD.state || '>' || NEW.state)
       NOT IN ('planned>open', 'planned>cancelled', 'open>closed', 'open>cancelled') THEN
        RAISE EXCEPTION 'A séance does not go from % to %.', OLD.state, NEW.state USING ERRCODE = 'restrict_violation';
    END IF;
    IF NEW.held_at <> OLD.held_at AND (OLD.state <> 'planned' OR NOT EXISTS (
        SELECT FROM referencement_reportdeseance
        WHERE seance_id = NEW.id AND from_at = OLD.held_at AND to_at = NEW.held_at
    )) THEN
        RAISE EXCEPTION 'A planned séance is moved with a report that says why.' USING ERRCODE = 'restrict_violation';
    END IF;
    IF OLD.state = 'planned' AND NEW.state = 'open' THEN
        IF (NEW.opened_at AT TIME ZONE 'Europe/Paris')::date <> (NEW.held_at AT TIME ZONE 'Europe/Paris')::date THEN
            RAISE EXCEPTION 'A séance is opened on its day.' USING ERRCODE = 'restrict_violation';
        END IF;
        IF (SELECT count(*) FROM referencement_membredeseance WHERE seance_id = NEW.id AND is_present) < NEW.quorum THEN
            RAISE EXCEPTION 'A séance is opened with its quorum.' USING ERRCODE = 'restrict_violation';
        END IF;
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER seance_is_held BEFORE INSERT OR UPDATE ON referencement_seanceducollege
    FOR EACH ROW EXECUTE FUNCTION hold_the_seance();
"""

AVIS = """
CREATE FUNCTION hold_the_avis() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT EXISTS (
        SELECT FROM referencement_examen e
        JOIN referencement_seanceducollege s ON s.id = e.seance_id
        JOIN referencement_membredeseance m ON m.seance_id = s.id
        WHERE e.id = NEW.examen_id AND m.id = NEW.membre_id AND m.is_present
          AND s.state = 'open' AND e.state IN ('listed', 'decided')
    ) THEN
        RAISE EXCEPTION 'An avis is given by a member who is there, while the séance is open.'
            USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER avis_is_held BEFORE INSERT OR UPDATE ON referencement_avisdemembre
    FOR EACH ROW EXECUTE FUNCTION hold_the_avis();
"""

EXAMEN = """
CREATE FUNCTION hear_the_college() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.state = 'cancelled' THEN
        RAISE EXCEPTION 'An examen whose séance was cancelled is never rewritten.' USING ERRCODE = 'restrict_violation';
    END IF;
    IF TG_OP = 'DELETE' OR NEW.state = OLD.state THEN
        RETURN COALESCE(NEW, OLD);
    END IF;
    IF NEW.state = 'cancelled' AND NOT EXISTS (
        SELECT FROM referencement_seanceducollege WHERE id = NEW.seance_id AND state = 'cancelled'
    ) THEN
        RAISE EXCEPTION 'An examen is cancelled with its séance.' USING ERRCODE = 'restrict_violation';
    END IF;
    IF NEW.state IN ('attributed', 'not_attributed') AND NEW.against = '' AND (
        SELECT count(*) > 0 AND bool_and(
            a.avis = CASE NEW.state WHEN 'attributed' THEN 'unfavourable' ELSE 'favourable' END
        )
        FROM referencement_avisdemembre a JOIN referencement_membredeseance m ON m.id = a.membre_id
        WHERE a.examen_id = NEW.id AND a.avis IN ('favourable', 'unfavourable') AND m.is_present
    ) THEN
        RAISE EXCEPTION 'A decision against every avis says why.' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER examen_says_why BEFORE UPDATE OR DELETE ON referencement_examen
    FOR EACH ROW EXECUTE FUNCTION hear_the_college();
"""


def _trigger(sql: str, table: str, name: str, function: str) -> migrations.RunSQL:
    return migrations.RunSQL(sql, f"DROP TRIGGER {name} ON referencement_{table}; DROP FUNCTION {function}()")


def _written_once(table: str) -> migrations.RunSQL:
    return migrations.RunSQL(
        f"""CREATE TRIGGER {table}_is_written_once BEFORE UPDATE OR DELETE ON referencement_{table}
            FOR EACH ROW EXECUTE FUNCTION refuse_to_rewrite();""",
        f"DROP TRIGGER {table}_is_written_once ON referencement_{table}",
    )


class Migration(migrations.Migration):
    """A séance is planned to come, moved with a reason, opened on its day with its quorum, and never comes back."""

    dependencies = [("referencement", "0010_seance_lives"), ("comptes", "0002_journal_append_only")]

    operations = [
        _trigger(SEANCE, "seanceducollege", "seance_is_held", "hold_the_seance"),
        _trigger(AVIS, "avisdemembre", "avis_is_held", "hold_the_avis"),
        _trigger(EXAMEN, "examen", "examen_says_why", "hear_the_college"),
        _written_once("reportdeseance"),
        _written_once("convocation"),
    ]
