"""Make the tables and triggers of candidatures at once in a new database; an older one has the migrations replaced here."""

import candidatures.models.piece
import comptes.models.sorting
import django.contrib.postgres.fields
import django.contrib.postgres.indexes
import django.db.models.deletion
import django.db.models.functions.text
import django_fsm
from django.conf import settings
from django.db import migrations, models

NAMES_OF_PRODUIT = r"""
CREATE FUNCTION names_of_produit(produit bigint) RETURNS text LANGUAGE sql STABLE AS $$
    SELECT sort_name(p.nom) || E'\n' || sort_name(e.raison_sociale) || E'\n' || sort_name(e.identifier)
    FROM candidatures_produit p JOIN comptes_editeur e ON e.id = p.editeur_id WHERE p.id = produit
$$;
"""

REFUSE_TO_REOPEN_WHAT_IS_FROZEN = """
CREATE FUNCTION refuse_to_reopen_what_is_frozen() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT FROM candidatures_candidature WHERE id = NEW.candidature_id AND gel <> 'free') THEN
        RAISE EXCEPTION 'What the collège looks at is not opened again.' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER volet_is_frozen
    BEFORE UPDATE OF state ON candidatures_volet
    FOR EACH ROW
    WHEN (new.state = 'complement_requested' AND old.state <> new.state)
    EXECUTE FUNCTION refuse_to_reopen_what_is_frozen();
"""

RENAME_THE_CANDIDATURES = """
CREATE FUNCTION rename_the_candidatures() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_TABLE_NAME = 'candidatures_produit' THEN
        UPDATE candidatures_candidature SET noms = '' WHERE produit_id = NEW.id;
    ELSE
        UPDATE candidatures_candidature SET noms = ''
            WHERE produit_id IN (SELECT id FROM candidatures_produit WHERE editeur_id = NEW.id);
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER editeur_renames_its_candidatures
    AFTER UPDATE OF raison_sociale, identifier ON comptes_editeur
    FOR EACH ROW
    WHEN (new.raison_sociale <> old.raison_sociale OR new.identifier <> old.identifier)
    EXECUTE FUNCTION rename_the_candidatures();
CREATE TRIGGER produit_renames_its_candidatures
    AFTER UPDATE OF nom, editeur_id ON candidatures_produit
    FOR EACH ROW
    WHEN (new.nom <> old.nom OR new.editeur_id <> old.editeur_id)
    EXECUTE FUNCTION rename_the_candidatures();
"""

SAY_THE_NAMES = """
CREATE FUNCTION say_the_names() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM FROM candidatures_produit p JOIN comptes_editeur e ON e.id = p.editeur_id
        WHERE p.id = NEW.produit_id FOR SHARE;
    NEW.noms := names_of_produit(NEW.produit_id);
    RETURN NEW;
END $$;
CREATE TRIGGER candidature_says_its_names
    BEFORE INSERT OR UPDATE OF produit_id, noms ON candidatures_candidature
    FOR EACH ROW
    EXECUTE FUNCTION say_the_names();
"""

NEVER_REWRITTEN = """
CREATE TRIGGER help_is_never_deleted
    BEFORE DELETE ON candidatures_versiondefiche
    FOR EACH ROW
    EXECUTE FUNCTION refuse_to_rewrite();
CREATE TRIGGER help_is_written_once
    BEFORE UPDATE ON candidatures_versiondefiche
    FOR EACH ROW
    WHEN ((to_jsonb(new.*) - ARRAY['published_at'::text, 'published_by_id'::text, 'ended_at'::text, 'ended_by_id'::text]) IS DISTINCT FROM (to_jsonb(old.*) - ARRAY['published_at'::text, 'published_by_id'::text, 'ended_at'::text, 'ended_by_id'::text]))
    EXECUTE FUNCTION refuse_to_rewrite();
"""

REWRITTEN = """
DROP TRIGGER help_is_never_deleted ON candidatures_versiondefiche;
DROP TRIGGER help_is_written_once ON candidatures_versiondefiche;
"""

# The noun in the trigger’s name, and the table.
WRITTEN_ONCE = {
    "acceptationdecharte": "candidatures_acceptationdecharte",
    "accuse": "candidatures_accuse",
    "charte": "candidatures_charte",
    "formulaire": "candidatures_formulaire",
    "impressiondaccuse": "candidatures_impressiondaccuse",
    "jugement": "candidatures_jugement",
    "message": "candidatures_message",
    "messagepiece": "candidatures_messagepiece",
    "piece": "candidatures_piece",
    "reponse": "candidatures_reponse",
    "soumission": "candidatures_soumission",
}


