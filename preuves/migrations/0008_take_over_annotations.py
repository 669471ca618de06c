from django.db import migrations


def take_over(apps, schema_editor):
    """Write what the versions already published say of each preuve beside its words.

    A desk, a constat or an exception that a later version lost without saying so stays known: the row of the latest
    version holds what the earlier ones said, and what it changes.
    """
    versions = apps.get_model("preuves", "VersionDuREM").objects.order_by("dispositif", "date", "pk")
    annotation = apps.get_model("preuves", "AnnotationDePreuve")
    known = {}
    for version in versions:
        rows = []
        for preuve in apps.get_model("preuves", "PreuveAttendue").objects.filter(version=version).order_by("rank", "pk"):
            before = known.get((version.dispositif_id, preuve.numero), {})
            said = {**before, **said_of(preuve)}
            if said != before:
                known[version.dispositif_id, preuve.numero] = said
                rows.append(annotation(version=version, numero=preuve.numero, said=said))
        annotation.objects.bulk_create(rows)


def said_of(preuve):
    """Whether a nature was said or inferred is not written: what was published holds."""
    said = {"nature": preuve.nature}
    if preuve.guichet != "ANS":
        said["guichet"] = preuve.guichet
    if preuve.constat:
        said["constat"] = preuve.constat
    if preuve.sauf_profils:
        said["sauf_profils"] = preuve.sauf_profils
    return said


class Migration(migrations.Migration):
    """What is known of each preuve is taken over from the versions already published; it is then written once."""

    dependencies = [("preuves", "0007_what_is_known")]

    operations = [
        migrations.RunPython(take_over, migrations.RunPython.noop),
        migrations.RunSQL(
            "CREATE TRIGGER annotationdepreuve_is_written_once BEFORE UPDATE OR DELETE ON preuves_annotationdepreuve "
            "FOR EACH ROW EXECUTE FUNCTION refuse_to_rewrite()",
            "DROP TRIGGER annotationdepreuve_is_written_once ON preuves_annotationdepreuve",
        ),
    ]
