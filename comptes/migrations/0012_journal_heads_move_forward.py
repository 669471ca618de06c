import hashlib
import json
from datetime import UTC
from typing import Any

from django.db import migrations

HEADS = """
CREATE FUNCTION journal_head_moves_forward() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.name <> OLD.name OR NEW.length <> OLD.length + 1 OR NEW.head = OLD.head OR NEW.head = '' THEN
        RAISE EXCEPTION 'The head of % moves forward, one row at a time.', OLD.name
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;
END
$$;
CREATE TRIGGER journal_head_moves_forward BEFORE UPDATE ON comptes_journalchain
    FOR EACH ROW EXECUTE FUNCTION journal_head_moves_forward();
CREATE TRIGGER journal_head_is_never_removed BEFORE DELETE ON comptes_journalchain
    FOR EACH ROW EXECUTE FUNCTION refuse_to_rewrite();
CREATE TRIGGER journal_heads_are_never_emptied BEFORE TRUNCATE ON comptes_journalchain
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_to_rewrite();
CREATE TRIGGER register_is_written_once BEFORE UPDATE OR DELETE ON comptes_registeredchain
    FOR EACH ROW EXECUTE FUNCTION refuse_to_rewrite();
CREATE TRIGGER register_is_never_emptied BEFORE TRUNCATE ON comptes_registeredchain
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_to_rewrite();
"""
NO_HEADS = """
DROP TRIGGER register_is_never_emptied ON comptes_registeredchain;
DROP TRIGGER register_is_written_once ON comptes_registeredchain;
DROP TRIGGER journal_heads_are_never_emptied ON comptes_journalchain;
DROP TRIGGER journal_head_is_never_removed ON comptes_journalchain;
DROP TRIGGER journal_head_moves_forward ON comptes_journalchain;
DROP FUNCTION journal_head_moves_forward();
"""


def register_what_is_there(apps: Any, schema_editor: Any) -> None:
    """Register the chains that began before there was a register, by the instant of their first act."""
    entries = apps.get_model("comptes", "JournalEntry").objects.filter(number=1)
    previous = ""
    for number, (name, at) in enumerate(entries.order_by("at", "chain").values_list("chain", "at"), start=1):
        opened_at = at.astimezone(UTC).isoformat(timespec="microseconds")
        said = {"number": number, "name": name, "opened_at": opened_at, "previous": previous}
        canonical = json.dumps(said, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
        sha256 = hashlib.sha256(canonical.encode()).hexdigest()
        apps.get_model("comptes", "RegisteredChain").objects.create(
            number=number, name=name, opened_at=at, previous=previous, sha256=sha256
        )
        previous = sha256


class Migration(migrations.Migration):
    dependencies = [("comptes", "0011_registered_chains")]

    operations = [
        migrations.RunPython(register_what_is_there, migrations.RunPython.noop, elidable=True),
        migrations.RunSQL(HEADS, NO_HEADS),
    ]
