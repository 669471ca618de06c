from django.db import migrations

# `unaccent` is only stable, since somebody might change its dictionary; nobody does, and an index needs more. Both are
# named with their schema, for the day when a dump is restored without a search path.
FUNCTION = """
CREATE FUNCTION sort_name(name text) RETURNS text LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
    SELECT public.unaccent('public.unaccent'::regdictionary, lower(name))
$$;
"""


class Migration(migrations.Migration):
    """The key by which lists of names are sorted."""

    dependencies = [("comptes", "0002_journal_append_only")]

    operations = [migrations.RunSQL(FUNCTION, "DROP FUNCTION sort_name(text)")]
