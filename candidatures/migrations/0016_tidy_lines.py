"""Names of products that were kept with a line end or a control character: each becomes a space."""

from django.db import migrations

LINES = {
    "candidatures_produit": ("nom",),
}
TIDY = """
    UPDATE {table} SET {column} = btrim(regexp_replace({column}, '[[:cntrl:]\u2028\u2029\u202a-\u202e\u2066-\u2069]+', ' ', 'g'))
    WHERE {column} ~ '[[:cntrl:]\u2028\u2029\u202a-\u202e\u2066-\u2069]'
"""


class Migration(migrations.Migration):
    dependencies = [("candidatures", "0015_derogations_asked")]
    operations = [
        migrations.RunSQL(TIDY.format(table=table, column=column), migrations.RunSQL.noop)
        for table, columns in LINES.items()
        for column in columns
    ]
