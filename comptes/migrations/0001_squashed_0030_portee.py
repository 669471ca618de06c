"""Make the tables and triggers of comptes at once in a new database; an older one has the migrations replaced here."""

import comptes.models.sorting
import datetime
import django.contrib.postgres.fields
import django.contrib.postgres.indexes
import django.db.models.deletion
import django.db.models.functions.text
from django.conf import settings
from django.contrib.postgres.operations import TrigramExtension, UnaccentExtension
from django.db import migrations, models

JOURNAL_HEAD_MOVES_FORWARD = """
CREATE FUNCTION journal_head_moves_forward() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.name <> OLD.name OR NEW.length <> OLD.length + 1 OR NEW.head = OLD.head OR NEW.head = '' THEN
        RAISE EXCEPTION 'The head of % moves forward, one row at a time.', OLD.name
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER journal_head_moves_forward
    BEFORE UPDATE ON comptes_journalchain
    FOR EACH ROW
    EXECUTE FUNCTION journal_head_moves_forward();
"""

REFUSE_TO_REWRITE = """
CREATE FUNCTION refuse_to_rewrite() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'The rows of % are written once: % is refused.', TG_TABLE_NAME, TG_OP
        USING ERRCODE = 'integrity_constraint_violation';
END $$;
"""

REFUSE_TO_REWRITE_SECURITY = """
CREATE FUNCTION refuse_to_rewrite_security() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' AND current_setting('portail.retention', true) = 'over' THEN
        RETURN OLD;
    END IF;
    RAISE EXCEPTION 'The rows of % are written once: % is refused.', TG_TABLE_NAME, TG_OP
        USING ERRCODE = 'integrity_constraint_violation';
END $$;
CREATE TRIGGER security_is_written_once
    BEFORE DELETE OR UPDATE ON comptes_evenementdesecurite
    FOR EACH ROW
    EXECUTE FUNCTION refuse_to_rewrite_security();
"""

SORT_NAME = """
CREATE FUNCTION sort_name(name text) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE STRICT AS $$
    SELECT public.unaccent('public.unaccent'::regdictionary, lower(name))
$$;
"""

NEVER_REWRITTEN = """
CREATE TRIGGER journal_head_is_never_removed
    BEFORE DELETE ON comptes_journalchain
    FOR EACH ROW
    EXECUTE FUNCTION refuse_to_rewrite();
CREATE TRIGGER journal_heads_are_never_emptied
    BEFORE TRUNCATE ON comptes_journalchain
    FOR EACH STATEMENT
    EXECUTE FUNCTION refuse_to_rewrite();
CREATE TRIGGER journal_is_never_emptied
    BEFORE TRUNCATE ON comptes_journalentry
    FOR EACH STATEMENT
    EXECUTE FUNCTION refuse_to_rewrite();
CREATE TRIGGER register_is_never_emptied
    BEFORE TRUNCATE ON comptes_registeredchain
    FOR EACH STATEMENT
    EXECUTE FUNCTION refuse_to_rewrite();
CREATE TRIGGER security_is_never_emptied
    BEFORE TRUNCATE ON comptes_evenementdesecurite
    FOR EACH STATEMENT
    EXECUTE FUNCTION refuse_to_rewrite();
"""

REWRITTEN = """
DROP TRIGGER journal_head_is_never_removed ON comptes_journalchain;
DROP TRIGGER journal_heads_are_never_emptied ON comptes_journalchain;
DROP TRIGGER journal_is_never_emptied ON comptes_journalentry;
DROP TRIGGER register_is_never_emptied ON comptes_registeredchain;
DROP TRIGGER security_is_never_emptied ON comptes_evenementdesecurite;
"""

# The noun in the trigger’s name, and the table.
WRITTEN_ONCE = {
    "journal": "comptes_journalentry",
    "register": "comptes_registeredchain",
}


