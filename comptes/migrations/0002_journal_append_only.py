from django.contrib.postgres.operations import UnaccentExtension
from django.db import migrations

FUNCTION = """
CREATE FUNCTION refuse_to_rewrite() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'The rows of % are written once: % is refused.', TG_TABLE_NAME, TG_OP
        USING ERRCODE = 'integrity_constraint_violation';
END
$$;
"""
TRIGGERS = """
CREATE TRIGGER journal_is_written_once BEFORE UPDATE OR DELETE ON comptes_journalentry
    FOR EACH ROW EXECUTE FUNCTION refuse_to_rewrite();
CREATE TRIGGER journal_is_never_emptied BEFORE TRUNCATE ON comptes_journalentry
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_to_rewrite();
"""


class Migration(migrations.Migration):
    """The journal only grows. Upper floors borrow `refuse_to_rewrite()` for their own immutable rows."""

    dependencies = [("comptes", "0001_initial")]

    operations = [
        UnaccentExtension(),
        migrations.RunSQL(FUNCTION, "DROP FUNCTION refuse_to_rewrite()"),
        migrations.RunSQL(
            TRIGGERS,
            "DROP TRIGGER journal_is_never_emptied ON comptes_journalentry;"
            "DROP TRIGGER journal_is_written_once ON comptes_journalentry;",
        ),
    ]
