import django.db.models.deletion
from django.db import migrations, models

WRITTEN_ONCE = """
CREATE TRIGGER photodecheance_is_written_once BEFORE UPDATE OR DELETE ON referencement_photodecheance
    FOR EACH ROW EXECUTE FUNCTION refuse_to_rewrite();
"""


class Migration(migrations.Migration):
    """Freeze how each candidature stood when an échéance passed; what is frozen is never rewritten."""

    dependencies = [
        ('candidatures', '0008_abonnement_calendrier'),
        ('referencement', '0002_held_by_the_database'),
    ]

    operations = [
        migrations.CreateModel(
            name='PhotoDEcheance',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('echeance', models.CharField(max_length=20, verbose_name='code de l’échéance')),
                ('instant', models.DateTimeField(verbose_name='instant')),
                ('sort', models.CharField(choices=[('in_time', 'Dans les délais'), ('late', 'En retard'), ('to_decide', 'À décider')], max_length=10, verbose_name='tri')),
                ('data', models.JSONField(verbose_name='données')),
                ('sha256', models.CharField(max_length=64, verbose_name='empreinte')),
                ('candidature', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='photos', to='candidatures.candidature')),
            ],
            options={
                'verbose_name': 'photo d’échéance',
                'verbose_name_plural': 'photos d’échéance',
                'indexes': [models.Index(fields=['echeance', 'sort', 'id'], name='photo_by_echeance_and_sort')],
                'constraints': [models.UniqueConstraint(fields=('candidature', 'echeance', 'instant'), name='photo_once_for_an_instant'), models.CheckConstraint(condition=models.Q(('sort__in', ['in_time', 'late', 'to_decide'])), name='photo_sort_is_known')],
            },
        ),
        migrations.RunSQL(
            WRITTEN_ONCE, "DROP TRIGGER photodecheance_is_written_once ON referencement_photodecheance"
        ),
    ]
