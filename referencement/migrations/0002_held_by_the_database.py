from django.db import migrations

WRITTEN_ONCE = ("document", "fichierdedocument")

# What the operations promise stands again in the database, whoever writes to it.
EXAMEN = """
CREATE FUNCTION hold_the_examen() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP <> 'INSERT' AND OLD.state IN ('attributed', 'not_attributed', 'postponed') THEN
        RAISE EXCEPTION 'A published examen is never rewritten.' USING ERRCODE = 'restrict_violation';
    END IF;
    IF TG_OP = 'DELETE' THEN
        RETURN OLD;
    END IF;
    IF NEW.state IN ('attributed', 'not_attributed', 'postponed') AND NOT EXISTS (
        SELECT FROM referencement_seanceducollege WHERE id = NEW.seance_id AND state = 'closed'
    ) THEN
        RAISE EXCEPTION 'An examen is published by the closing of its séance.' USING ERRCODE = 'restrict_violation';
    END IF;
    IF NEW.state = 'attributed' AND NOT EXISTS (
        SELECT FROM referencement_convention
        WHERE id = NEW.convention_id AND candidature_id = NEW.candidature_id
          AND state IN ('signed_by_editeur', 'countersigned')
    ) THEN
        RAISE EXCEPTION 'An attribution needs the signed convention of that candidature.'
            USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER examen_is_held BEFORE INSERT OR UPDATE OR DELETE ON referencement_examen
    FOR EACH ROW EXECUTE FUNCTION hold_the_examen();
"""

CONVENTION = """
CREATE FUNCTION hold_the_convention() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' OR NEW.data <> OLD.data OR NEW.sha256 <> OLD.sha256
       OR NEW.candidature_id <> OLD.candidature_id OR NEW.number <> OLD.number
       OR OLD.state IN ('cancelled', 'countersigned') THEN
        RAISE EXCEPTION 'What a convention says is never rewritten.' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER convention_is_held BEFORE UPDATE OR DELETE ON referencement_convention
    FOR EACH ROW EXECUTE FUNCTION hold_the_convention();
"""


def _written_once(table: str) -> migrations.RunSQL:
    return migrations.RunSQL(
        f"""CREATE TRIGGER {table}_is_written_once BEFORE UPDATE OR DELETE ON referencement_{table}
            FOR EACH ROW EXECUTE FUNCTION refuse_to_rewrite();""",
        f"DROP TRIGGER {table}_is_written_once ON referencement_{table}",
    )


class Migration(migrations.Migration):
    """A document is never rewritten; an attribution needs its situation, its convention and its séance's closing."""

    dependencies = [("referencement", "0001_initial"), ("comptes", "0002_journal_append_only")]

    operations = [
        *(_written_once(table) for table in WRITTEN_ONCE),
        migrations.RunSQL(
            EXAMEN, "DROP TRIGGER examen_is_held ON referencement_examen; DROP FUNCTION hold_the_examen()"
        ),
        migrations.RunSQL(
            CONVENTION,
            "DROP TRIGGER convention_is_held ON referencement_convention; DROP FUNCTION hold_the_convention()",
        ),
    ]
