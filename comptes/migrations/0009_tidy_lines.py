"""Names and addresses that were kept with a line end or a control character: each becomes a space."""

from django.db import migrations

LINES = {
    "comptes_compte": ("first_name", "last_name", "phone"),
    "comptes_editeur": ("raison_sociale", "adresse", "code_postal", "commune", "pays"),
}
TIDY = """
    UPDATE {table} SET {column} = btrim(regexp_replace({column}, '[[:cntrl:]\u2028\u2029\u202a-\u202e\u2066-\u2069]+', ' ', 'g'))
    WHERE {column} ~ '[[:cntrl:]\u2028\u2029\u202a-\u202e\u2066-\u2069]'
"""


class Migration(migrations.Migration):
    dependencies = [("comptes", "0008_essais")]
    operations = [
        migrations.RunSQL(TIDY.format(table=table, column=column), migrations.RunSQL.noop)
        for table, columns in LINES.items()
        for column in columns
    ]
