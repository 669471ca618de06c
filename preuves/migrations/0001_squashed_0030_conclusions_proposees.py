"""Make the tables and triggers of preuves at once in a new database; an older one has the migrations replaced here."""

import candidatures.models.piece
import django.contrib.postgres.fields
import django.db.models.deletion
import django_fsm
from django.conf import settings
from django.db import migrations, models

IS_CLOSED_CANDIDATURE = """
CREATE FUNCTION is_closed_candidature(state text) RETURNS boolean LANGUAGE sql IMMUTABLE AS $$
    SELECT state IN ('withdrawn', 'foreclosed')
$$;
"""

COUNT_EVERY_CHAPITRE = """
CREATE FUNCTION count_every_chapitre() RETURNS void LANGUAGE sql AS $$
    DELETE FROM preuves_nombredechapitres;
    INSERT INTO preuves_nombredechapitres (dispositif, code, delta)
        SELECT c.dispositif_id, h.code, count(*) FROM preuves_chapitre h
        JOIN preuves_dossierdepreuves d ON d.id = h.dossier_id
        JOIN candidatures_candidature c ON c.id = d.candidature_id
        WHERE h.state IN ('submitted', 'under_review') AND NOT is_closed_candidature(c.state)
        GROUP BY c.dispositif_id, h.code;
$$;
"""

COUNT_THE_CHAPITRES = """
CREATE FUNCTION count_the_chapitres() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO preuves_nombredechapitres (dispositif, code, delta)
        SELECT NEW.dispositif_id, h.code, CASE WHEN is_closed_candidature(NEW.state) THEN -1 ELSE 1 END
        FROM preuves_chapitre h JOIN preuves_dossierdepreuves d ON d.id = h.dossier_id
        WHERE d.candidature_id = NEW.id AND h.state IN ('submitted', 'under_review');
    RETURN NULL;
END $$;
CREATE TRIGGER chapitres_are_counted
    AFTER UPDATE ON candidatures_candidature
    FOR EACH ROW
    WHEN (is_closed_candidature(old.state) IS DISTINCT FROM is_closed_candidature(new.state))
    EXECUTE FUNCTION count_the_chapitres();
"""

IS_WAITING_FOR_THE_ANS = """
CREATE FUNCTION is_waiting_for_the_ans(state text) RETURNS boolean LANGUAGE sql IMMUTABLE AS $$
    SELECT state IN ('submitted', 'under_review')
$$;
"""

COUNT_A_CHAPITRE = """
CREATE FUNCTION count_a_chapitre() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP <> 'INSERT' AND is_waiting_for_the_ans(OLD.state) THEN
        INSERT INTO preuves_nombredechapitres (dispositif, code, delta)
            SELECT c.dispositif_id, OLD.code, -1 FROM preuves_dossierdepreuves d
            JOIN candidatures_candidature c ON c.id = d.candidature_id
            WHERE d.id = OLD.dossier_id AND NOT is_closed_candidature(c.state);
    END IF;
    IF TG_OP <> 'DELETE' AND is_waiting_for_the_ans(NEW.state) THEN
        INSERT INTO preuves_nombredechapitres (dispositif, code, delta)
            SELECT c.dispositif_id, NEW.code, 1 FROM preuves_dossierdepreuves d
            JOIN candidatures_candidature c ON c.id = d.candidature_id
            WHERE d.id = NEW.dossier_id AND NOT is_closed_candidature(c.state);
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER chapitre_is_counted
    AFTER INSERT OR DELETE ON preuves_chapitre
    FOR EACH ROW
    EXECUTE FUNCTION count_a_chapitre();
CREATE TRIGGER chapitre_is_counted_again
    AFTER UPDATE ON preuves_chapitre
    FOR EACH ROW
    WHEN (is_waiting_for_the_ans(old.state) IS DISTINCT FROM is_waiting_for_the_ans(new.state))
    EXECUTE FUNCTION count_a_chapitre();
"""

REFUSE_WHAT_IS_FROZEN = """
CREATE FUNCTION refuse_what_is_frozen() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (
        SELECT FROM preuves_dossierdepreuves AS dossier
        JOIN candidatures_candidature AS candidature ON candidature.id = dossier.candidature_id
        WHERE dossier.id = (to_jsonb(NEW) ->> TG_ARGV[0])::bigint AND candidature.gel <> 'free'
    ) THEN
        RAISE EXCEPTION 'What the collège looks at is not opened again.' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER chapitre_is_frozen
    BEFORE UPDATE OF state ON preuves_chapitre
    FOR EACH ROW
    WHEN (old.state = 'approved' AND new.state <> 'approved')
    EXECUTE FUNCTION refuse_what_is_frozen('dossier_id');
CREATE TRIGGER contestation_is_frozen
    BEFORE INSERT ON preuves_contestation
    FOR EACH ROW
    EXECUTE FUNCTION refuse_what_is_frozen('dossier_id');
CREATE TRIGGER version_is_frozen
    BEFORE UPDATE OF version_id ON preuves_dossierdepreuves
    FOR EACH ROW
    WHEN (old.version_id <> new.version_id)
    EXECUTE FUNCTION refuse_what_is_frozen('id');
"""

# The noun in the trigger’s name, and the table.
WRITTEN_ONCE = {
    "annotationdepreuve": "preuves_annotationdepreuve",
    "avistombe": "preuves_avistombe",
    "chapitredurem": "preuves_chapitredurem",
    "contestation": "preuves_contestation",
    "equivalence": "preuves_equivalence",
    "exigence": "preuves_exigence",
    "fichierattendu": "preuves_fichierattendu",
    "preuveattendue": "preuves_preuveattendue",
    "reprisedechapitre": "preuves_reprisedechapitre",
    "retraitdequivalences": "preuves_retraitdequivalences",
    "retraitdurem": "preuves_retraitdurem",
    "revision": "preuves_revision",
    "revisionpiece": "preuves_revisionpiece",
    "scenario": "preuves_scenario",
    "soumissiondechapitre": "preuves_soumissiondechapitre",
    "verdictdepreuve": "preuves_verdictdepreuve",
    "versiondequivalences": "preuves_versiondequivalences",
    "versiondurem": "preuves_versiondurem",
}