class Migration(migrations.Migration):

    replaces = [('comptes', '0001_initial'), ('comptes', '0002_journal_append_only'), ('comptes', '0003_sort_name'), ('comptes', '0004_notice_superseded'), ('comptes', '0005_avis'), ('comptes', '0006_editeur_company'), ('comptes', '0007_withdrawn_avis'), ('comptes', '0008_essais'), ('comptes', '0009_tidy_lines'), ('comptes', '0010_second_factor'), ('comptes', '0011_registered_chains'), ('comptes', '0012_journal_heads_move_forward'), ('comptes', '0013_identite'), ('comptes', '0014_agents'), ('comptes', '0015_work'), ('comptes', '0016_open_sessions'), ('comptes', '0017_inscription'), ('comptes', '0018_security'), ('comptes', '0019_security_written_once'), ('comptes', '0020_seen_as'), ('comptes', '0021_claimed_company'), ('comptes', '0022_words'), ('comptes', '0023_retour_incompris'), ('comptes', '0024_claimed_company_by_country'), ('comptes', '0025_plain_words'), ('comptes', '0026_textes'), ('comptes', '0027_visits'), ('comptes', '0028_compte_by_role'), ('comptes', '0029_echec_arguments'), ('comptes', '0030_portee')]

    initial = True

    dependencies = [
    ]

    operations = [
        UnaccentExtension(),
        TrigramExtension(),
        migrations.RunSQL(SORT_NAME, "DROP FUNCTION sort_name CASCADE"),
        migrations.CreateModel(
            name='Battement',
            fields=[
                ('queue', models.CharField(max_length=20, primary_key=True, serialize=False, verbose_name='file')),
                ('task', models.CharField(max_length=120, verbose_name='tâche')),
                ('finished_at', models.DateTimeField(verbose_name='terminée à')),
            ],
            options={
                'verbose_name': 'battement',
            },
        ),
        migrations.CreateModel(
            name='JournalChain',
            fields=[
                ('name', models.CharField(max_length=80, primary_key=True, serialize=False)),
                ('length', models.PositiveIntegerField(default=0)),
                ('head', models.CharField(blank=True, max_length=64)),
            ],
            options={
                'verbose_name': 'chaîne du journal',
            },
        ),
        migrations.CreateModel(
            name='RegisteredChain',
            fields=[
                ('number', models.PositiveIntegerField(primary_key=True, serialize=False, verbose_name='numéro')),
                ('name', models.CharField(max_length=80, unique=True, verbose_name='chaîne')),
                ('opened_at', models.DateTimeField(verbose_name='ouverte à')),
                ('previous', models.CharField(blank=True, max_length=64)),
                ('sha256', models.CharField(max_length=64)),
            ],
            options={
                'verbose_name': 'chaîne inscrite',
                'verbose_name_plural': 'chaînes inscrites',
                'ordering': ['number'],
            },
        ),
        migrations.CreateModel(
            name='RetourIncompris',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('sha256', models.CharField(max_length=64, unique=True, verbose_name='empreinte')),
                ('received_at', models.DateTimeField(verbose_name='lu à')),
                ('sender', models.CharField(blank=True, max_length=200, verbose_name='expéditeur')),
                ('subject', models.CharField(blank=True, max_length=200, verbose_name='objet')),
            ],
            options={
                'verbose_name': 'retour de messagerie non compris',
                'ordering': ['-received_at', '-id'],
            },
        ),
        migrations.CreateModel(
            name='Compte',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('password', models.CharField(max_length=128, verbose_name='password')),
                ('last_login', models.DateTimeField(blank=True, null=True, verbose_name='last login')),
                ('email', models.EmailField(error_messages={'unique': 'Cette adresse e-mail a déjà un compte.'}, max_length=254, unique=True, verbose_name='adresse e-mail')),
                ('first_name', models.CharField(max_length=80, verbose_name='prénom')),
                ('last_name', models.CharField(max_length=80, verbose_name='nom')),
                ('phone', models.CharField(blank=True, max_length=20, verbose_name='téléphone')),
                ('roles_ans', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(choices=[('instructeur', 'instructeur'), ('responsable_instruction', 'responsable d’instruction'), ('membre_college', 'membre du collège'), ('secretaire_college', 'secrétaire du collège'), ('administrateur', 'administrateur'), ('auditeur', 'auditeur de la sécurité')], max_length=30), blank=True, default=list, size=None, verbose_name='rôles à l’ANS')),
                ('is_active', models.BooleanField(default=True, verbose_name='actif')),
                ('unreachable_at', models.DateTimeField(blank=True, null=True, verbose_name='messages non remis depuis le')),
                ('unreachable_reason', models.CharField(blank=True, max_length=300, verbose_name='pourquoi')),
                ('closed_at', models.DateTimeField(blank=True, null=True, verbose_name='fermé le')),
                ('suspended_at', models.DateTimeField(blank=True, null=True, verbose_name='suspendu depuis le')),
                ('visit_at', models.DateTimeField(blank=True, null=True, verbose_name='dernière connexion')),
                ('last_visit_at', models.DateTimeField(blank=True, null=True, verbose_name='connexion précédente')),
            ],
            options={
                'verbose_name': 'compte',
                'indexes': [django.contrib.postgres.indexes.GinIndex(fields=['roles_ans'], name='compte_by_role')],
                'constraints': [models.UniqueConstraint(django.db.models.functions.text.Lower('email'), name='compte_email_once_whatever_the_case', violation_error_message='Cette adresse e-mail a déjà un compte.'), models.CheckConstraint(condition=models.Q(models.Q(('unreachable_at', None), ('unreachable_reason', '')), models.Q(('unreachable_at__isnull', False), models.Q(('unreachable_reason', ''), _negated=True)), _connector='OR'), name='compte_unreachable_says_why'), models.CheckConstraint(condition=models.Q(('email', django.db.models.functions.text.Lower('email')), ('email__regex', '^[!-~]+$')), name='compte_email_is_canonical'), models.CheckConstraint(condition=models.Q(models.Q(('closed_at', None), ('suspended_at', None)), models.Q(('is_active', False), ('suspended_at', None)), models.Q(('closed_at', None), ('is_active', False)), _connector='OR'), name='compte_shut_is_not_active')],
            },
        ),
        migrations.CreateModel(
            name='Echec',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('task', models.CharField(max_length=120, verbose_name='tâche')),
                ('reason', models.CharField(max_length=300, verbose_name='raison')),
                ('count', models.PositiveIntegerField(default=1, verbose_name='fois')),
                ('first_at', models.DateTimeField(verbose_name='depuis')),
                ('last_at', models.DateTimeField(verbose_name='en dernier')),
                ('arguments', models.JSONField(default=list, verbose_name='données')),
            ],
            options={
                'verbose_name': 'échec',
                'indexes': [models.Index(fields=['-last_at', '-id'], name='echec_latest_first')],
                'constraints': [models.UniqueConstraint(fields=('task', 'arguments'), name='echec_once_a_work')],
            },
        ),
        migrations.CreateModel(
            name='Editeur',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('raison_sociale', models.CharField(max_length=200, verbose_name='raison sociale')),
                ('adresse', models.CharField(max_length=200, verbose_name='adresse')),
                ('code_postal', models.CharField(max_length=10, verbose_name='code postal')),
                ('commune', models.CharField(max_length=100, verbose_name='commune')),
                ('pays', models.CharField(default='France', max_length=60, verbose_name='pays')),
                ('registered_at', models.DateTimeField(verbose_name='inscrit le')),
                ('identifier', models.CharField(max_length=40, verbose_name='identifiant d’entreprise')),
                ('country', models.CharField(default='FR', max_length=2, verbose_name='pays d’immatriculation')),
            ],
            options={
                'verbose_name': 'éditeur',
                'indexes': [django.contrib.postgres.indexes.GinIndex(django.contrib.postgres.indexes.OpClass(comptes.models.sorting.SortName('raison_sociale'), 'gin_trgm_ops'), name='editeur_by_words')],
                'constraints': [models.UniqueConstraint(fields=('country', 'identifier'), name='editeur_once_a_company', violation_error_message='Un éditeur est déjà inscrit sous cet identifiant.'), models.CheckConstraint(condition=models.Q(models.Q(('country', 'FR'), _negated=True), ('identifier__regex', '^[0-9]{9}$'), _connector='OR'), name='editeur_siren_is_nine_digits', violation_error_message='Un SIREN compte neuf chiffres.'), models.CheckConstraint(condition=models.Q(('country__regex', '^[A-Z]{2}$'), ('identifier__regex', '^[A-Z0-9][A-Z0-9./-]*$')), name='editeur_names_a_company', violation_error_message='Un éditeur est désigné par un pays et un identifiant.')],
            },
        ),
        migrations.CreateModel(
            name='Essai',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('scope', models.CharField(max_length=10, verbose_name='portée')),
                ('subject', models.CharField(max_length=64, verbose_name='empreinte')),
                ('failures', models.PositiveIntegerField(default=0, verbose_name='échecs')),
                ('last_at', models.DateTimeField(blank=True, null=True, verbose_name='dernier essai à')),
            ],
            options={
                'verbose_name': 'essai',
                'indexes': [models.Index(fields=['last_at'], name='essai_by_age')],
                'constraints': [models.UniqueConstraint(fields=('scope', 'subject'), name='essai_once_a_count')],
            },
        ),
        migrations.CreateModel(
            name='HorlogeDeDemonstration',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('offset', models.DurationField(default=datetime.timedelta)),
                ('frozen_at', models.DateTimeField(blank=True, null=True)),
            ],
            options={
                'verbose_name': 'horloge de démonstration',
                'constraints': [models.CheckConstraint(condition=models.Q(('pk', 1)), name='horloge_is_alone')],
            },
        ),
        migrations.CreateModel(
            name='Recueil',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('day', models.DateField(verbose_name='jour')),
                ('message_id', models.CharField(max_length=120, unique=True)),
                ('sent_at', models.DateTimeField(blank=True, null=True, verbose_name='envoyé à')),
                ('compte', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='recueils', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'verbose_name': 'résumé quotidien',
                'verbose_name_plural': 'résumés quotidiens',
                'constraints': [models.UniqueConstraint(fields=('compte', 'day'), name='recueil_once_a_day')],
            },
        ),
        migrations.CreateModel(
            name='Notice',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(max_length=60, verbose_name='nature')),
                ('address', models.CharField(max_length=200, verbose_name='objet')),
                ('occurrence', models.CharField(blank=True, max_length=80, verbose_name='occurrence')),
                ('email', models.EmailField(max_length=254, verbose_name='destinataire')),
                ('posted_at', models.DateTimeField(verbose_name='posté à')),
                ('state', models.CharField(choices=[('pending', 'À envoyer'), ('grouped', 'Dans le prochain résumé'), ('sent', 'Envoyé'), ('kept', 'Dans le portail seulement'), ('cancelled', 'Annulé\xa0: n’était plus utile'), ('failed', 'Échec définitif'), ('superseded', 'Remplacé par un rappel plus récent')], default='pending', max_length=12, verbose_name='état')),
                ('attempts', models.PositiveSmallIntegerField(default=0, verbose_name='essais')),
                ('next_attempt_at', models.DateTimeField(verbose_name='prochain essai à')),
                ('last_error', models.CharField(blank=True, max_length=300, verbose_name='dernière erreur')),
                ('message_id', models.CharField(max_length=120, unique=True)),
                ('sent_at', models.DateTimeField(blank=True, null=True, verbose_name='envoyé à')),
                ('body', models.TextField(blank=True, verbose_name='texte')),
                ('bounced_at', models.DateTimeField(blank=True, null=True, verbose_name='revenu à')),
                ('read_at', models.DateTimeField(blank=True, null=True, verbose_name='lu à')),
                ('subject', models.CharField(blank=True, max_length=250, verbose_name='objet du message')),
                ('compte', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='notices', to=settings.AUTH_USER_MODEL)),
                ('withdrawn_from', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='comptes.editeur', verbose_name='éditeur quitté')),
                ('recueil', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='notices', to='comptes.recueil')),
            ],
            options={
                'verbose_name': 'avis',
                'indexes': [models.Index(condition=models.Q(('state', 'pending')), fields=['next_attempt_at'], name='notice_still_to_send'), models.Index(condition=models.Q(('state', 'pending')), fields=['email', 'posted_at', 'id'], name='notice_in_order_for_each'), models.Index(condition=models.Q(('state', 'grouped')), fields=['compte'], name='notice_to_be_grouped'), models.Index(fields=['compte', '-posted_at', '-id'], name='notice_of_somebody'), models.Index(condition=models.Q(('read_at', None), ('state__in', ['sent', 'kept'])), fields=['compte'], name='notice_unread')],
                'constraints': [models.UniqueConstraint(fields=('kind', 'address', 'occurrence', 'email'), name='notice_once_per_person'), models.CheckConstraint(condition=models.Q(models.Q(('sent_at__isnull', False), ('state', 'sent')), models.Q(models.Q(('state', 'sent'), _negated=True), ('sent_at', None)), _connector='OR'), name='notice_sent_has_its_instant')],
            },
        ),
        migrations.CreateModel(
            name='SessionOuverte',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('key', models.CharField(max_length=40, unique=True, verbose_name='clé')),
                ('opened_at', models.DateTimeField(verbose_name='ouverte à')),
                ('address', models.CharField(blank=True, max_length=45, verbose_name='adresse du client')),
                ('browser', models.CharField(blank=True, max_length=200, verbose_name='navigateur')),
                ('compte', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='sessions_ouvertes', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'verbose_name': 'session ouverte',
                'verbose_name_plural': 'sessions ouvertes',
            },
        ),
        migrations.CreateModel(
            name='VersionDeTexte',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('cle', models.CharField(max_length=120, verbose_name='texte')),
                ('numero', models.PositiveIntegerField(verbose_name='version')),
                ('objet', models.CharField(blank=True, max_length=200, verbose_name='objet')),
                ('corps', models.TextField(max_length=40000, verbose_name='contenu')),
                ('fichier', models.CharField(max_length=64, verbose_name='empreinte du fichier')),
                ('written_at', models.DateTimeField(verbose_name='écrite le')),
                ('published_at', models.DateTimeField(blank=True, null=True, verbose_name='en vigueur depuis')),
                ('ended_at', models.DateTimeField(blank=True, null=True, verbose_name='remplacée ou abandonnée le')),
                ('ended_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('published_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('written_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'verbose_name': 'version d’un texte',
                'verbose_name_plural': 'versions des textes',
                'constraints': [models.UniqueConstraint(fields=('cle', 'numero'), name='texte_version_once'), models.UniqueConstraint(condition=models.Q(('ended_at', None), ('published_at__isnull', False)), fields=('cle',), name='texte_one_version_in_force'), models.UniqueConstraint(condition=models.Q(('ended_at', None), ('published_at', None)), fields=('cle',), name='texte_one_draft'), models.CheckConstraint(condition=models.Q(models.Q(('published_at', None), ('published_by', None)), models.Q(('published_at__gte', models.F('written_at')), ('published_by__isnull', False)), _connector='OR'), name='texte_published_by_somebody'), models.CheckConstraint(condition=models.Q(('published_by', None), models.Q(('published_by', models.F('written_by')), _negated=True), models.Q(('cle__startswith', 'charte.'), ('cle__startswith', 'convention.'), ('cle__startswith', 'recours.'), _connector='OR', _negated=True), _connector='OR'), name='texte_that_binds_published_by_another', violation_error_message='Une autre personne que celle qui l’a écrit met ce texte en vigueur.')],
            },
        ),
        migrations.CreateModel(
            name='CodeDeSecours',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('fingerprint', models.CharField(max_length=64, verbose_name='empreinte')),
                ('made_at', models.DateTimeField(verbose_name='créé à')),
                ('used_at', models.DateTimeField(blank=True, null=True, verbose_name='utilisé à')),
                ('compte', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='codes_de_secours', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'verbose_name': 'code de secours',
                'verbose_name_plural': 'codes de secours',
                'constraints': [models.UniqueConstraint(fields=('compte', 'fingerprint'), name='code_de_secours_once')],
            },
        ),
        migrations.CreateModel(
            name='EvenementDeSecurite',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('signed_in', 'Connexion'), ('sign_in_failed', 'Connexion refusée'), ('slowed_down', 'Trop d’essais\xa0: connexion suspendue'), ('signed_out', 'Déconnexion'), ('proof_given', 'Identité prouvée de nouveau'), ('proof_failed', 'Preuve d’identité refusée'), ('factor_changed', 'Second facteur ajouté ou retiré'), ('factor_failed', 'Second facteur refusé'), ('password_link_asked', 'Lien de mot de passe demandé'), ('password_changed', 'Mot de passe changé'), ('address_changed', 'Adresse e-mail changée'), ('provider_refused', 'Réponse du fournisseur d’identité refusée'), ('seen_as', 'Portail consulté comme une autre personne'), ('file_read', 'Fichier ou export lu'), ('role_changed', 'Rôle donné, changé ou retiré'), ('journal_not_anchored', 'Journal non ancré'), ('security_read', 'Journal de sécurité consulté')], max_length=30, verbose_name='nature')),
                ('at', models.DateTimeField(verbose_name='à')),
                ('email', models.CharField(blank=True, max_length=254, verbose_name='adresse tapée')),
                ('origin', models.GenericIPAddressField(null=True, verbose_name='provenance')),
                ('about', models.CharField(blank=True, max_length=200, verbose_name='objet')),
                ('by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='par')),
                ('compte', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='personne')),
            ],
            options={
                'verbose_name': 'événement de sécurité',
                'verbose_name_plural': 'événements de sécurité',
                'indexes': [models.Index(fields=['-at', '-id'], name='security_latest'), models.Index(fields=['compte', '-at'], name='security_of_somebody')],
                'constraints': [models.CheckConstraint(condition=models.Q(('kind__in', ['signed_in', 'sign_in_failed', 'slowed_down', 'signed_out', 'proof_given', 'proof_failed', 'factor_changed', 'factor_failed', 'password_link_asked', 'password_changed', 'address_changed', 'provider_refused', 'seen_as', 'file_read', 'role_changed', 'journal_not_anchored', 'security_read'])), name='security_kind_is_known')],
            },
        ),
        migrations.CreateModel(
            name='Identite',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('issuer', models.CharField(max_length=255, verbose_name='fournisseur')),
                ('subject', models.CharField(max_length=255, verbose_name='sujet')),
                ('linked_at', models.DateTimeField(verbose_name='rattachée le')),
                ('compte', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='identites', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'verbose_name': 'identité',
                'constraints': [models.UniqueConstraint(fields=('issuer', 'subject'), name='identite_is_one_person', violation_error_message='Cette identité est déjà celle d’un autre compte.'), models.UniqueConstraint(fields=('compte', 'issuer'), name='identite_once_for_each_provider', violation_error_message='Ce compte a déjà une identité chez ce fournisseur.'), models.CheckConstraint(condition=models.Q(models.Q(('issuer', ''), _negated=True), models.Q(('subject', ''), _negated=True)), name='identite_names_somebody')],
            },
        ),
        migrations.CreateModel(
            name='Inscription',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('raison_sociale', models.CharField(max_length=200, verbose_name='raison sociale')),
                ('country', models.CharField(default='FR', max_length=2, verbose_name='pays d’immatriculation')),
                ('identifier', models.CharField(max_length=40, verbose_name='identifiant d’entreprise')),
                ('adresse', models.CharField(max_length=200, verbose_name='adresse')),
                ('code_postal', models.CharField(max_length=10, verbose_name='code postal')),
                ('commune', models.CharField(max_length=100, verbose_name='commune')),
                ('pays', models.CharField(default='France', max_length=60, verbose_name='pays')),
                ('qualite', models.TextField(max_length=1000, verbose_name='qualité')),
                ('asked_at', models.DateTimeField(verbose_name='demandée le')),
                ('state', models.CharField(choices=[('pending', 'En attente d’un administrateur'), ('accepted', 'Acceptée'), ('refused', 'Refusée')], default='pending', max_length=10, verbose_name='état')),
                ('decided_at', models.DateTimeField(blank=True, null=True, verbose_name='décidée le')),
                ('motif', models.TextField(blank=True, max_length=1000, verbose_name='motif')),
                ('claimed', models.CharField(blank=True, max_length=43, verbose_name='entreprise de l’identité')),
                ('compte', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='inscriptions', to=settings.AUTH_USER_MODEL)),
                ('decided_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'verbose_name': 'demande d’inscription',
                'constraints': [models.UniqueConstraint(condition=models.Q(('state', 'pending')), fields=('compte',), name='inscription_one_at_a_time', violation_error_message='Vous avez déjà une demande en attente.'), models.CheckConstraint(condition=models.Q(models.Q(('decided_at', None), ('decided_by', None), ('state', 'pending')), models.Q(models.Q(('state', 'pending'), _negated=True), ('decided_at__isnull', False), ('decided_by__isnull', False)), _connector='OR'), name='inscription_decided_by_somebody'), models.CheckConstraint(condition=models.Q(models.Q(('state', 'refused'), _negated=True), models.Q(('motif', ''), _negated=True), _connector='OR'), name='inscription_refused_says_why')],
            },
        ),
        migrations.CreateModel(
            name='Invitation',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('email', models.EmailField(max_length=254, verbose_name='adresse e-mail')),
                ('role', models.CharField(choices=[('mandataire', 'mandataire'), ('representant', 'représentant'), ('salarie', 'salarié')], max_length=20, verbose_name='rôle')),
                ('may_engage', models.BooleanField(default=False, verbose_name='peut engager l’éditeur')),
                ('token', models.CharField(max_length=64, unique=True)),
                ('invited_at', models.DateTimeField(verbose_name='invité le')),
                ('expires_at', models.DateTimeField(verbose_name='expire le')),
                ('accepted_at', models.DateTimeField(blank=True, null=True, verbose_name='acceptée le')),
                ('cancelled_at', models.DateTimeField(blank=True, null=True, verbose_name='annulée le')),
                ('accepted_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('editeur', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='invitations', to='comptes.editeur')),
                ('invited_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'verbose_name': 'invitation',
                'constraints': [models.UniqueConstraint(condition=models.Q(('accepted_at', None), ('cancelled_at', None)), fields=('editeur', 'email'), name='invitation_once_at_a_time', violation_error_message='Cette adresse a déjà une invitation en cours.'), models.CheckConstraint(condition=models.Q(('accepted_at', None), ('cancelled_at', None), _connector='OR'), name='invitation_accepted_or_cancelled_not_both'), models.CheckConstraint(condition=models.Q(models.Q(('accepted_at', None), ('accepted_by', None)), models.Q(('accepted_at__isnull', False), ('accepted_by__isnull', False)), _connector='OR'), name='invitation_accepted_by_somebody')],
            },
        ),
        migrations.CreateModel(
            name='JournalEntry',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.PositiveIntegerField(verbose_name='numéro')),
                ('act', models.CharField(max_length=60, verbose_name='acte')),
                ('address', models.CharField(max_length=200, verbose_name='objet')),
                ('at', models.DateTimeField(verbose_name='arrivé à')),
                ('written_at', models.DateTimeField(verbose_name='écrit à')),
                ('params', models.JSONField(default=dict, verbose_name='paramètres')),
                ('previous', models.CharField(blank=True, max_length=64)),
                ('sha256', models.CharField(max_length=64)),
                ('by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='par')),
                ('chain', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='entries', to='comptes.journalchain')),
            ],
            options={
                'verbose_name': 'entrée du journal',
                'ordering': ['chain', 'number'],
                'constraints': [models.UniqueConstraint(fields=('chain', 'number'), name='journal_number_once_in_a_chain')],
            },
        ),
        migrations.CreateModel(
            name='PreferenceDAvis',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(max_length=60, verbose_name='nature')),
                ('mode', models.CharField(choices=[('now', 'Tout de suite, par e-mail'), ('daily', 'Une fois par jour, en un seul e-mail'), ('portal', 'Dans le portail seulement')], max_length=10, verbose_name='manière')),
                ('portee', models.CharField(choices=[('none', 'Aucune'), ('mine', 'Les miennes'), ('followed', 'Les miennes et celles suivies'), ('team', 'Toutes')], default='followed', max_length=10, verbose_name='candidatures')),
                ('compte', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='preferences', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'verbose_name': 'préférence d’avis',
                'verbose_name_plural': 'préférences d’avis',
                'constraints': [models.UniqueConstraint(fields=('compte', 'kind'), name='preference_once_a_kind'), models.CheckConstraint(condition=models.Q(('mode__in', ['now', 'daily', 'portal'])), name='preference_mode_is_known'), models.CheckConstraint(condition=models.Q(('portee__in', ['none', 'mine', 'followed', 'team'])), name='preference_portee_is_known')],
            },
        ),
        migrations.CreateModel(
            name='Rattachement',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('role', models.CharField(choices=[('mandataire', 'mandataire'), ('representant', 'représentant'), ('salarie', 'salarié')], max_length=20, verbose_name='rôle')),
                ('may_engage', models.BooleanField(default=False, verbose_name='peut engager l’éditeur')),
                ('attached_at', models.DateTimeField(verbose_name='rattaché le')),
                ('detached_at', models.DateTimeField(blank=True, null=True, verbose_name='détaché le')),
                ('compte', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='rattachements', to=settings.AUTH_USER_MODEL)),
                ('editeur', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='rattachements', to='comptes.editeur')),
            ],
            options={
                'verbose_name': 'rattachement',
                'constraints': [models.UniqueConstraint(condition=models.Q(('detached_at', None)), fields=('compte', 'editeur'), name='rattachement_once_at_a_time', violation_error_message='Cette personne est déjà rattachée à cet éditeur.'), models.CheckConstraint(condition=models.Q(models.Q(('may_engage', True), ('role', 'mandataire')), ('role', 'representant'), models.Q(('may_engage', False), ('role', 'salarie')), _connector='OR'), name='rattachement_who_may_engage', violation_error_message='Un mandataire engage toujours l’éditeur, un salarié jamais.'), models.CheckConstraint(condition=models.Q(('detached_at', None), ('detached_at__gte', models.F('attached_at')), _connector='OR'), name='rattachement_ends_after_it_begins', violation_error_message='Un rattachement ne peut finir avant d’avoir commencé.')],
            },
        ),
        migrations.RunSQL(JOURNAL_HEAD_MOVES_FORWARD, "DROP FUNCTION journal_head_moves_forward CASCADE"),
        migrations.RunSQL(REFUSE_TO_REWRITE, "DROP FUNCTION refuse_to_rewrite CASCADE"),
        migrations.RunSQL(REFUSE_TO_REWRITE_SECURITY, "DROP FUNCTION refuse_to_rewrite_security CASCADE"),
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
