from django.db import migrations

TRIGGERS = """
CREATE FUNCTION refuse_to_rewrite_security() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' AND current_setting('portail.retention', true) = 'over' THEN
        RETURN OLD;
    END IF;
    RAISE EXCEPTION 'The rows of % are written once: % is refused.', TG_TABLE_NAME, TG_OP
        USING ERRCODE = 'integrity_constraint_violation';
END
$$;
CREATE TRIGGER security_is_written_once BEFORE UPDATE OR DELETE ON comptes_evenementdesecurite
    FOR EACH ROW EXECUTE FUNCTION refuse_to_rewrite_security();
CREATE TRIGGER security_is_never_emptied BEFORE TRUNCATE ON comptes_evenementdesecurite
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_to_rewrite();
"""
NO_TRIGGERS = """
DROP TRIGGER security_is_never_emptied ON comptes_evenementdesecurite;
DROP TRIGGER security_is_written_once ON comptes_evenementdesecurite;
DROP FUNCTION refuse_to_rewrite_security();
"""


class Migration(migrations.Migration):
    """The security log only grows, but for what is older than its retention, which the owner's role erases."""

    dependencies = [("comptes", "0018_security")]

    operations = [migrations.RunSQL(TRIGGERS, NO_TRIGGERS)]