class Migration(migrations.Migration):

    replaces = [('preuves', '0001_initial'), ('preuves', '0002_written_once'), ('preuves', '0003_avis_tombe'), ('preuves', '0004_apercu'), ('preuves', '0005_waiting'), ('preuves', '0006_constat'), ('preuves', '0007_what_is_known'), ('preuves', '0008_take_over_annotations'), ('preuves', '0009_frozen'), ('preuves', '0010_equivalences'), ('preuves', '0011_equivalences_written_once'), ('preuves', '0012_envois'), ('preuves', '0013_sondes'), ('preuves', '0014_files_awaited'), ('preuves', '0015_large_imports'), ('preuves', '0016_signatures'), ('preuves', '0017_indices'), ('preuves', '0018_words'), ('preuves', '0019_waiting_by_code'), ('preuves', '0020_confiees'), ('preuves', '0021_retrait_du_rem'), ('preuves', '0022_exports'), ('preuves', '0023_envoi_sha256'), ('preuves', '0024_motifs_prets'), ('preuves', '0025_retrait_des_equivalences'), ('preuves', '0026_nombre_de_chapitres'), ('preuves', '0027_annotation_content'), ('preuves', '0028_secondes_lectures'), ('preuves', '0029_exports_forme'), ('preuves', '0030_conclusions_proposees')]

    initial = True

    dependencies = [
        ('candidatures', '0001_squashed_0039_ligne_de_lot_tries'),
        ('comptes', '0001_squashed_0030_portee'),
    ]

    operations = [
        migrations.CreateModel(
            name='ChapitreDuREM',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('code', models.CharField(max_length=20)),
                ('label', models.CharField(max_length=200, verbose_name='libellé')),
                ('rank', models.PositiveSmallIntegerField(verbose_name='rang')),
            ],
            options={
                'verbose_name': 'chapitre du REM',
                'verbose_name_plural': 'chapitres du REM',
            },
        ),
        migrations.CreateModel(
            name='NombreDeChapitres',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('dispositif', models.CharField(max_length=40)),
                ('code', models.CharField(max_length=20)),
                ('delta', models.IntegerField()),
            ],
            options={
                'verbose_name': 'nombre de chapitres',
                'verbose_name_plural': 'nombres de chapitres',
            },
        ),
        migrations.CreateModel(
            name='CopieDeLecture',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('file', models.FileField(blank=True, max_length=200, storage=candidatures.models.piece.private_storage, upload_to='', verbose_name='copie')),
                ('content_type', models.CharField(max_length=100, verbose_name='type')),
                ('size', models.PositiveBigIntegerField(verbose_name='taille en octets')),
                ('made_at', models.DateTimeField(verbose_name='faite le')),
                ('piece', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='copie', to='candidatures.piece')),
            ],
            options={
                'verbose_name': 'copie de lecture',
                'verbose_name_plural': 'copies de lecture',
            },
        ),
        migrations.CreateModel(
            name='DossierDePreuves',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('opened_at', models.DateTimeField(verbose_name='ouvert le')),
                ('pinned_at', models.DateTimeField(verbose_name='version adoptée le')),
                ('candidature', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='dossier_de_preuves', to='candidatures.candidature')),
            ],
            options={
                'verbose_name': 'dossier de preuves',
                'verbose_name_plural': 'dossiers de preuves',
            },
        ),
        migrations.CreateModel(
            name='Chapitre',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('code', models.CharField(max_length=20)),
                ('state', models.CharField(choices=[('open', 'À compléter'), ('submitted', 'Soumis à l’ANS'), ('under_review', 'En cours d’examen'), ('returned', 'À corriger'), ('approved', 'Validé')], default='open', max_length=50, verbose_name='état')),
                ('version', models.PositiveIntegerField(default=0)),
                ('first_submitted_at', models.DateTimeField(blank=True, null=True, verbose_name='soumis la première fois le')),
                ('submitted_at', models.DateTimeField(blank=True, null=True, verbose_name='soumis le')),
                ('claimed_at', models.DateTimeField(blank=True, null=True, verbose_name='pris en examen le')),
                ('claim_ends_at', models.DateTimeField(blank=True, null=True, verbose_name='réservé jusqu’au')),
                ('concluded_at', models.DateTimeField(blank=True, null=True, verbose_name='examen conclu le')),
                ('claimed_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('concluded_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('submitted_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('dossier', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='chapitres', to='preuves.dossierdepreuves')),
            ],
            options={
                'verbose_name': 'chapitre',
                'indexes': [models.Index(condition=models.Q(('state__in', ('submitted', 'under_review'))), fields=['submitted_at', 'id'], include=('dossier',), name='chapitre_waiting_in_order'), models.Index(condition=models.Q(('state__in', ('submitted', 'under_review'))), fields=['code', 'submitted_at', 'id'], include=('dossier',), name='chapitre_waiting_by_code')],
                'constraints': [models.UniqueConstraint(fields=('dossier', 'code'), name='chapitre_once_in_a_dossier'), models.CheckConstraint(condition=models.Q(models.Q(('first_submitted_at', None), ('state', 'open'), ('submitted_at', None), ('submitted_by', None)), models.Q(models.Q(('state', 'open'), _negated=True), ('first_submitted_at__isnull', False), ('state__in', ['open', 'submitted', 'under_review', 'returned', 'approved']), ('submitted_at__gte', models.F('first_submitted_at')), ('submitted_by__isnull', False)), _connector='OR'), name='chapitre_submission_bears_its_stamps', violation_error_message='L’état du chapitre ne correspond pas à ses dates.'), models.CheckConstraint(condition=models.Q(models.Q(('claim_ends_at__gt', models.F('claimed_at')), ('claimed_at__gte', models.F('submitted_at')), ('claimed_by__isnull', False), ('state', 'under_review')), models.Q(models.Q(('state', 'under_review'), _negated=True), ('claim_ends_at', None), ('claimed_at', None), ('claimed_by', None)), _connector='OR'), name='chapitre_under_review_is_claimed', violation_error_message='Un chapitre en examen a son instructeur, et lui seul.'), models.CheckConstraint(condition=models.Q(models.Q(('state__in', ['returned', 'approved']), _negated=True), models.Q(('concluded_at__gte', models.F('submitted_at')), ('state', 'returned')), models.Q(('concluded_at__gte', models.F('submitted_at')), ('concluded_by__isnull', False)), _connector='OR'), name='chapitre_conclusion_bears_its_stamps', violation_error_message='Un chapitre renvoyé ou validé dit quand, et par qui s’il est validé.')],
            },
            bases=(django_fsm.FSMModelMixin, models.Model),
        ),
        migrations.CreateModel(
            name='Envoi',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('nature', models.CharField(choices=[('VIDEO', 'Vidéo'), ('CAPTURE', 'Copies d’écran'), ('DOCUMENT', 'Document'), ('ATTESTATION', 'Attestation sur l’honneur'), ('ENGAGEMENT', 'Engagement écrit'), ('CNDA', 'Document du CNDA'), ('EDC_PSC', 'Habilitation EDC PSC'), ('ARCHIVE_XDM', 'Archive IHE_XDM'), ('GAZELLE', 'Lien permanent Gazelle'), ('MOTCO2', 'Numéro d’exécution MOTCO2'), ('PENTEST', 'Formulaire de test d’intrusion'), ('TEXTE', 'Texte')], max_length=15)),
                ('name', models.CharField(max_length=150, verbose_name='nom')),
                ('size', models.PositiveBigIntegerField(verbose_name='taille en octets')),
                ('part_size', models.PositiveIntegerField(verbose_name='taille d’une partie')),
                ('parts', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=64), size=None, verbose_name='empreintes des parties')),
                ('empreinte', models.CharField(max_length=64)),
                ('stored_as', models.CharField(max_length=200, verbose_name='nom de rangement')),
                ('upload_id', models.CharField(blank=True, max_length=500, verbose_name='réception ouverte')),
                ('declared_at', models.DateTimeField(verbose_name='annoncé le')),
                ('arrived_at', models.DateTimeField(blank=True, null=True, verbose_name='arrivé le')),
                ('settled_at', models.DateTimeField(blank=True, null=True, verbose_name='vérifié le')),
                ('refusal', models.TextField(blank=True, verbose_name='motif de refus')),
                ('sha256', models.CharField(blank=True, max_length=64, verbose_name='empreinte du fichier')),
                ('candidature', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='envois', to='candidatures.candidature')),
                ('declared_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('piece', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='envois', to='candidatures.piece')),
            ],
            options={
                'verbose_name': 'envoi de fichier',
                'verbose_name_plural': 'envois de fichiers',
                'indexes': [models.Index(condition=models.Q(('settled_at', None)), fields=['candidature', 'id'], name='envoi_unsettled')],
                'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('piece', None), ('refusal', ''), ('settled_at', None)), models.Q(('piece__isnull', False), ('refusal', ''), ('settled_at__gte', models.F('arrived_at'))), models.Q(('piece', None), ('settled_at__gte', models.F('arrived_at')), models.Q(('refusal', ''), _negated=True)), _connector='OR'), name='envoi_is_settled_one_way', violation_error_message='Un envoi vérifié est un fichier, ou bien dit pourquoi il n’en est pas un.'), models.CheckConstraint(condition=models.Q(('part_size__gt', 0), ('size__gt', 0)), name='envoi_has_a_size')],
            },
        ),
        migrations.CreateModel(
            name='EquivalenceDite',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('numero', models.CharField(max_length=60, verbose_name='N° preuve')),
                ('nru', models.CharField(max_length=40, verbose_name='numéro unique de la candidature source')),
                ('numero_source', models.CharField(max_length=60, verbose_name='N° preuve source')),
                ('told_at', models.DateTimeField(verbose_name='dite le')),
                ('ended_at', models.DateTimeField(blank=True, null=True, verbose_name='dite terminée le')),
                ('reason', models.CharField(blank=True, max_length=300, verbose_name='motif')),
                ('candidature', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='equivalences_dites', to='candidatures.candidature')),
            ],
            options={
                'verbose_name': 'équivalence dite',
                'verbose_name_plural': 'équivalences dites',
                'constraints': [models.UniqueConstraint(condition=models.Q(('ended_at', None)), fields=('candidature', 'numero'), name='equivalence_told_once'), models.CheckConstraint(condition=models.Q(models.Q(('ended_at', None), ('reason', '')), models.Q(models.Q(('reason', ''), _negated=True), ('ended_at__gte', models.F('told_at'))), _connector='OR'), name='equivalence_ends_for_a_reason', violation_error_message='Une équivalence prend fin pour un motif, après avoir été dite.')],
            },
        ),
        migrations.CreateModel(
            name='Exigence',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('identifiant', models.CharField(max_length=60)),
                ('fonction', models.CharField(blank=True, max_length=200)),
                ('texte', models.TextField()),
                ('commentaire', models.TextField(blank=True)),
                ('perimetre', models.CharField(choices=[('vague_1', 'Vague 1'), ('vague_2', 'Vague 2')], max_length=10, verbose_name='périmètre')),
                ('profils', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=40), blank=True, default=list, size=None)),
                ('profils_historiques', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=40), blank=True, default=list, size=None)),
                ('criticite', models.CharField(blank=True, max_length=40, verbose_name='criticité')),
                ('force', models.CharField(choices=[('exigence', 'Exigence'), ('preconisation', 'Préconisation')], default='exigence', max_length=15, verbose_name='nature de l’exigence')),
                ('rank', models.PositiveIntegerField(verbose_name='rang')),
                ('chapitre', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='exigences', to='preuves.chapitredurem')),
            ],
            options={
                'verbose_name': 'exigence',
                'constraints': [models.UniqueConstraint(fields=('chapitre', 'identifiant'), name='rem_exigence_once')],
            },
        ),
        migrations.CreateModel(
            name='ExportDeDossier',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('asked_at', models.DateTimeField(verbose_name='demandé le')),
                ('total', models.PositiveIntegerField(default=0, verbose_name='fichiers')),
                ('done', models.PositiveIntegerField(default=0, verbose_name='fichiers copiés')),
                ('tries', models.PositiveSmallIntegerField(default=0, verbose_name='essais')),
                ('file', models.FileField(blank=True, max_length=200, storage=candidatures.models.piece.private_storage, upload_to='', verbose_name='archive')),
                ('size', models.PositiveBigIntegerField(default=0, verbose_name='taille en octets')),
                ('begun_at', models.DateTimeField(blank=True, null=True, verbose_name='commencé le')),
                ('ready_at', models.DateTimeField(blank=True, null=True, verbose_name='prêt le')),
                ('failed_at', models.DateTimeField(blank=True, null=True, verbose_name='échoué le')),
                ('until', models.DateTimeField(blank=True, null=True, verbose_name='gardé jusqu’au')),
                ('forme', models.CharField(choices=[('copie', 'Copie de tout le dossier (ZIP)'), ('etat', 'État du dossier (PDF)')], default='copie', max_length=10)),
                ('asked_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('candidature', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='exports', to='candidatures.candidature')),
            ],
            options={
                'verbose_name': 'export d’un dossier',
                'verbose_name_plural': 'exports de dossiers',
                'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('file', ''), ('ready_at', None), ('until', None)), models.Q(('failed_at', None), ('ready_at__isnull', False), ('until__isnull', False)), _connector='OR'), name='export_ready_is_kept_until', violation_error_message='Un export prêt dit jusqu’à quand il est gardé.'), models.UniqueConstraint(condition=models.Q(('failed_at', None), ('ready_at', None)), fields=('asked_by',), name='export_one_at_a_time_per_person', violation_error_message='Un seul export à la fois par personne.'), models.CheckConstraint(condition=models.Q(('forme__in', ['copie', 'etat'])), name='export_forme_is_known')],
            },
        ),
        migrations.CreateModel(
            name='ImageDePage',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.PositiveSmallIntegerField(verbose_name='page')),
                ('file', models.FileField(max_length=200, storage=candidatures.models.piece.private_storage, upload_to='', verbose_name='image')),
                ('width', models.PositiveIntegerField(verbose_name='largeur en pixels')),
                ('height', models.PositiveIntegerField(verbose_name='hauteur en pixels')),
                ('piece', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='images', to='candidatures.piece')),
            ],
            options={
                'verbose_name': 'image de page',
                'verbose_name_plural': 'images de pages',
                'constraints': [models.UniqueConstraint(fields=('piece', 'number'), name='image_page_once')],
            },
        ),
        migrations.CreateModel(
            name='LectureDeMachine',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('sha256', models.CharField(max_length=64, unique=True, verbose_name='empreinte')),
                ('state', models.CharField(choices=[('waiting', 'Lecture en cours'), ('read', 'Lu'), ('not_read', 'Non lu')], default='waiting', max_length=10, verbose_name='résultat')),
                ('fault', models.CharField(blank=True, max_length=30, verbose_name='défaut')),
                ('text', models.TextField(blank=True, verbose_name='texte lu')),
                ('facts', models.JSONField(default=dict, verbose_name='mesures')),
                ('tries', models.PositiveSmallIntegerField(default=0, verbose_name='essais')),
                ('asked_at', models.DateTimeField(verbose_name='demandée le')),
                ('read_at', models.DateTimeField(blank=True, null=True, verbose_name='lu le')),
            ],
            options={
                'verbose_name': 'lecture par une machine',
                'verbose_name_plural': 'lectures par une machine',
                'indexes': [models.Index(condition=models.Q(('state', 'read'), _negated=True), fields=['asked_at'], name='lecture_not_read')],
                'constraints': [models.CheckConstraint(condition=models.Q(('state__in', ['waiting', 'read', 'not_read'])), name='lecture_state_known'), models.CheckConstraint(condition=models.Q(('state', 'waiting'), ('read_at__isnull', False), _connector='OR'), name='lecture_ended_has_its_instant')],
            },
        ),
        migrations.CreateModel(
            name='MotifPret',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('chapitre', models.CharField(blank=True, max_length=20, verbose_name='chapitre')),
                ('nature', models.CharField(blank=True, choices=[('VIDEO', 'Vidéo'), ('CAPTURE', 'Copies d’écran'), ('DOCUMENT', 'Document'), ('ATTESTATION', 'Attestation sur l’honneur'), ('ENGAGEMENT', 'Engagement écrit'), ('CNDA', 'Document du CNDA'), ('EDC_PSC', 'Habilitation EDC PSC'), ('ARCHIVE_XDM', 'Archive IHE_XDM'), ('GAZELLE', 'Lien permanent Gazelle'), ('MOTCO2', 'Numéro d’exécution MOTCO2'), ('PENTEST', 'Formulaire de test d’intrusion'), ('TEXTE', 'Texte')], max_length=15, verbose_name='nature de preuve')),
                ('code', models.CharField(blank=True, max_length=40, verbose_name='code')),
                ('text', models.CharField(max_length=500, verbose_name='motif')),
                ('uses', models.PositiveIntegerField(default=0, verbose_name='emplois')),
                ('used_at', models.DateTimeField(blank=True, null=True, verbose_name='employé le')),
                ('written_at', models.DateTimeField(verbose_name='écrit le')),
                ('retired_at', models.DateTimeField(blank=True, null=True, verbose_name='retiré le')),
                ('dispositif', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='candidatures.dispositif', verbose_name='démarche')),
                ('retired_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('written_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'verbose_name': 'motif prêt',
                'verbose_name_plural': 'motifs prêts',
                'constraints': [models.UniqueConstraint(condition=models.Q(('code', ''), _negated=True), fields=('code',), name='motif_stands_once_for_a_sentence'), models.CheckConstraint(condition=models.Q(models.Q(('chapitre', ''), ('dispositif', None)), models.Q(('dispositif__isnull', False), models.Q(('chapitre', ''), _negated=True)), _connector='OR'), name='motif_names_a_chapitre_of_a_dispositif'), models.CheckConstraint(condition=models.Q(models.Q(('retired_at', None), ('retired_by', None)), models.Q(('retired_at__gte', models.F('written_at')), ('retired_by__isnull', False)), _connector='OR'), name='motif_retired_by_somebody')],
            },
        ),
        migrations.CreateModel(
            name='PartieRecue',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.PositiveIntegerField(verbose_name='numéro')),
                ('received_at', models.DateTimeField(verbose_name='reçue le')),
                ('envoi', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='received', to='preuves.envoi')),
            ],
            options={
                'verbose_name': 'partie reçue',
                'verbose_name_plural': 'parties reçues',
                'constraints': [models.UniqueConstraint(fields=('envoi', 'number'), name='partie_received_once'), models.CheckConstraint(condition=models.Q(('number__gte', 1)), name='partie_counted_from_one')],
            },
        ),
        migrations.CreateModel(
            name='Preuve',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('numero', models.CharField(max_length=60, verbose_name='N° preuve')),
                ('state', models.CharField(choices=[('deposited', 'Déposée'), ('accepted', 'Acceptée'), ('to_correct', 'À corriger')], default='deposited', max_length=50, verbose_name='état')),
                ('chapitre', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='preuves', to='preuves.chapitre')),
            ],
            options={
                'verbose_name': 'preuve',
                'constraints': [models.UniqueConstraint(fields=('chapitre', 'numero'), name='preuve_once_in_a_chapitre'), models.CheckConstraint(condition=models.Q(('state__in', ['deposited', 'accepted', 'to_correct'])), name='preuve_state_is_known')],
            },
            bases=(django_fsm.FSMModelMixin, models.Model),
        ),
        migrations.CreateModel(
            name='PreuveConfiee',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('numero', models.CharField(max_length=60, verbose_name='N° preuve')),
                ('before', models.DateField(blank=True, null=True, verbose_name='avant le')),
                ('given_at', models.DateTimeField(verbose_name='confiée le')),
                ('candidature', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='preuves_confiees', to='candidatures.candidature')),
                ('compte', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='preuves_confiees', to=settings.AUTH_USER_MODEL)),
                ('given_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'verbose_name': 'preuve confiée',
                'verbose_name_plural': 'preuves confiées',
                'constraints': [models.UniqueConstraint(fields=('candidature', 'numero'), name='preuve_confiee_once'), models.CheckConstraint(condition=models.Q(('before', None), ('compte__isnull', False), _connector='OR'), name='preuve_confiee_day_is_of_somebody', violation_error_message='Une date se donne à la personne à qui la preuve est confiée.')],
            },
        ),
        migrations.CreateModel(
            name='Revision',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.PositiveSmallIntegerField(verbose_name='numéro')),
                ('forme', models.CharField(choices=[('files', 'Fichiers'), ('link', 'Lien'), ('number', 'Numéro'), ('text', 'Texte'), ('not_applicable', 'Non applicable'), ('constat', 'Réponse d’un guichet')], max_length=15)),
                ('value', models.TextField(blank=True, verbose_name='lien, numéro, texte ou motif')),
                ('comment', models.TextField(blank=True, max_length=2000, verbose_name='commentaire')),
                ('evidence_date', models.DateField(blank=True, null=True, verbose_name='date de la preuve')),
                ('version_technique', models.CharField(blank=True, max_length=40, verbose_name='version technique')),
                ('sha256', models.CharField(max_length=64, verbose_name='empreinte')),
                ('empreinte', models.CharField(max_length=64)),
                ('deposited_at', models.DateTimeField(verbose_name='déposée le')),
                ('deposited_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('preuve', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='revisions', to='preuves.preuve')),
            ],
            options={
                'verbose_name': 'dépôt',
            },
        ),
        migrations.CreateModel(
            name='FichierAttendu',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('rank', models.PositiveSmallIntegerField(verbose_name='rang')),
                ('envoi', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='awaited', to='preuves.envoi')),
                ('revision', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='awaited', to='preuves.revision')),
            ],
            options={
                'verbose_name': 'fichier attendu',
                'verbose_name_plural': 'fichiers attendus',
                'constraints': [models.UniqueConstraint(fields=('revision', 'envoi'), name='fichier_awaited_once')],
            },
        ),
        migrations.CreateModel(
            name='BrouillonDAvis',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('sha256', models.CharField(max_length=64, verbose_name='empreinte lue')),
                ('avis', models.CharField(blank=True, choices=[('accepted', 'Acceptée'), ('to_correct', 'À corriger')], max_length=10)),
                ('reason', models.TextField(blank=True, max_length=4000, verbose_name='motif')),
                ('saved_at', models.DateTimeField(verbose_name='enregistré le')),
                ('by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('revision', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='brouillons', to='preuves.revision')),
            ],
            options={
                'verbose_name': 'brouillon d’avis',
                'verbose_name_plural': 'brouillons d’avis',
                'constraints': [models.UniqueConstraint(fields=('revision', 'by'), name='brouillon_once_a_person')],
            },
        ),
        migrations.CreateModel(
            name='RevisionPiece',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('rank', models.PositiveSmallIntegerField(verbose_name='rang')),
                ('piece', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='candidatures.piece')),
                ('revision', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='lines', to='preuves.revision')),
            ],
            options={
                'verbose_name': 'fichier d’un dépôt',
                'verbose_name_plural': 'fichiers d’un dépôt',
                'constraints': [models.UniqueConstraint(fields=('revision', 'rank'), name='revision_piece_rank_once'), models.UniqueConstraint(fields=('revision', 'piece'), name='revision_piece_once')],
            },
        ),
        migrations.AddField(
            model_name='revision',
            name='pieces',
            field=models.ManyToManyField(related_name='revisions', through='preuves.RevisionPiece', to='candidatures.piece'),
        ),
        migrations.CreateModel(
            name='Scenario',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('numero', models.CharField(max_length=60, verbose_name='N° scénario')),
                ('texte', models.TextField(blank=True)),
                ('rank', models.PositiveIntegerField(verbose_name='rang')),
                ('exigence', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='scenarios', to='preuves.exigence')),
            ],
            options={
                'verbose_name': 'scénario de conformité',
                'verbose_name_plural': 'scénarios de conformité',
                'constraints': [models.UniqueConstraint(fields=('exigence', 'numero'), name='rem_scenario_once')],
            },
        ),
        migrations.CreateModel(
            name='Sonde',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('sha256', models.CharField(max_length=64, unique=True, verbose_name='empreinte')),
                ('state', models.CharField(choices=[('readable', 'S’ouvre'), ('to_copy', 'Converti pour la lecture'), ('unreadable', 'Ne s’ouvre pas'), ('not_probed', 'Non vérifié')], max_length=12, verbose_name='résultat')),
                ('fault', models.CharField(blank=True, max_length=30, verbose_name='défaut')),
                ('facts', models.JSONField(default=dict, verbose_name='mesures')),
                ('tries', models.PositiveSmallIntegerField(verbose_name='essais')),
                ('probed_at', models.DateTimeField(verbose_name='ouvert le')),
            ],
            options={
                'verbose_name': 'vérification d’un contenu',
                'verbose_name_plural': 'vérifications de contenus',
                'constraints': [models.CheckConstraint(condition=models.Q(('state__in', ['readable', 'to_copy', 'unreadable', 'not_probed'])), name='sonde_state_known')],
            },
        ),
        migrations.CreateModel(
            name='SoumissionDeChapitre',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.PositiveSmallIntegerField(verbose_name='numéro')),
                ('revisions', models.JSONField()),
                ('sha256', models.CharField(max_length=64)),
                ('submitted_at', models.DateTimeField(verbose_name='soumis le')),
                ('chapitre', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='soumissions', to='preuves.chapitre')),
                ('submitted_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'verbose_name': 'soumission de chapitre',
                'constraints': [models.UniqueConstraint(fields=('chapitre', 'number'), name='chapitre_soumission_number_once')],
            },
        ),
        migrations.CreateModel(
            name='SecondeLecture',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('question', models.TextField(max_length=2000, verbose_name='question')),
                ('before', models.DateField(verbose_name='attendue avant le')),
                ('state', models.CharField(choices=[('asked', 'Demandée'), ('accepted', 'Acceptée'), ('given', 'Rendue'), ('declined', 'Déclinée'), ('withdrawn', 'Retirée')], default='asked', max_length=50, verbose_name='état')),
                ('asked_at', models.DateTimeField(verbose_name='demandée le')),
                ('accepted_at', models.DateTimeField(blank=True, null=True, verbose_name='acceptée le')),
                ('ended_at', models.DateTimeField(blank=True, null=True, verbose_name='terminée le')),
                ('position', models.CharField(blank=True, choices=[('sufficient', 'Les preuves suffisent'), ('insufficient', 'Les preuves ne suffisent pas'), ('undecided', 'Je ne me prononce pas')], max_length=15, verbose_name='conclusion')),
                ('observations', models.TextField(blank=True, max_length=10000, verbose_name='observations')),
                ('reason', models.TextField(blank=True, max_length=1000, verbose_name='motif')),
                ('asked_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('expert', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='secondes_lectures', to=settings.AUTH_USER_MODEL)),
                ('withdrawn_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('soumission', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='secondes_lectures', to='preuves.soumissiondechapitre')),
            ],
            options={
                'verbose_name': 'seconde lecture',
                'verbose_name_plural': 'secondes lectures',
                'constraints': [models.UniqueConstraint(condition=models.Q(('state__in', ('asked', 'accepted'))), fields=('soumission', 'expert'), name='seconde_lecture_once_at_a_time', violation_error_message='Une seconde lecture est déjà demandée à cette personne.'), models.CheckConstraint(condition=models.Q(models.Q(('accepted_at', None), ('ended_at', None), ('state', 'asked')), models.Q(('accepted_at__gte', models.F('asked_at')), ('ended_at', None), ('state', 'accepted')), models.Q(('accepted_at__gte', models.F('asked_at')), ('ended_at__gte', models.F('accepted_at')), ('state', 'given')), models.Q(('ended_at__gte', models.F('asked_at')), ('state__in', ['declined', 'withdrawn'])), _connector='OR'), name='seconde_lecture_bears_its_stamps', violation_error_message='L’état de la seconde lecture ne correspond pas à ses dates.'), models.CheckConstraint(condition=models.Q(models.Q(('state', 'given'), models.Q(('position', ''), _negated=True), models.Q(('observations', ''), _negated=True)), ('state', 'accepted'), models.Q(models.Q(('state__in', ['given', 'accepted']), _negated=True), ('observations', ''), ('position', '')), _connector='OR'), name='seconde_lecture_given_holds_observations'), models.CheckConstraint(condition=models.Q(models.Q(('state', 'declined'), models.Q(('reason', ''), _negated=True)), models.Q(models.Q(('state', 'declined'), _negated=True), ('reason', '')), _connector='OR'), name='seconde_lecture_declined_says_why'), models.CheckConstraint(condition=models.Q(models.Q(('state', 'withdrawn'), ('withdrawn_by__isnull', False)), models.Q(models.Q(('state', 'withdrawn'), _negated=True), ('withdrawn_by', None)), _connector='OR'), name='seconde_lecture_withdrawn_by_somebody')],
            },
            bases=(django_fsm.FSMModelMixin, models.Model),
        ),
        migrations.CreateModel(
            name='RepriseDeChapitre',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('taken_back_at', models.DateTimeField(verbose_name='reprise le')),
                ('taken_back_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('soumission', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='reprise', to='preuves.soumissiondechapitre')),
            ],
            options={
                'verbose_name': 'reprise de chapitre',
            },
        ),
        migrations.CreateModel(
            name='ConclusionProposee',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('version', models.PositiveIntegerField(verbose_name='version du chapitre')),
                ('returns', models.BooleanField(verbose_name='retourne le chapitre')),
                ('proposed_at', models.DateTimeField(verbose_name='proposée le')),
                ('answered_at', models.DateTimeField(blank=True, null=True, verbose_name='répondue le')),
                ('is_confirmed', models.BooleanField(blank=True, null=True, verbose_name='confirmée')),
                ('reason', models.TextField(blank=True, max_length=1000, verbose_name='motif')),
                ('answered_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('proposed_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('soumission', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='conclusions', to='preuves.soumissiondechapitre')),
            ],
            options={
                'verbose_name': 'conclusion proposée',
                'verbose_name_plural': 'conclusions proposées',
                'constraints': [models.UniqueConstraint(fields=('soumission', 'version'), name='conclusion_once_for_a_version'), models.CheckConstraint(condition=models.Q(models.Q(('answered_at', None), ('answered_by', None), ('is_confirmed', None), ('reason', '')), models.Q(('answered_at__gte', models.F('proposed_at')), ('answered_by__isnull', False), ('is_confirmed__isnull', False)), _connector='OR'), name='conclusion_answered_bears_its_stamps'), models.CheckConstraint(condition=models.Q(('answered_by', models.F('proposed_by')), ('is_confirmed', True), _negated=True), name='conclusion_confirmed_by_somebody_else', violation_error_message='Une autre personne confirme la conclusion.')],
            },
        ),
        migrations.CreateModel(
            name='AttenteDeFichiers',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('until', models.DateTimeField(blank=True, null=True, verbose_name='jusqu’au')),
                ('complete_at', models.DateTimeField(blank=True, null=True, verbose_name='complète le')),
                ('fell_at', models.DateTimeField(blank=True, null=True, verbose_name='tombée le')),
                ('reason', models.TextField(blank=True, verbose_name='motif')),
                ('soumission', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='attente', to='preuves.soumissiondechapitre')),
            ],
            options={
                'verbose_name': 'attente de fichiers',
                'verbose_name_plural': 'attentes de fichiers',
                'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('fell_at', None), ('reason', '')), models.Q(('fell_at__isnull', False), models.Q(('reason', ''), _negated=True)), _connector='OR'), name='attente_falls_for_a_reason', violation_error_message='Une soumission qui tombe dit pourquoi.')],
            },
        ),
        migrations.CreateModel(
            name='VerdictDePreuve',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('sha256', models.CharField(max_length=64, verbose_name='empreinte lue')),
                ('avis', models.CharField(choices=[('accepted', 'Acceptée'), ('to_correct', 'À corriger')], max_length=10)),
                ('reason', models.TextField(blank=True, max_length=4000, verbose_name='motif')),
                ('given_at', models.DateTimeField(verbose_name='rendu le')),
                ('given_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('revision', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='verdicts', to='preuves.revision')),
                ('soumission', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='verdicts', to='preuves.soumissiondechapitre')),
            ],
            options={
                'verbose_name': 'avis',
                'verbose_name_plural': 'avis',
                'constraints': [models.UniqueConstraint(fields=('revision', 'soumission'), name='verdict_once_a_submission'), models.CheckConstraint(condition=models.Q(('avis', 'accepted'), models.Q(models.Q(('reason', ''), _negated=True), ('avis', 'to_correct')), _connector='OR'), name='verdict_to_correct_has_a_reason', violation_error_message='Un avis «\xa0à corriger\xa0» donne son motif.')],
            },
        ),
        migrations.CreateModel(
            name='VersionDEquivalences',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('date', models.DateField(verbose_name='version du')),
                ('sha256', models.CharField(max_length=64, verbose_name='empreinte')),
                ('published_at', models.DateTimeField(verbose_name='publiée le')),
                ('cible', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='equivalences_received', to='candidatures.dispositif')),
                ('published_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('source', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='equivalences_given', to='candidatures.dispositif')),
            ],
            options={
                'verbose_name': 'table d’équivalences',
                'verbose_name_plural': 'tables d’équivalences',
                'constraints': [models.UniqueConstraint(fields=('source', 'cible', 'date'), name='equivalences_one_version_a_day'), models.CheckConstraint(condition=models.Q(('source', models.F('cible')), _negated=True), name='equivalences_between_two', violation_error_message='Une table va d’une démarche à une autre.')],
            },
        ),
        migrations.CreateModel(
            name='RetraitDEquivalences',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('reason', models.TextField(max_length=1000, verbose_name='motif')),
                ('withdrawn_at', models.DateTimeField(verbose_name='retirée le')),
                ('withdrawn_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('version', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='retrait', to='preuves.versiondequivalences')),
            ],
            options={
                'verbose_name': 'retrait d’une table d’équivalences',
                'verbose_name_plural': 'retraits de tables d’équivalences',
                'constraints': [models.CheckConstraint(condition=models.Q(('reason', ''), _negated=True), name='equivalences_retrait_gives_its_reason')],
            },
        ),
        migrations.CreateModel(
            name='ImportDEquivalences',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('workbook', models.FileField(max_length=200, storage=candidatures.models.piece.private_storage, upload_to='', verbose_name='classeur')),
                ('workbook_name', models.CharField(max_length=150, verbose_name='nom du classeur')),
                ('date', models.DateField(verbose_name='version du')),
                ('sent_at', models.DateTimeField(verbose_name='envoyé le')),
                ('discarded_at', models.DateTimeField(blank=True, null=True, verbose_name='abandonné le')),
                ('cible', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='candidatures.dispositif')),
                ('discarded_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('sent_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('source', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='candidatures.dispositif')),
                ('published', models.OneToOneField(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='imported_from', to='preuves.versiondequivalences')),
            ],
            options={
                'verbose_name': 'import d’équivalences',
                'verbose_name_plural': 'imports d’équivalences',
                'constraints': [models.CheckConstraint(condition=models.Q(('published', None), ('discarded_at', None), _connector='OR'), name='equivalences_import_ends_once', violation_error_message='Un import publié ne s’abandonne plus.'), models.CheckConstraint(condition=models.Q(('discarded_by', None), ('discarded_at__isnull', False), _connector='OR'), name='equivalences_import_discarded_has_its_instant', violation_error_message='Un import abandonné l’est à un instant.'), models.CheckConstraint(condition=models.Q(('source', models.F('cible')), _negated=True), name='equivalences_import_between_two', violation_error_message='Une table va d’une démarche à une autre.')],
            },
        ),
        migrations.CreateModel(
            name='Equivalence',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('source', models.CharField(max_length=60, verbose_name='N° preuve source')),
                ('cible', models.CharField(max_length=60, verbose_name='N° preuve cible')),
                ('profils', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=40), blank=True, default=list, size=None)),
                ('note', models.CharField(blank=True, max_length=500)),
                ('rank', models.PositiveIntegerField(verbose_name='rang')),
                ('version', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='lignes', to='preuves.versiondequivalences')),
            ],
            options={
                'verbose_name': 'équivalence',
                'constraints': [models.UniqueConstraint(fields=('version', 'cible'), name='equivalence_once_for_a_target')],
            },
        ),
        migrations.CreateModel(
            name='VersionDuREM',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('date', models.DateField(verbose_name='version du')),
                ('sha256', models.CharField(max_length=64, verbose_name='empreinte')),
                ('published_at', models.DateTimeField(verbose_name='publiée le')),
                ('dispositif', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='versions_du_rem', to='candidatures.dispositif')),
                ('published_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'verbose_name': 'version du REM',
                'verbose_name_plural': 'versions du REM',
                'constraints': [models.UniqueConstraint(fields=('dispositif', 'date'), name='rem_one_version_a_day')],
            },
        ),
        migrations.CreateModel(
            name='RetraitDuREM',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('reason', models.TextField(max_length=1000, verbose_name='motif')),
                ('withdrawn_at', models.DateTimeField(verbose_name='retirée le')),
                ('withdrawn_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('version', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='retrait', to='preuves.versiondurem')),
            ],
            options={
                'verbose_name': 'retrait d’une version du REM',
                'verbose_name_plural': 'retraits de versions du REM',
                'constraints': [models.CheckConstraint(condition=models.Q(('reason', ''), _negated=True), name='rem_retrait_gives_its_reason')],
            },
        ),
        migrations.CreateModel(
            name='PreuveAttendue',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('numero', models.CharField(max_length=60, verbose_name='N° preuve')),
                ('texte', models.TextField()),
                ('nature', models.CharField(choices=[('VIDEO', 'Vidéo'), ('CAPTURE', 'Copies d’écran'), ('DOCUMENT', 'Document'), ('ATTESTATION', 'Attestation sur l’honneur'), ('ENGAGEMENT', 'Engagement écrit'), ('CNDA', 'Document du CNDA'), ('EDC_PSC', 'Habilitation EDC PSC'), ('ARCHIVE_XDM', 'Archive IHE_XDM'), ('GAZELLE', 'Lien permanent Gazelle'), ('MOTCO2', 'Numéro d’exécution MOTCO2'), ('PENTEST', 'Formulaire de test d’intrusion'), ('TEXTE', 'Texte')], max_length=15)),
                ('guichet', models.CharField(default='ANS', max_length=20)),
                ('constat', models.CharField(blank=True, max_length=40)),
                ('sauf_profils', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=40), blank=True, default=list, size=None)),
                ('empreinte', models.CharField(max_length=64)),
                ('rank', models.PositiveIntegerField(verbose_name='rang')),
                ('scenario', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='preuves', to='preuves.scenario')),
                ('version', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='preuves', to='preuves.versiondurem')),
            ],
            options={
                'verbose_name': 'preuve attendue',
                'verbose_name_plural': 'preuves attendues',
                'constraints': [models.UniqueConstraint(fields=('version', 'numero'), name='rem_preuve_once_in_a_version')],
            },
        ),
        migrations.CreateModel(
            name='ImportDuREM',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('workbook', models.FileField(max_length=200, storage=candidatures.models.piece.private_storage, upload_to='', verbose_name='classeur')),
                ('workbook_name', models.CharField(max_length=150, verbose_name='nom du classeur')),
                ('annotations', models.TextField(blank=True, verbose_name='annotations (TOML)')),
                ('date', models.DateField(verbose_name='version du')),
                ('natures', models.JSONField(blank=True, default=dict, verbose_name='natures corrigées')),
                ('sent_at', models.DateTimeField(verbose_name='envoyé le')),
                ('discarded_at', models.DateTimeField(blank=True, null=True, verbose_name='abandonné le')),
                ('large', models.BooleanField(default=False, verbose_name='à lire par un effet')),
                ('lecture', models.FileField(blank=True, max_length=200, storage=candidatures.models.piece.private_storage, upload_to='', verbose_name='lecture')),
                ('lecture_key', models.CharField(blank=True, max_length=64, verbose_name='clé de la lecture')),
                ('discarded_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('dispositif', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='imports_du_rem', to='candidatures.dispositif')),
                ('sent_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('published', models.OneToOneField(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='imported_from', to='preuves.versiondurem')),
            ],
            options={
                'verbose_name': 'import du REM',
                'verbose_name_plural': 'imports du REM',
                'constraints': [models.CheckConstraint(condition=models.Q(('published', None), ('discarded_at', None), _connector='OR'), name='rem_import_ends_once', violation_error_message='Un import publié ne s’abandonne plus.'), models.CheckConstraint(condition=models.Q(('discarded_by', None), ('discarded_at__isnull', False), _connector='OR'), name='rem_import_discarded_has_its_instant', violation_error_message='Un import abandonné l’est à un instant.')],
            },
        ),
        migrations.AddField(
            model_name='dossierdepreuves',
            name='version',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='dossiers', to='preuves.versiondurem'),
        ),
        migrations.AddField(
            model_name='chapitredurem',
            name='version',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='chapitres', to='preuves.versiondurem'),
        ),
        migrations.CreateModel(
            name='AvisTombe',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('reason', models.CharField(max_length=300, verbose_name='motif')),
                ('fallen_at', models.DateTimeField(verbose_name='tombé le')),
                ('verdict', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='chutes', to='preuves.verdictdepreuve')),
                ('version', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='preuves.versiondurem')),
            ],
            options={
                'verbose_name': 'avis tombé',
                'verbose_name_plural': 'avis tombés',
                'constraints': [models.UniqueConstraint(fields=('verdict', 'version'), name='avis_falls_once_a_version')],
            },
        ),
        migrations.CreateModel(
            name='AnnotationDePreuve',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('numero', models.CharField(max_length=60, verbose_name='N° preuve')),
                ('content', models.JSONField(verbose_name='contenu')),
                ('version', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='annotations', to='preuves.versiondurem')),
            ],
            options={
                'verbose_name': 'annotation de preuve',
                'verbose_name_plural': 'annotations de preuves',
                'constraints': [models.UniqueConstraint(fields=('version', 'numero'), name='annotation_once_in_a_version'), models.CheckConstraint(condition=models.Q(('content', {}), _negated=True), name='annotation_is_not_empty', violation_error_message='Une annotation n’est pas vide.')],
            },
        ),
        migrations.CreateModel(
            name='Analyse',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('state', models.CharField(choices=[('clean', 'Analysé, sain'), ('infected', 'Refusé par l’antivirus'), ('not_scanned', 'Non analysé')], max_length=12, verbose_name='résultat')),
                ('detail', models.CharField(blank=True, max_length=200, verbose_name='détail')),
                ('analysed_at', models.DateTimeField(verbose_name='analysé le')),
                ('signatures', models.CharField(blank=True, max_length=100)),
                ('piece', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='analyse', to='candidatures.piece')),
            ],
            options={
                'verbose_name': 'analyse antivirus',
                'verbose_name_plural': 'analyses antivirus',
                'constraints': [models.CheckConstraint(condition=models.Q(('state__in', ['clean', 'infected', 'not_scanned'])), name='analyse_state_known')],
            },
        ),
        migrations.CreateModel(
            name='Apercu',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('pages', models.PositiveIntegerField()),
                ('drawn', models.PositiveSmallIntegerField(verbose_name='pages dessinées')),
                ('made_at', models.DateTimeField(verbose_name='fait le')),
                ('piece', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='apercu', to='candidatures.piece')),
            ],
            options={
                'verbose_name': 'aperçu',
                'verbose_name_plural': 'aperçus',
                'constraints': [models.CheckConstraint(condition=models.Q(('drawn__lte', models.F('pages'))), name='apercu_draws_what_there_is')],
            },
        ),
        migrations.CreateModel(
            name='Contestation',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('numero', models.CharField(max_length=60, verbose_name='N° preuve')),
                ('reason', models.CharField(max_length=1000, verbose_name='motif')),
                ('contested_at', models.DateTimeField(verbose_name='contestée le')),
                ('contested_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('dossier', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='contestations', to='preuves.dossierdepreuves')),
            ],
            options={
                'verbose_name': 'contestation',
                'constraints': [models.UniqueConstraint(fields=('dossier', 'numero'), name='contestation_once_for_a_preuve'), models.CheckConstraint(condition=models.Q(('reason', ''), _negated=True), name='contestation_has_a_reason', violation_error_message='Une contestation donne son motif.')],
            },
        ),
        migrations.AddIndex(
            model_name='revision',
            index=models.Index(condition=models.Q(('forme', 'number')), fields=['value'], name='revision_by_number'),
        ),
        migrations.AddConstraint(
            model_name='revision',
            constraint=models.UniqueConstraint(fields=('preuve', 'number'), name='revision_number_once'),
        ),
        migrations.AddConstraint(
            model_name='revision',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('forme', 'files'), ('value', '')), models.Q(models.Q(('forme', 'files'), _negated=True), models.Q(('value', ''), _negated=True)), _connector='OR'), name='revision_holds_what_its_forme_says', violation_error_message='Un dépôt porte des fichiers, ou bien un lien, un numéro, un texte, un motif.'),
        ),
        migrations.AddConstraint(
            model_name='revision',
            constraint=models.CheckConstraint(condition=models.Q(('forme__in', ['files', 'link', 'number', 'text', 'not_applicable', 'constat'])), name='revision_forme_is_known'),
        ),
        migrations.AddConstraint(
            model_name='chapitredurem',
            constraint=models.UniqueConstraint(fields=('version', 'code'), name='rem_chapitre_once'),
        ),
        migrations.RunSQL(IS_CLOSED_CANDIDATURE, "DROP FUNCTION is_closed_candidature CASCADE"),
        migrations.RunSQL(COUNT_EVERY_CHAPITRE, "DROP FUNCTION count_every_chapitre CASCADE"),
        migrations.RunSQL(COUNT_THE_CHAPITRES, "DROP FUNCTION count_the_chapitres CASCADE"),
        migrations.RunSQL(IS_WAITING_FOR_THE_ANS, "DROP FUNCTION is_waiting_for_the_ans CASCADE"),
        migrations.RunSQL(COUNT_A_CHAPITRE, "DROP FUNCTION count_a_chapitre CASCADE"),
        migrations.RunSQL(REFUSE_WHAT_IS_FROZEN, "DROP FUNCTION refuse_what_is_frozen CASCADE"),
        *(
            migrations.RunSQL(
                f"CREATE TRIGGER {noun}_is_written_once BEFORE UPDATE OR DELETE ON {table} "
                "FOR EACH ROW EXECUTE FUNCTION refuse_to_rewrite()",
                f"DROP TRIGGER {noun}_is_written_once ON {table}",
            )
            for noun, table in WRITTEN_ONCE.items()
        ),
    ]