class Migration(migrations.Migration):

    replaces = [('candidatures', '0001_initial'), ('candidatures', '0002_written_once'), ('candidatures', '0003_dossier_administratif'), ('candidatures', '0004_written_once'), ('candidatures', '0005_handed_over'), ('candidatures', '0006_withdrawn'), ('candidatures', '0007_succeeds'), ('candidatures', '0008_abonnement_calendrier'), ('candidatures', '0009_echeances'), ('candidatures', '0010_accuses'), ('candidatures', '0011_closed'), ('candidatures', '0012_messagerie'), ('candidatures', '0013_demandes'), ('candidatures', '0014_freeze'), ('candidatures', '0015_derogations_asked'), ('candidatures', '0016_tidy_lines'), ('candidatures', '0017_numeros'), ('candidatures', '0018_formulaires'), ('candidatures', '0019_formulaire_of_what_was_submitted'), ('candidatures', '0020_exigences_d_echeance'), ('candidatures', '0021_modeles_of_a_dispositif'), ('candidatures', '0022_words'), ('candidatures', '0023_files_awaited'), ('candidatures', '0024_names_in_one_place'), ('candidatures', '0025_immatriculations'), ('candidatures', '0026_indices'), ('candidatures', '0027_number_among_the_names'), ('candidatures', '0028_contents_in_order'), ('candidatures', '0029_plain_words'), ('candidatures', '0030_aide'), ('candidatures', '0031_referents'), ('candidatures', '0032_transferts'), ('candidatures', '0033_suivi'), ('candidatures', '0034_candidature_in_order'), ('candidatures', '0035_reservations'), ('candidatures', '0036_gestes'), ('candidatures', '0037_ouvertures'), ('candidatures', '0038_candidature_suivie'), ('candidatures', '0039_ligne_de_lot_tries')]

    initial = True

    dependencies = [
        ('comptes', '0001_squashed_0030_portee'),
    ]

    operations = [
        migrations.CreateModel(
            name='Candidature',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('nru', models.CharField(max_length=40, unique=True, verbose_name='numéro unique de candidature (NRU)')),
                ('state', models.CharField(choices=[('open', 'Ouverte'), ('withdrawn', 'Retirée'), ('foreclosed', 'Close pour dépôt hors délai')], default='open', max_length=50, verbose_name='état')),
                ('opened_at', models.DateTimeField(verbose_name='ouverte le')),
                ('withdrawn_at', models.DateTimeField(blank=True, null=True, verbose_name='retirée le')),
                ('handed_over_at', models.DateTimeField(blank=True, null=True, verbose_name='dossier administratif remis le')),
                ('foreclosed_at', models.DateTimeField(blank=True, null=True, verbose_name='forclose le')),
                ('foreclosure_echeance', models.CharField(blank=True, max_length=20, verbose_name='échéance manquée')),
                ('foreclosure_reason', models.TextField(blank=True, max_length=2000, verbose_name='motif de la forclusion')),
                ('gel', models.CharField(choices=[('free', 'Modifiable'), ('college', 'À l’ordre du jour du collège'), ('attributed', 'Référencement attribué')], default='free', editable=False, max_length=10, verbose_name='gel')),
                ('noms', models.TextField(db_collation='C', default='', editable=False, verbose_name='noms cherchés')),
                ('foreclosed_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('opened_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('succeeds', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='successors', to='candidatures.candidature', verbose_name='fait suite à')),
                ('withdrawn_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'verbose_name': 'candidature',
            },
        ),
        migrations.CreateModel(
            name='Charte',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('version', models.CharField(max_length=20)),
                ('texte', models.TextField()),
                ('sha256', models.CharField(max_length=64)),
                ('published_at', models.DateTimeField(verbose_name='publiée le')),
            ],
            options={
                'verbose_name': 'charte',
            },
        ),
        migrations.CreateModel(
            name='Dispositif',
            fields=[
                ('code', models.CharField(max_length=40, primary_key=True, serialize=False)),
                ('nom', models.CharField(max_length=120)),
                ('couloir', models.CharField(max_length=80)),
                ('vague', models.PositiveSmallIntegerField()),
                ('prefixe_nru', models.CharField(max_length=6, verbose_name='préfixe des NRU')),
                ('opens_at', models.DateTimeField(verbose_name='ouverture')),
            ],
            options={
                'verbose_name': 'dispositif',
            },
        ),
        migrations.CreateModel(
            name='Volet',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('administratif', 'Candidature administrative'), ('eligibilite', 'Formulaire d’éligibilité')], max_length=20, verbose_name='volet')),
                ('state', models.CharField(choices=[('draft', 'Brouillon'), ('submitted', 'Soumis à l’ANS'), ('complement_requested', 'Complément demandé'), ('admitted', 'Recevable')], default='draft', max_length=50, verbose_name='état')),
                ('version', models.PositiveIntegerField(default=0)),
                ('first_submitted_at', models.DateTimeField(blank=True, null=True, verbose_name='soumis la première fois le')),
                ('submitted_at', models.DateTimeField(blank=True, null=True, verbose_name='soumis le')),
                ('admitted_at', models.DateTimeField(blank=True, null=True, verbose_name='recevable le')),
                ('formulaire', models.CharField(blank=True, max_length=20, verbose_name='version du formulaire')),
                ('admitted_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'verbose_name': 'volet',
            },
            bases=(django_fsm.FSMModelMixin, models.Model),
        ),
        migrations.CreateModel(
            name='Accuse',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('numero', models.CharField(max_length=30, unique=True, verbose_name='numéro')),
                ('kind', models.CharField(choices=[('volet', 'Volet'), ('chapitre', 'Chapitre de preuves'), ('fichier', 'Fichier d’une preuve')], max_length=10, verbose_name='nature')),
                ('address', models.CharField(max_length=200, verbose_name='objet')),
                ('number', models.PositiveSmallIntegerField(verbose_name='numéro de la soumission')),
                ('template_version', models.CharField(max_length=20, verbose_name='version du modèle')),
                ('data', models.JSONField(verbose_name='données figées')),
                ('sha256', models.CharField(db_index=True, max_length=64, verbose_name='empreinte des données')),
                ('issued_at', models.DateTimeField(verbose_name='délivré le')),
                ('issued_to', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('candidature', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='accuses', to='candidatures.candidature')),
            ],
            options={
                'verbose_name': 'accusé de dépôt',
                'verbose_name_plural': 'accusés de dépôt',
                'constraints': [models.UniqueConstraint(fields=('address', 'number'), name='accuse_once_a_submission')],
            },
        ),
        migrations.CreateModel(
            name='CandidatureSuivie',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('since_at', models.DateTimeField(verbose_name='suivie depuis')),
                ('candidature', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='suiveurs', to='candidatures.candidature')),
                ('compte', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'verbose_name': 'candidature suivie',
                'verbose_name_plural': 'candidatures suivies',
                'constraints': [models.UniqueConstraint(fields=('candidature', 'compte'), name='candidature_followed_once')],
            },
        ),
        migrations.CreateModel(
            name='AcceptationDeCharte',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('accepted_at', models.DateTimeField(verbose_name='acceptée le')),
                ('accepted_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('candidature', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='acceptations', to='candidatures.candidature')),
                ('charte', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='acceptations', to='candidatures.charte')),
            ],
            options={
                'verbose_name': 'acceptation de la charte',
                'constraints': [models.UniqueConstraint(fields=('candidature', 'charte'), name='charte_accepted_once')],
            },
        ),
        migrations.CreateModel(
            name='Derogation',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('echeance', models.CharField(max_length=20, verbose_name='échéance')),
                ('state', models.CharField(choices=[('asked', 'À instruire'), ('requested', 'À accorder'), ('to_refuse', 'Refus à confirmer'), ('granted', 'Accordée'), ('refused', 'Refusée'), ('withdrawn', 'Retirée par l’éditeur')], default='requested', max_length=50, verbose_name='état')),
                ('to_at', models.DateTimeField(blank=True, null=True, verbose_name='nouvel instant')),
                ('motive', models.TextField(max_length=2000, verbose_name='motif')),
                ('asked_at', models.DateTimeField(verbose_name='demandée le')),
                ('decided_at', models.DateTimeField(blank=True, null=True, verbose_name='tranchée le')),
                ('refusal', models.TextField(blank=True, max_length=2000, verbose_name='motif du refus')),
                ('instructed_at', models.DateTimeField(blank=True, null=True, verbose_name='instruite le')),
                ('origin', models.CharField(choices=[('editeur', 'Éditeur'), ('ans', 'ANS')], default='ans', max_length=10, verbose_name='demandée par')),
                ('wished_at', models.DateTimeField(blank=True, null=True, verbose_name='instant souhaité')),
                ('withdrawn_at', models.DateTimeField(blank=True, null=True, verbose_name='retirée le')),
                ('asked_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('candidature', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='derogations', to='candidatures.candidature')),
                ('decided_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('instructed_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('withdrawn_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'verbose_name': 'dérogation',
                'constraints': [models.CheckConstraint(condition=models.Q(('motive', ''), _negated=True), name='derogation_gives_its_motive'), models.UniqueConstraint(condition=models.Q(('state__in', ('asked', 'requested', 'to_refuse'))), fields=('candidature', 'echeance'), name='derogation_one_at_a_time', violation_error_message='Une dérogation à cette échéance attend déjà une décision.'), models.CheckConstraint(condition=models.Q(models.Q(('decided_at', None), ('decided_by', None), ('instructed_at', None), ('instructed_by', None), ('origin', 'editeur'), ('refusal', ''), ('state', 'asked'), ('to_at', None), ('withdrawn_at', None), ('withdrawn_by', None)), models.Q(models.Q(('instructed_at__gte', models.F('asked_at')), ('instructed_by__isnull', False)), ('decided_at', None), ('decided_by', None), ('refusal', ''), ('state', 'requested'), ('to_at__isnull', False), ('withdrawn_at', None), ('withdrawn_by', None)), models.Q(models.Q(('instructed_at__gte', models.F('asked_at')), ('instructed_by__isnull', False)), models.Q(('refusal', ''), _negated=True), ('decided_at', None), ('decided_by', None), ('origin', 'editeur'), ('state', 'to_refuse'), ('to_at', None), ('withdrawn_at', None), ('withdrawn_by', None)), models.Q(models.Q(models.Q(('instructed_at__gte', models.F('asked_at')), ('instructed_by__isnull', False)), ('decided_at__gte', models.F('instructed_at')), ('decided_by__isnull', False), ('withdrawn_at', None), ('withdrawn_by', None)), models.Q(('decided_by', models.F('instructed_by')), _negated=True), ('refusal', ''), ('state', 'granted'), ('to_at__gt', models.F('decided_at'))), models.Q(models.Q(models.Q(('instructed_at__gte', models.F('asked_at')), ('instructed_by__isnull', False)), ('decided_at__gte', models.F('instructed_at')), ('decided_by__isnull', False), ('withdrawn_at', None), ('withdrawn_by', None)), models.Q(('refusal', ''), _negated=True), ('origin', 'ans'), ('state', 'refused')), models.Q(models.Q(models.Q(('instructed_at__gte', models.F('asked_at')), ('instructed_by__isnull', False)), ('decided_at__gte', models.F('instructed_at')), ('decided_by__isnull', False), ('withdrawn_at', None), ('withdrawn_by', None)), models.Q(('decided_by', models.F('instructed_by')), _negated=True), models.Q(('refusal', ''), _negated=True), ('origin', 'editeur'), ('state', 'refused')), models.Q(('decided_at', None), ('decided_by', None), ('origin', 'editeur'), ('state', 'withdrawn'), ('withdrawn_at__gte', models.F('asked_at')), ('withdrawn_by__isnull', False)), _connector='OR'), name='derogation_decided_by_another', violation_error_message='Une dérogation est tranchée par une autre personne que celle qui l’instruit.')],
            },
            bases=(django_fsm.FSMModelMixin, models.Model),
        ),
        migrations.AddField(
            model_name='charte',
            name='dispositif',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='chartes', to='candidatures.dispositif'),
        ),
        migrations.AddField(
            model_name='candidature',
            name='dispositif',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='candidatures', to='candidatures.dispositif'),
        ),
        migrations.CreateModel(
            name='Echeance',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('code', models.CharField(max_length=20)),
                ('nom', models.CharField(max_length=40)),
                ('objet', models.CharField(max_length=120)),
                ('explication', models.CharField(max_length=300)),
                ('at', models.DateTimeField(verbose_name='instant')),
                ('chapitres', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=20), blank=True, default=list, size=None)),
                ('exige', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(choices=[('volets-soumis', 'Chaque volet soumis une fois'), ('chapitres-soumis', 'Chaque chapitre soumis une fois'), ('demandes-avancees', 'Chaque demande assez avancée pour un dossier réputé complet'), ('retours-repondus', 'Chaque retour sur un chapitre répondu')], max_length=30), blank=True, default=list, size=None)),
                ('volets', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(choices=[('administratif', 'Candidature administrative'), ('eligibilite', 'Formulaire d’éligibilité')], max_length=20), blank=True, default=list, size=None)),
                ('dispositif', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='echeances', to='candidatures.dispositif')),
            ],
            options={
                'verbose_name': 'échéance',
                'constraints': [models.UniqueConstraint(fields=('dispositif', 'code'), name='echeance_once_in_a_dispositif')],
            },
        ),
        migrations.CreateModel(
            name='DeplacementDEcheance',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('state', models.CharField(choices=[('proposed', 'À approuver'), ('approved', 'En vigueur'), ('refused', 'Abandonné')], default='proposed', max_length=50, verbose_name='état')),
                ('from_at', models.DateTimeField(verbose_name='instant d’avant')),
                ('to_at', models.DateTimeField(verbose_name='nouvel instant')),
                ('arrete', models.CharField(max_length=200, verbose_name='arrêté')),
                ('motive', models.TextField(max_length=2000, verbose_name='motif')),
                ('asked_at', models.DateTimeField(verbose_name='proposé le')),
                ('decided_at', models.DateTimeField(blank=True, null=True, verbose_name='tranché le')),
                ('asked_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('decided_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('ouverture_de', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='ouvertures', to='candidatures.dispositif')),
                ('echeance', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='deplacements', to='candidatures.echeance')),
            ],
            options={
                'verbose_name': 'déplacement d’échéance',
                'verbose_name_plural': 'déplacements d’échéance',
                'constraints': [models.UniqueConstraint(condition=models.Q(('state', 'proposed')), fields=('echeance',), name='deplacement_one_at_a_time'), models.CheckConstraint(condition=models.Q(('to_at', models.F('from_at')), _negated=True), name='deplacement_moves_something'), models.CheckConstraint(condition=models.Q(models.Q(('arrete', ''), _negated=True), models.Q(('motive', ''), _negated=True)), name='deplacement_gives_its_arrete_and_motive'), models.CheckConstraint(condition=models.Q(models.Q(('decided_at', None), ('decided_by', None), ('state', 'proposed')), models.Q(models.Q(('decided_at__gte', models.F('asked_at')), ('decided_by__isnull', False), models.Q(('decided_by', models.F('asked_by')), _negated=True)), ('state', 'approved'), ('to_at__gt', models.F('decided_at'))), models.Q(models.Q(('decided_at__gte', models.F('asked_at')), ('decided_by__isnull', False)), ('state', 'refused')), _connector='OR'), name='deplacement_approved_by_another', violation_error_message='Un déplacement est approuvé par une autre personne que celle qui le propose.'), models.UniqueConstraint(condition=models.Q(('state', 'proposed')), fields=('ouverture_de',), name='ouverture_one_at_a_time'), models.CheckConstraint(condition=models.Q(models.Q(('echeance', None), ('ouverture_de__isnull', False)), models.Q(('echeance__isnull', False), ('ouverture_de', None)), _connector='OR'), name='deplacement_moves_one_date')],
            },
            bases=(django_fsm.FSMModelMixin, models.Model),
        ),
        migrations.CreateModel(
            name='Etiquette',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('nom', models.CharField(max_length=40, verbose_name='étiquette')),
                ('created_at', models.DateTimeField(verbose_name='créée le')),
                ('created_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'verbose_name': 'étiquette',
                'constraints': [models.UniqueConstraint(django.db.models.functions.text.Lower('nom'), name='etiquette_once', violation_error_message='Cette étiquette existe déjà.')],
            },
        ),
        migrations.CreateModel(
            name='EtiquetteDeCandidature',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('put_at', models.DateTimeField(verbose_name='posée le')),
                ('candidature', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='etiquettes', to='candidatures.candidature')),
                ('etiquette', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='poses', to='candidatures.etiquette')),
                ('put_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'verbose_name': 'étiquette d’une candidature',
                'verbose_name_plural': 'étiquettes de candidatures',
                'constraints': [models.UniqueConstraint(fields=('candidature', 'etiquette'), name='etiquette_once_on_a_candidature')],
            },
        ),
        migrations.CreateModel(
            name='FicheDAide',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('page', 'Page d’aide'), ('contact', 'Contact'), ('session', 'Session ou rendez-vous'), ('ressource', 'Document ou lien')], max_length=12, verbose_name='nature')),
                ('code', models.CharField(max_length=60, unique=True, verbose_name='adresse')),
            ],
            options={
                'verbose_name': 'fiche d’aide',
                'verbose_name_plural': 'fiches d’aide',
                'constraints': [models.CheckConstraint(condition=models.Q(('code__regex', '^[a-z0-9]+(-[a-z0-9]+)*$')), name='aide_code_is_an_address')],
            },
        ),
        migrations.CreateModel(
            name='Formulaire',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('administratif', 'Candidature administrative'), ('eligibilite', 'Formulaire d’éligibilité')], max_length=20, verbose_name='volet')),
                ('version', models.CharField(max_length=20)),
                ('contenu', models.JSONField()),
                ('sha256', models.CharField(max_length=64)),
                ('published_at', models.DateTimeField(verbose_name='publié le')),
                ('dispositif', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='formulaires', to='candidatures.dispositif')),
            ],
            options={
                'verbose_name': 'formulaire',
                'constraints': [models.UniqueConstraint(fields=('dispositif', 'kind', 'version'), name='formulaire_version_once')],
            },
        ),
        migrations.CreateModel(
            name='ImpressionDAccuse',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('file', models.FileField(max_length=200, storage=candidatures.models.piece.private_storage, upload_to='', verbose_name='fichier')),
                ('size', models.PositiveBigIntegerField(verbose_name='taille en octets')),
                ('sha256', models.CharField(db_index=True, max_length=64, verbose_name='empreinte')),
                ('produced_at', models.DateTimeField(verbose_name='imprimé le')),
                ('accuse', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='impression', to='candidatures.accuse')),
            ],
            options={
                'verbose_name': 'impression d’accusé',
                'verbose_name_plural': 'impressions d’accusé',
            },
        ),
        migrations.CreateModel(
            name='Lot',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('geste', models.CharField(choices=[('attribuer', 'Attribuer à une personne'), ('repartir', 'Répartir entre les personnes présentes'), ('confier', 'Confier les dossiers d’une personne à des collègues'), ('etiqueter', 'Poser une étiquette'), ('ecrire', 'Écrire le même message'), ('completer', 'Demander un complément'), ('relancer', 'Relancer l’éditeur'), ('inscrire', 'Inscrire à une séance du collège'), ('preparer', 'Préparer la clôture pour dépôt hors délai')], max_length=20, verbose_name='acte')),
                ('params', models.JSONField(default=dict)),
                ('asked_at', models.DateTimeField(verbose_name='demandé le')),
                ('finished_at', models.DateTimeField(blank=True, null=True, verbose_name='terminé le')),
                ('asked_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'verbose_name': 'lot',
                'indexes': [models.Index(condition=models.Q(('finished_at', None)), fields=['id'], name='lot_unfinished')],
            },
        ),
        migrations.CreateModel(
            name='LigneDeLot',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('params', models.JSONField(default=dict)),
                ('state', models.CharField(choices=[('pending', 'À faire'), ('done', 'Fait'), ('refused', 'Refusé'), ('stopped', 'Échec')], default='pending', max_length=10, verbose_name='état')),
                ('reason', models.TextField(blank=True, max_length=2000, verbose_name='pourquoi')),
                ('done_at', models.DateTimeField(blank=True, null=True, verbose_name='fait le')),
                ('tries', models.PositiveSmallIntegerField(default=0, verbose_name='essais')),
                ('candidature', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='candidatures.candidature')),
                ('lot', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='lignes', to='candidatures.lot')),
            ],
            options={
                'verbose_name': 'ligne de lot',
                'verbose_name_plural': 'lignes de lots',
                'indexes': [models.Index(condition=models.Q(('state', 'pending')), fields=['lot', 'id'], name='lot_line_to_do')],
                'constraints': [models.UniqueConstraint(fields=('lot', 'candidature'), name='lot_holds_a_candidature_once'), models.CheckConstraint(condition=models.Q(models.Q(('done_at', None), ('reason', ''), ('state', 'pending')), models.Q(('done_at__isnull', False), ('reason', ''), ('state', 'done')), models.Q(('done_at__isnull', False), ('state__in', ('refused', 'stopped')), models.Q(('reason', ''), _negated=True)), _connector='OR'), name='lot_line_says_what_became_of_it')],
            },
        ),
        migrations.CreateModel(
            name='Message',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('camp', models.CharField(choices=[('editeur', 'Éditeur'), ('ans', 'ANS')], max_length=10, verbose_name='côté')),
                ('text', models.TextField(max_length=10000, verbose_name='message')),
                ('mentions', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=120), blank=True, default=list, size=None)),
                ('token', models.CharField(max_length=40)),
                ('sent_at', models.DateTimeField(verbose_name='envoyé le')),
                ('author', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('candidature', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='messages', to='candidatures.candidature')),
                ('corrects', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='corrections', to='candidatures.message', verbose_name='corrige')),
            ],
            options={
                'verbose_name': 'message',
            },
        ),
        migrations.CreateModel(
            name='LectureDeMessages',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('read_at', models.DateTimeField(verbose_name='lu le')),
                ('candidature', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='lectures', to='candidatures.candidature')),
                ('compte', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('upto', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='candidatures.message')),
            ],
            options={
                'verbose_name': 'lecture de messages',
                'verbose_name_plural': 'lectures de messages',
                'constraints': [models.UniqueConstraint(fields=('candidature', 'compte'), name='lecture_once_a_person')],
            },
        ),
        migrations.CreateModel(
            name='ModeleDeDemande',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('titre', models.CharField(max_length=120, verbose_name='titre')),
                ('kind', models.CharField(choices=[('administratif', 'Candidature administrative'), ('eligibilite', 'Formulaire d’éligibilité')], max_length=20, verbose_name='volet')),
                ('champs', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=60), size=None, verbose_name='champs à rouvrir')),
                ('text', models.TextField(max_length=4000, verbose_name='texte')),
                ('created_at', models.DateTimeField(verbose_name='créé le')),
                ('retired_at', models.DateTimeField(blank=True, null=True, verbose_name='retiré le')),
                ('created_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('dispositif', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='modeles', to='candidatures.dispositif', verbose_name='démarche')),
                ('retired_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'verbose_name': 'modèle de demande',
                'verbose_name_plural': 'modèles de demande',
                'constraints': [models.CheckConstraint(condition=models.Q(('champs__len__gt', 0)), name='modele_names_its_champs'), models.CheckConstraint(condition=models.Q(models.Q(('retired_at', None), ('retired_by', None)), models.Q(('retired_at__gte', models.F('created_at')), ('retired_by__isnull', False)), _connector='OR'), name='modele_retired_by_somebody'), models.UniqueConstraint(models.F('dispositif'), models.F('kind'), django.db.models.functions.text.Lower('titre'), condition=models.Q(('retired_at', None)), name='modele_titre_once_in_a_volet', violation_error_message='Un modèle porte déjà ce titre pour ce volet.')],
            },
        ),
        migrations.CreateModel(
            name='NoteInterne',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('text', models.TextField(max_length=4000, verbose_name='note')),
                ('mentions', django.contrib.postgres.fields.ArrayField(base_field=models.BigIntegerField(), default=list, size=None, verbose_name='personnes mentionnées')),
                ('written_at', models.DateTimeField(verbose_name='écrite le')),
                ('candidature', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='notes_internes', to='candidatures.candidature')),
                ('written_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'verbose_name': 'note interne',
                'verbose_name_plural': 'notes internes',
                'indexes': [django.contrib.postgres.indexes.GinIndex(fields=['mentions'], name='note_mentions')],
            },
        ),
        migrations.CreateModel(
            name='Piece',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('file', models.FileField(max_length=200, storage=candidatures.models.piece.private_storage, upload_to='', verbose_name='fichier')),
                ('name', models.CharField(max_length=150, verbose_name='nom')),
                ('content_type', models.CharField(max_length=100, verbose_name='type')),
                ('size', models.PositiveBigIntegerField(verbose_name='taille en octets')),
                ('sha256', models.CharField(max_length=64, verbose_name='empreinte')),
                ('deposited_at', models.DateTimeField(verbose_name='déposée le')),
                ('candidature', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='pieces', to='candidatures.candidature')),
                ('deposited_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'verbose_name': 'pièce',
                'indexes': [models.Index(fields=['sha256', 'id'], name='piece_by_sha256')],
            },
        ),
        migrations.CreateModel(
            name='MessagePiece',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('rank', models.PositiveSmallIntegerField(verbose_name='rang')),
                ('message', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='lines', to='candidatures.message')),
                ('piece', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='candidatures.piece')),
            ],
            options={
                'verbose_name': 'fichier d’un message',
                'verbose_name_plural': 'fichiers d’un message',
                'constraints': [models.UniqueConstraint(fields=('message', 'rank'), name='message_piece_rank_once')],
            },
        ),
        migrations.AddField(
            model_name='message',
            name='pieces',
            field=models.ManyToManyField(related_name='messages', through='candidatures.MessagePiece', to='candidatures.piece'),
        ),
        migrations.CreateModel(
            name='DerogationPiece',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('rank', models.PositiveSmallIntegerField(verbose_name='rang')),
                ('derogation', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='lines', to='candidatures.derogation')),
                ('piece', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='candidatures.piece')),
            ],
            options={
                'verbose_name': 'fichier d’une dérogation',
                'verbose_name_plural': 'fichiers d’une dérogation',
                'constraints': [models.UniqueConstraint(fields=('derogation', 'rank'), name='derogation_piece_rank_once')],
            },
        ),
        migrations.CreateModel(
            name='Produit',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('nom', models.CharField(max_length=120, verbose_name='nom du produit')),
                ('created_at', models.DateTimeField(verbose_name='créé le')),
                ('numeros', models.JSONField(blank=True, default=dict, verbose_name='numéros')),
                ('created_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('editeur', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='produits', to='comptes.editeur')),
            ],
            options={
                'verbose_name': 'produit',
                'indexes': [models.Index(comptes.models.sorting.SortName('nom'), models.F('id'), name='produit_by_name')],
                'constraints': [models.UniqueConstraint(models.F('editeur'), django.db.models.functions.text.Lower('nom'), name='produit_name_once_in_an_editeur', violation_error_message='Cet éditeur a déjà un produit de ce nom.')],
            },
        ),
        migrations.AddField(
            model_name='candidature',
            name='produit',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='candidatures', to='candidatures.produit'),
        ),
        migrations.CreateModel(
            name='AccesProduit',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('given_at', models.DateTimeField(verbose_name='donné le')),
                ('ended_at', models.DateTimeField(blank=True, null=True, verbose_name='retiré le')),
                ('given_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('rattachement', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='acces', to='comptes.rattachement')),
                ('produit', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='acces', to='candidatures.produit')),
            ],
            options={
                'verbose_name': 'accès à un produit',
                'constraints': [models.UniqueConstraint(condition=models.Q(('ended_at', None)), fields=('produit', 'rattachement'), name='acces_once_at_a_time'), models.CheckConstraint(condition=models.Q(('ended_at', None), ('ended_at__gte', models.F('given_at')), _connector='OR'), name='acces_ends_after_it_begins')],
            },
        ),
        migrations.CreateModel(
            name='ReferentDeChapitre',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('code', models.CharField(max_length=20, verbose_name='chapitre')),
                ('assigned_at', models.DateTimeField(verbose_name='attribué le')),
                ('assigned_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('compte', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='référent')),
                ('dispositif', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='candidatures.dispositif')),
            ],
            options={
                'verbose_name': 'référent d’un chapitre',
                'verbose_name_plural': 'référents de chapitres',
                'constraints': [models.UniqueConstraint(fields=('dispositif', 'code'), name='referent_once_for_a_chapitre')],
            },
        ),
        migrations.CreateModel(
            name='ReservationDeVolet',
            fields=[
                ('volet', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, primary_key=True, related_name='reservation', serialize=False, to='candidatures.volet')),
                ('claimed_at', models.DateTimeField(verbose_name='examen commencé le')),
                ('ends_at', models.DateTimeField(verbose_name='réservé jusqu’au')),
            ],
            options={
                'verbose_name': 'réservation d’un volet',
                'verbose_name_plural': 'réservations de volets',
            },
        ),
        migrations.AddField(
            model_name='volet',
            name='candidature',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='volets', to='candidatures.candidature'),
        ),
        migrations.AddField(
            model_name='volet',
            name='submitted_by',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.CreateModel(
            name='Reponse',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('champ', models.CharField(max_length=60)),
                ('version', models.PositiveIntegerField()),
                ('value', models.JSONField(null=True, verbose_name='réponse')),
                ('answered_at', models.DateTimeField(verbose_name='répondu le')),
                ('answered_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('volet', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='reponses', to='candidatures.volet')),
            ],
            options={
                'verbose_name': 'réponse',
                'constraints': [models.UniqueConstraint(fields=('volet', 'champ', 'version'), name='reponse_once_a_version')],
            },
        ),
        migrations.CreateModel(
            name='Jugement',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('champ', models.CharField(max_length=60)),
                ('identifiant', models.CharField(max_length=40)),
                ('verdict', models.CharField(choices=[('confirmed', 'Confirmée'), ('refused', 'Refusée')], max_length=10)),
                ('reason', models.CharField(blank=True, max_length=500, verbose_name='motif')),
                ('judged_at', models.DateTimeField(verbose_name='prononcé le')),
                ('judged_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('volet', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='jugements', to='candidatures.volet')),
            ],
            options={
                'verbose_name': 'jugement sur une référence',
                'constraints': [models.CheckConstraint(condition=models.Q(('verdict', 'confirmed'), models.Q(('reason', ''), _negated=True), _connector='OR'), name='jugement_refusal_has_a_reason', violation_error_message='Indiquez le motif du refus.'), models.CheckConstraint(condition=models.Q(('verdict__in', ['confirmed', 'refused'])), name='jugement_verdict_is_known')],
            },
        ),
        migrations.CreateModel(
            name='Demande',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.PositiveSmallIntegerField(verbose_name='numéro')),
                ('kind', models.CharField(choices=[('complement', 'Complément demandé par l’ANS'), ('reopening', 'Réouverture à la demande de l’éditeur')], max_length=12, verbose_name='nature')),
                ('state', models.CharField(choices=[('asked', 'En attente de réponse'), ('answered', 'Répondue'), ('closed', 'Close'), ('cancelled', 'Annulée')], default='asked', max_length=50, verbose_name='état')),
                ('champs', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=60), size=None, verbose_name='champs rouverts')),
                ('text', models.TextField(max_length=4000, verbose_name='texte')),
                ('asked_at', models.DateTimeField(verbose_name='demandée le')),
                ('answered_at', models.DateTimeField(blank=True, null=True, verbose_name='répondue le')),
                ('closed_at', models.DateTimeField(blank=True, null=True, verbose_name='close le')),
                ('cancellation', models.TextField(blank=True, max_length=1000, verbose_name='motif de l’annulation')),
                ('cancelled_at', models.DateTimeField(blank=True, null=True, verbose_name='annulée le')),
                ('due_at', models.DateTimeField(blank=True, null=True, verbose_name='réponse attendue avant le')),
                ('answered_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('asked_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('cancelled_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('volet', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='demandes', to='candidatures.volet')),
            ],
            options={
                'verbose_name': 'demande de compléments',
                'constraints': [models.UniqueConstraint(fields=('volet', 'number'), name='demande_number_once'), models.UniqueConstraint(condition=models.Q(('state', 'asked')), fields=('volet',), name='demande_one_at_a_time'), models.CheckConstraint(condition=models.Q(('champs__len__gt', 0)), name='demande_names_its_champs'), models.CheckConstraint(condition=models.Q(('due_at', None), ('due_at__gt', models.F('asked_at')), _connector='OR'), name='demande_due_after_it_is_asked', violation_error_message='La réponse est attendue après la demande.'), models.CheckConstraint(condition=models.Q(models.Q(('answered_at', None), ('answered_by', None), ('cancellation', ''), ('cancelled_at', None), ('cancelled_by', None), ('closed_at', None), ('state', 'asked')), models.Q(('answered_at__gte', models.F('asked_at')), ('answered_by__isnull', False), ('cancellation', ''), ('cancelled_at', None), ('cancelled_by', None), ('closed_at', None), ('state', 'answered')), models.Q(('answered_at__gte', models.F('asked_at')), ('answered_by__isnull', False), ('cancellation', ''), ('cancelled_at', None), ('cancelled_by', None), ('closed_at__gte', models.F('answered_at')), ('state', 'closed')), models.Q(models.Q(('cancellation', ''), _negated=True), ('answered_at', None), ('answered_by', None), ('cancelled_at__gte', models.F('asked_at')), ('cancelled_by__isnull', False), ('closed_at', None), ('state', 'cancelled')), _connector='OR'), name='demande_state_bears_its_stamps', violation_error_message='L’état de la demande ne correspond pas à ses dates.')],
            },
            bases=(django_fsm.FSMModelMixin, models.Model),
        ),
        migrations.CreateModel(
            name='Soumission',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.PositiveSmallIntegerField(verbose_name='numéro')),
                ('version', models.PositiveIntegerField()),
                ('sha256', models.CharField(max_length=64)),
                ('submitted_at', models.DateTimeField(verbose_name='soumis le')),
                ('submitted_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('volet', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='soumissions', to='candidatures.volet')),
            ],
            options={
                'verbose_name': 'soumission',
                'constraints': [models.UniqueConstraint(fields=('volet', 'number'), name='soumission_number_once')],
            },
        ),
        migrations.CreateModel(
            name='Transfert',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('motive', models.TextField(max_length=1000, verbose_name='motif')),
                ('proposed_at', models.DateTimeField(verbose_name='proposé le')),
                ('decided_at', models.DateTimeField(blank=True, null=True, verbose_name='décidé le')),
                ('approved', models.BooleanField(blank=True, null=True, verbose_name='approuvé')),
                ('cible', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='comptes.editeur', verbose_name='nouvel éditeur')),
                ('decided_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('produit', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='transferts', to='candidatures.produit')),
                ('proposed_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('source', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='comptes.editeur', verbose_name='ancien éditeur')),
            ],
            options={
                'verbose_name': 'transfert d’une solution',
                'verbose_name_plural': 'transferts de solutions',
                'constraints': [models.UniqueConstraint(condition=models.Q(('decided_at', None)), fields=('produit',), name='transfert_one_at_a_time', violation_error_message='Un transfert de cette solution attend déjà une décision.'), models.CheckConstraint(condition=models.Q(('source', models.F('cible')), _negated=True), name='transfert_between_two'), models.CheckConstraint(condition=models.Q(models.Q(('approved', None), ('decided_at', None), ('decided_by', None)), models.Q(('approved', False), ('decided_at__gte', models.F('proposed_at')), ('decided_by__isnull', False)), models.Q(models.Q(('decided_by', models.F('proposed_by')), _negated=True), ('approved', True), ('decided_at__gte', models.F('proposed_at'))), _connector='OR'), name='transfert_approved_by_another', violation_error_message='Une autre personne que celle qui le propose approuve un transfert.')],
            },
        ),
        migrations.CreateModel(
            name='VersionDeFiche',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('numero', models.PositiveIntegerField(verbose_name='version')),
                ('titre', models.CharField(max_length=150, verbose_name='titre')),
                ('resume', models.CharField(blank=True, max_length=400, verbose_name='en une phrase')),
                ('parcours', models.CharField(blank=True, choices=[('commencer', 'Commencer'), ('phase', 'Phase par phase'), ('guichet', 'Guichet par guichet'), ('acteur', 'Selon qui vous êtes'), ('definition', 'Définitions'), ('faq', 'Questions fréquentes')], max_length=12, verbose_name='rubrique')),
                ('nature', models.CharField(blank=True, choices=[('document', 'Documents'), ('replay', 'Replays et supports'), ('formation', 'Formations proposées'), ('outil', 'Outils et espaces en ligne')], max_length=12, verbose_name='nature')),
                ('corps', models.TextField(blank=True, max_length=20000, verbose_name='texte')),
                ('question', models.CharField(blank=True, max_length=200, verbose_name='pour quelle question')),
                ('email', models.CharField(blank=True, max_length=254, verbose_name='adresse e-mail')),
                ('telephone', models.CharField(blank=True, max_length=40, verbose_name='téléphone')),
                ('horaires', models.CharField(blank=True, max_length=200, verbose_name='horaires')),
                ('lien', models.CharField(blank=True, max_length=500, verbose_name='lien')),
                ('replay', models.CharField(blank=True, max_length=500, verbose_name='lien du replay')),
                ('support', models.CharField(blank=True, max_length=500, verbose_name='lien du support')),
                ('ou_trouver', models.CharField(blank=True, max_length=400, verbose_name='où trouver ce qui manque')),
                ('source', models.CharField(blank=True, max_length=300, verbose_name='source')),
                ('guichet', models.CharField(blank=True, max_length=80, verbose_name='guichet')),
                ('date', models.DateField(blank=True, null=True, verbose_name='date')),
                ('weekday', models.PositiveSmallIntegerField(blank=True, choices=[(0, 'lundi'), (1, 'mardi'), (2, 'mercredi'), (3, 'jeudi'), (4, 'vendredi')], null=True, verbose_name='chaque semaine, le')),
                ('begins', models.TimeField(blank=True, null=True, verbose_name='début')),
                ('ends', models.TimeField(blank=True, null=True, verbose_name='fin')),
                ('ordre', models.PositiveSmallIntegerField(default=0, verbose_name='ordre')),
                ('ici', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(choices=[('volets', 'Dossier administratif'), ('charte', 'Charte'), ('preuves', 'Chapitres et preuves'), ('guichets', 'Autres guichets'), ('convention', 'Convention'), ('messages', 'Messagerie'), ('comptes', 'Équipe et comptes')], max_length=12), blank=True, default=list, size=None, verbose_name='pages aidées')),
                ('mots', models.CharField(blank=True, max_length=300, verbose_name='mots de recherche')),
                ('review_date', models.DateField(blank=True, null=True, verbose_name='à revoir le')),
                ('written_at', models.DateTimeField(verbose_name='écrite le')),
                ('published_at', models.DateTimeField(blank=True, null=True, verbose_name='publiée le')),
                ('ended_at', models.DateTimeField(blank=True, null=True, verbose_name='retirée le')),
                ('dispositif', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='candidatures.dispositif', verbose_name='démarche')),
                ('ended_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('fiche', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='versions', to='candidatures.fichedaide')),
                ('published_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('written_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'verbose_name': 'version d’une fiche d’aide',
                'constraints': [models.UniqueConstraint(fields=('fiche', 'numero'), name='aide_version_once'), models.UniqueConstraint(condition=models.Q(('ended_at', None), ('published_at__isnull', False)), fields=('fiche',), name='aide_one_version_is_public'), models.CheckConstraint(condition=models.Q(('ended_at', None), ('ended_at__gte', models.F('published_at')), _connector='OR'), name='aide_ended_once_published'), models.CheckConstraint(condition=models.Q(('lien', ''), ('lien__startswith', 'https://'), _connector='OR'), name='aide_lien_is_https'), models.CheckConstraint(condition=models.Q(('replay', ''), ('replay__startswith', 'https://'), _connector='OR'), name='aide_replay_is_https'), models.CheckConstraint(condition=models.Q(('support', ''), ('support__startswith', 'https://'), _connector='OR'), name='aide_support_is_https')],
            },
        ),
        migrations.CreateModel(
            name='VoteDAide',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('date', models.DateField(verbose_name='jour')),
                ('yes', models.PositiveIntegerField(default=0, verbose_name='oui')),
                ('no', models.PositiveIntegerField(default=0, verbose_name='non')),
                ('fiche', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='votes', to='candidatures.fichedaide')),
            ],
            options={
                'verbose_name': 'réponses d’un jour',
                'constraints': [models.UniqueConstraint(fields=('fiche', 'date'), name='aide_votes_once_a_day')],
            },
        ),
        migrations.CreateModel(
            name='VueEnregistree',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('liste', models.CharField(max_length=60, verbose_name='liste')),
                ('nom', models.CharField(max_length=60, verbose_name='nom')),
                ('query', models.CharField(max_length=1000, verbose_name='filtres')),
                ('is_shared', models.BooleanField(default=False, verbose_name='partagée')),
                ('kept_at', models.DateTimeField(verbose_name='enregistrée le')),
                ('owner', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'verbose_name': 'vue enregistrée',
                'verbose_name_plural': 'vues enregistrées',
                'constraints': [models.UniqueConstraint(models.F('owner'), models.F('liste'), django.db.models.functions.text.Lower('nom'), name='vue_once_for_a_person', violation_error_message='Vous avez déjà une vue de ce nom.')],
            },
        ),
        migrations.CreateModel(
            name='AbonnementCalendrier',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('token', models.CharField(max_length=64, unique=True)),
                ('opened_at', models.DateTimeField(verbose_name='ouvert le')),
                ('revoked_at', models.DateTimeField(blank=True, null=True, verbose_name='révoqué le')),
                ('compte', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='calendriers', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'verbose_name': 'abonnement au calendrier',
                'verbose_name_plural': 'abonnements au calendrier',
                'constraints': [models.UniqueConstraint(condition=models.Q(('revoked_at', None)), fields=('compte',), name='calendrier_one_address_at_a_time'), models.CheckConstraint(condition=models.Q(('revoked_at', None), ('revoked_at__gte', models.F('opened_at')), _connector='OR'), name='calendrier_revoked_after_opened')],
            },
        ),
        migrations.CreateModel(
            name='Absence',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('from_date', models.DateField(verbose_name='du')),
                ('until_date', models.DateField(verbose_name='au')),
                ('noted_at', models.DateTimeField(verbose_name='notée le')),
                ('compte', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='absences', to=settings.AUTH_USER_MODEL)),
                ('noted_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('stand_in', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='remplaçant')),
            ],
            options={
                'verbose_name': 'absence',
                'constraints': [models.CheckConstraint(condition=models.Q(('until_date__gte', models.F('from_date'))), name='absence_ends_after_it_begins', violation_error_message='L’absence finit avant de commencer.'), models.CheckConstraint(condition=models.Q(('stand_in', None), models.Q(('stand_in', models.F('compte')), _negated=True), _connector='OR'), name='absence_is_not_stood_in_for_by_oneself', violation_error_message='Une personne absente ne se remplace pas elle-même.')],
            },
        ),
        migrations.CreateModel(
            name='Referent',
            fields=[
                ('candidature', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, primary_key=True, related_name='referent', serialize=False, to='candidatures.candidature')),
                ('assigned_at', models.DateTimeField(verbose_name='attribué le')),
                ('assigned_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('compte', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='référent')),
            ],
            options={
                'verbose_name': 'référent',
                'verbose_name_plural': 'référents',
            },
        ),
        migrations.AddConstraint(
            model_name='charte',
            constraint=models.UniqueConstraint(fields=('dispositif', 'version'), name='charte_version_once'),
        ),
        migrations.AddIndex(
            model_name='message',
            index=models.Index(fields=['candidature', 'id'], name='message_in_order'),
        ),
        migrations.AddConstraint(
            model_name='message',
            constraint=models.UniqueConstraint(fields=('author', 'token'), name='message_posted_once'),
        ),
        migrations.AddConstraint(
            model_name='message',
            constraint=models.CheckConstraint(condition=models.Q(('text', ''), _negated=True), name='message_says_something'),
        ),
        migrations.AddConstraint(
            model_name='message',
            constraint=models.CheckConstraint(condition=models.Q(('camp__in', ['editeur', 'ans'])), name='message_camp_is_known'),
        ),
        migrations.AddIndex(
            model_name='candidature',
            index=models.Index(fields=['-opened_at', 'id'], name='candidature_latest_first'),
        ),
        migrations.AddIndex(
            model_name='candidature',
            index=models.Index(condition=models.Q(('handed_over_at__isnull', False), ('state', 'open')), fields=['dispositif', 'handed_over_at'], name='candidature_handed_over'),
        ),
        migrations.AddIndex(
            model_name='candidature',
            index=models.Index(condition=models.Q(('state__in', ('withdrawn', 'foreclosed'))), fields=['id'], name='candidature_closed'),
        ),
        migrations.AddIndex(
            model_name='candidature',
            index=django.contrib.postgres.indexes.GinIndex(django.contrib.postgres.indexes.OpClass('nru', 'gin_trgm_ops'), name='candidature_by_part_of_nru'),
        ),
        migrations.AddIndex(
            model_name='candidature',
            index=django.contrib.postgres.indexes.GinIndex(django.contrib.postgres.indexes.OpClass('noms', 'gin_trgm_ops'), name='candidature_by_words'),
        ),
        migrations.AddIndex(
            model_name='candidature',
            index=models.Index(fields=['noms', 'id'], name='candidature_in_order'),
        ),
        migrations.AddConstraint(
            model_name='candidature',
            constraint=models.UniqueConstraint(condition=models.Q(models.Q(('state', 'withdrawn'), _negated=True), ('succeeds', None)), fields=('produit', 'dispositif'), name='candidature_once_for_a_product', violation_error_message='Ce produit est déjà rattaché à cette démarche.'),
        ),
        migrations.AddConstraint(
            model_name='candidature',
            constraint=models.UniqueConstraint(condition=models.Q(('state', 'withdrawn'), _negated=True), fields=('succeeds',), name='candidature_succeeded_once', violation_error_message='Une nouvelle version de cette candidature est déjà présentée.'),
        ),
        migrations.AddConstraint(
            model_name='candidature',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('foreclosed_at', None), ('foreclosed_by', None), ('foreclosure_echeance', ''), ('foreclosure_reason', ''), ('state', 'open'), ('withdrawn_at', None), ('withdrawn_by', None)), models.Q(('foreclosed_at', None), ('foreclosed_by', None), ('foreclosure_echeance', ''), ('foreclosure_reason', ''), ('state', 'withdrawn'), ('withdrawn_at__gte', models.F('opened_at')), ('withdrawn_by__isnull', False)), models.Q(models.Q(('foreclosure_echeance', ''), _negated=True), models.Q(('foreclosure_reason', ''), _negated=True), ('foreclosed_at__gte', models.F('opened_at')), ('foreclosed_by__isnull', False), ('state', 'foreclosed'), ('withdrawn_at', None), ('withdrawn_by', None)), _connector='OR'), name='candidature_state_bears_its_stamps', violation_error_message='L’état de la candidature ne correspond pas à ses dates.'),
        ),
        migrations.AddConstraint(
            model_name='candidature',
            constraint=models.CheckConstraint(condition=models.Q(('gel__in', ['free', 'college', 'attributed'])), name='candidature_gel_is_known'),
        ),
        migrations.AddField(
            model_name='reservationdevolet',
            name='compte',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='instructeur'),
        ),
        migrations.AddConstraint(
            model_name='volet',
            constraint=models.UniqueConstraint(fields=('candidature', 'kind'), name='volet_once_in_a_candidature'),
        ),
        migrations.AddConstraint(
            model_name='volet',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('admitted_at', None), ('admitted_by', None), ('first_submitted_at', None), ('state', 'draft'), ('submitted_at', None), ('submitted_by', None)), models.Q(('admitted_at', None), ('admitted_by', None), ('first_submitted_at__isnull', False), ('state__in', ['submitted', 'complement_requested']), ('submitted_at__gte', models.F('first_submitted_at')), ('submitted_by__isnull', False)), models.Q(('admitted_at__gte', models.F('submitted_at')), ('admitted_by__isnull', False), ('first_submitted_at__isnull', False), ('state', 'admitted'), ('submitted_at__gte', models.F('first_submitted_at')), ('submitted_by__isnull', False)), _connector='OR'), name='volet_state_bears_its_stamps', violation_error_message='L’état du volet ne correspond pas à ses dates.'),
        ),
        migrations.AddConstraint(
            model_name='reservationdevolet',
            constraint=models.CheckConstraint(condition=models.Q(('ends_at__gt', models.F('claimed_at'))), name='reservation_ends_after_it_begins'),
        ),
        migrations.RunSQL("CREATE SEQUENCE candidatures_nru", "DROP SEQUENCE candidatures_nru"),
        migrations.RunSQL(NAMES_OF_PRODUIT, "DROP FUNCTION names_of_produit CASCADE"),
        migrations.RunSQL(REFUSE_TO_REOPEN_WHAT_IS_FROZEN, "DROP FUNCTION refuse_to_reopen_what_is_frozen CASCADE"),
        migrations.RunSQL(RENAME_THE_CANDIDATURES, "DROP FUNCTION rename_the_candidatures CASCADE"),
        migrations.RunSQL(SAY_THE_NAMES, "DROP FUNCTION say_the_names CASCADE"),
        migrations.RunSQL(NEVER_REWRITTEN, REWRITTEN),
        *(
            migrations.RunSQL(
                f"CREATE TRIGGER {noun}_is_written_once BEFORE UPDATE OR DELETE ON {table} "
                "FOR EACH ROW EXECUTE FUNCTION refuse_to_rewrite()",
                f"DROP TRIGGER {noun}_is_written_once ON {table}",
            )
            for noun, table in WRITTEN_ONCE.items()
        ),
    ]
