import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


# Those that the ANS asked by itself were instructed by the person who asked for them.
INSTRUCTED = """
UPDATE candidatures_derogation SET instructed_at = asked_at, instructed_by_id = asked_by_id;
SET CONSTRAINTS ALL IMMEDIATE;
SET CONSTRAINTS ALL DEFERRED;
"""


class Migration(migrations.Migration):
    """The éditeur may ask for a dérogation: one person of the ANS instructs it, another decides."""

    dependencies = [
        ('candidatures', '0014_freeze'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='DerogationPiece',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('rank', models.PositiveSmallIntegerField(verbose_name='rang')),
            ],
            options={
                'verbose_name': 'fichier d’une dérogation',
                'verbose_name_plural': 'fichiers d’une dérogation',
            },
        ),
        migrations.RemoveConstraint(
            model_name='derogation',
            name='derogation_one_at_a_time',
        ),
        migrations.RemoveConstraint(
            model_name='derogation',
            name='derogation_granted_by_another',
        ),
        migrations.AddField(
            model_name='derogation',
            name='instructed_at',
            field=models.DateTimeField(blank=True, null=True, verbose_name='instruite le'),
        ),
        migrations.AddField(
            model_name='derogation',
            name='instructed_by',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='derogation',
            name='origin',
            field=models.CharField(choices=[('editeur', 'Éditeur'), ('ans', 'ANS')], default='ans', max_length=10, verbose_name='demandée par'),
        ),
        migrations.AddField(
            model_name='derogation',
            name='wished_at',
            field=models.DateTimeField(blank=True, null=True, verbose_name='instant souhaité'),
        ),
        migrations.AddField(
            model_name='derogation',
            name='withdrawn_at',
            field=models.DateTimeField(blank=True, null=True, verbose_name='retirée le'),
        ),
        migrations.AddField(
            model_name='derogation',
            name='withdrawn_by',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AlterField(
            model_name='derogation',
            name='state',
            field=models.CharField(choices=[('asked', 'À instruire'), ('requested', 'À accorder'), ('to_refuse', 'Refus à confirmer'), ('granted', 'Accordée'), ('refused', 'Refusée'), ('withdrawn', 'Retirée par l’éditeur')], default='requested', max_length=50, verbose_name='état'),
        ),
        migrations.AlterField(
            model_name='derogation',
            name='to_at',
            field=models.DateTimeField(blank=True, null=True, verbose_name='nouvel instant'),
        ),
        migrations.RunSQL(INSTRUCTED, migrations.RunSQL.noop),
        migrations.AddConstraint(
            model_name='derogation',
            constraint=models.UniqueConstraint(condition=models.Q(('state__in', ('asked', 'requested', 'to_refuse'))), fields=('candidature', 'echeance'), name='derogation_one_at_a_time', violation_error_message='Une dérogation à cette échéance attend déjà une décision.'),
        ),
        migrations.AddConstraint(
            model_name='derogation',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('decided_at', None), ('decided_by', None), ('instructed_at', None), ('instructed_by', None), ('origin', 'editeur'), ('refusal', ''), ('state', 'asked'), ('to_at', None), ('withdrawn_at', None), ('withdrawn_by', None)), models.Q(models.Q(('instructed_at__gte', models.F('asked_at')), ('instructed_by__isnull', False)), ('decided_at', None), ('decided_by', None), ('refusal', ''), ('state', 'requested'), ('to_at__isnull', False), ('withdrawn_at', None), ('withdrawn_by', None)), models.Q(models.Q(('instructed_at__gte', models.F('asked_at')), ('instructed_by__isnull', False)), models.Q(('refusal', ''), _negated=True), ('decided_at', None), ('decided_by', None), ('origin', 'editeur'), ('state', 'to_refuse'), ('to_at', None), ('withdrawn_at', None), ('withdrawn_by', None)), models.Q(models.Q(models.Q(('instructed_at__gte', models.F('asked_at')), ('instructed_by__isnull', False)), ('decided_at__gte', models.F('instructed_at')), ('decided_by__isnull', False), ('withdrawn_at', None), ('withdrawn_by', None)), models.Q(('decided_by', models.F('instructed_by')), _negated=True), ('refusal', ''), ('state', 'granted'), ('to_at__gt', models.F('decided_at'))), models.Q(models.Q(models.Q(('instructed_at__gte', models.F('asked_at')), ('instructed_by__isnull', False)), ('decided_at__gte', models.F('instructed_at')), ('decided_by__isnull', False), ('withdrawn_at', None), ('withdrawn_by', None)), models.Q(('refusal', ''), _negated=True), ('origin', 'ans'), ('state', 'refused')), models.Q(models.Q(models.Q(('instructed_at__gte', models.F('asked_at')), ('instructed_by__isnull', False)), ('decided_at__gte', models.F('instructed_at')), ('decided_by__isnull', False), ('withdrawn_at', None), ('withdrawn_by', None)), models.Q(('decided_by', models.F('instructed_by')), _negated=True), models.Q(('refusal', ''), _negated=True), ('origin', 'editeur'), ('state', 'refused')), models.Q(('decided_at', None), ('decided_by', None), ('origin', 'editeur'), ('state', 'withdrawn'), ('withdrawn_at__gte', models.F('asked_at')), ('withdrawn_by__isnull', False)), _connector='OR'), name='derogation_decided_by_another', violation_error_message='Une dérogation est tranchée par une autre personne que celle qui l’instruit.'),
        ),
        migrations.AddField(
            model_name='derogationpiece',
            name='derogation',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='lines', to='candidatures.derogation'),
        ),
        migrations.AddField(
            model_name='derogationpiece',
            name='piece',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='candidatures.piece'),
        ),
        migrations.AddConstraint(
            model_name='derogationpiece',
            constraint=models.UniqueConstraint(fields=('derogation', 'rank'), name='derogation_piece_rank_once'),
        ),
    ]
