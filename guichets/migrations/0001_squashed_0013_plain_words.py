"""Make the tables and triggers of guichets at once in a new database; an older one has the migrations replaced here."""

import django.db.models.deletion
import django_fsm
from django.conf import settings
from django.db import migrations, models

REFUSE_A_RETURN_WITHOUT_STAMPS = """
CREATE FUNCTION refuse_a_return_without_stamps() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (
        SELECT FROM guichets_mouvement
        WHERE guichet_id = NEW.guichet AND depart = OLD.state AND arrivee = NEW.state AND retour
    ) AND (NEW.returned_at IS DISTINCT FROM NEW.moved_at OR NEW.returned_from <> OLD.state) THEN
        RAISE EXCEPTION 'Une demande qui revient en arrière dit depuis quand, d’où et pourquoi.'
            USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER demande_guichet_returns_with_its_stamps
    BEFORE UPDATE ON guichets_demandeauguichet
    FOR EACH ROW
    WHEN (old.state <> new.state)
    EXECUTE FUNCTION refuse_a_return_without_stamps();
"""

REFUSE_TO_MOVE_OTHERWISE = """
CREATE FUNCTION refuse_to_move_otherwise() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    role_of_stage varchar;
BEGIN
    SELECT role INTO role_of_stage FROM guichets_etape WHERE guichet_id = NEW.guichet AND code = NEW.state;
    IF TG_OP = 'INSERT' AND role_of_stage IS DISTINCT FROM 'depart' THEN
        RAISE EXCEPTION 'Une demande commence à la première étape de son guichet.' USING ERRCODE = 'check_violation';
    END IF;
    IF TG_OP = 'UPDATE' AND OLD.guichet <> NEW.guichet THEN
        RAISE EXCEPTION 'Une demande reste à son guichet.' USING ERRCODE = 'check_violation';
    END IF;
    IF TG_OP = 'UPDATE' AND OLD.state <> NEW.state THEN
        IF NOT EXISTS (
            SELECT FROM guichets_mouvement
            WHERE guichet_id = NEW.guichet AND depart = OLD.state AND arrivee = NEW.state
        ) THEN
            RAISE EXCEPTION 'Aucun mouvement de ce guichet ne mène de % à %.', OLD.state, NEW.state
                USING ERRCODE = 'check_violation';
        END IF;
        IF NEW.moved_at IS NULL OR NEW.moved_at < OLD.moved_at THEN
            RAISE EXCEPTION 'Une demande qui change d’étape dit depuis quand le portail le sait.'
                USING ERRCODE = 'check_violation';
        END IF;
    END IF;
    IF TG_OP = 'UPDATE' AND OLD.state = NEW.state AND NEW.moved_at IS DISTINCT FROM OLD.moved_at THEN
        RAISE EXCEPTION 'Une demande qui reste à son étape y est depuis le même instant.'
            USING ERRCODE = 'check_violation';
    END IF;
    IF (role_of_stage IN ('accord', 'refus')) <> (NEW.decided_date IS NOT NULL) THEN
        RAISE EXCEPTION 'Une demande accordée ou refusée dit à quelle date, et elle seule.'
            USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER demande_guichet_begins_at_its_first_stage
    BEFORE INSERT ON guichets_demandeauguichet
    FOR EACH ROW
    EXECUTE FUNCTION refuse_to_move_otherwise();
CREATE TRIGGER demande_guichet_moves_as_its_desk_does
    BEFORE UPDATE ON guichets_demandeauguichet
    FOR EACH ROW
    WHEN (old.guichet IS DISTINCT FROM new.guichet OR old.state IS DISTINCT FROM new.state OR old.moved_at IS DISTINCT FROM new.moved_at OR old.decided_date IS DISTINCT FROM new.decided_date)
    EXECUTE FUNCTION refuse_to_move_otherwise();
"""

# The noun in the trigger’s name, and the table.
WRITTEN_ONCE = {
    "echecdereleve": "guichets_echecdereleve",
    "passage": "guichets_passage",
    "releve": "guichets_releve",
    "reponsedeguichet": "guichets_reponsedeguichet",
}

# A stage and its desk, by two columns, which Django does not name.
STAGES_ARE_OF_THE_DESK = """
ALTER TABLE guichets_mouvement
    ADD CONSTRAINT mouvement_leaves_a_stage FOREIGN KEY (guichet_id, depart) REFERENCES guichets_etape (guichet_id, code),
    ADD CONSTRAINT mouvement_comes_to_a_stage FOREIGN KEY (guichet_id, arrivee) REFERENCES guichets_etape (guichet_id, code);
ALTER TABLE guichets_demandeauguichet
    ADD CONSTRAINT demande_guichet_stands_at_a_stage FOREIGN KEY (guichet, state) REFERENCES guichets_etape (guichet_id, code);
"""
WITHOUT_STAGES = """
ALTER TABLE guichets_demandeauguichet DROP CONSTRAINT demande_guichet_stands_at_a_stage;
ALTER TABLE guichets_mouvement DROP CONSTRAINT mouvement_comes_to_a_stage, DROP CONSTRAINT mouvement_leaves_a_stage;
"""


class Migration(migrations.Migration):

    replaces = [('guichets', '0001_initial'), ('guichets', '0002_written_once'), ('guichets', '0003_first_confirmed_at'), ('guichets', '0004_desks_are_rows'), ('guichets', '0005_three_machines_into_one'), ('guichets', '0006_one_machine'), ('guichets', '0007_moves_are_rows'), ('guichets', '0008_returns_are_followed'), ('guichets', '0009_capture'), ('guichets', '0010_captures_to_confirm'), ('guichets', '0011_words_of_each_desk'), ('guichets', '0012_longer_motifs'), ('guichets', '0013_plain_words')]

    initial = True

    dependencies = [
        ('candidatures', '0001_squashed_0039_ligne_de_lot_tries'),
        ('comptes', '0001_squashed_0030_portee'),
        ('preuves', '0001_squashed_0030_conclusions_proposees'),
    ]

    operations = [
        migrations.CreateModel(
            name='Guichet',
            fields=[
                ('code', models.CharField(max_length=30, primary_key=True, serialize=False)),
                ('nom', models.CharField(max_length=120)),
            ],
            options={
                'verbose_name': 'guichet',
            },
        ),
        migrations.CreateModel(
            name='DemandeAuGuichet',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('objet', models.CharField(max_length=200)),
                ('numero', models.CharField(blank=True, max_length=1000, verbose_name='numéro au guichet')),
                ('logiciel', models.CharField(blank=True, max_length=200, verbose_name='logiciel connu du guichet')),
                ('is_third_party', models.BooleanField(default=False, verbose_name='portée par un tiers')),
                ('version', models.PositiveIntegerField(default=0)),
                ('recorded_at', models.DateTimeField(verbose_name='déclarée le')),
                ('ended_at', models.DateTimeField(blank=True, null=True, verbose_name='plus suivie depuis le')),
                ('ended_reason', models.CharField(blank=True, max_length=1000, verbose_name='motif')),
                ('etape_date', models.DateField(blank=True, null=True, verbose_name='à cette étape depuis le')),
                ('retour_prevu', models.DateField(blank=True, null=True, verbose_name='retour prévu le')),
                ('documents', models.JSONField(blank=True, default=dict, verbose_name='documents remis, numéro par nature')),
                ('pieces', models.JSONField(blank=True, default=dict, verbose_name='pièces au guichet, état par nature')),
                ('confirmed_at', models.DateTimeField(blank=True, null=True, verbose_name='dernier relevé cohérent')),
                ('next_pull_at', models.DateTimeField(blank=True, null=True, verbose_name='prochain relevé')),
                ('pull_id', models.UUIDField(blank=True, null=True, verbose_name='relevé en cours')),
                ('failures', models.PositiveIntegerField(default=0, verbose_name='échecs de suite')),
                ('failed_at', models.DateTimeField(blank=True, null=True, verbose_name='dernier échec')),
                ('failure', models.CharField(blank=True, choices=[('slow', 'Le guichet n’a pas répondu à temps'), ('server_error', 'Le guichet est en erreur'), ('throttled', 'Le guichet demande de patienter'), ('cut', 'La réponse a été coupée'), ('not_json', 'La réponse est illisible'), ('other_schema', 'La réponse n’a pas la forme convenue'), ('other_id', 'La réponse concerne une autre demande'), ('forbidden_host', 'L’adresse du guichet n’est pas autorisée'), ('unknown', 'Le guichet ne connaît pas cette demande'), ('circuit_open', 'Interrogation suspendue après plusieurs échecs'), ('too_large', 'La réponse est trop longue')], max_length=20, verbose_name='nature du dernier échec')),
                ('first_confirmed_at', models.DateTimeField(blank=True, null=True, verbose_name='premier relevé cohérent')),
                ('role', models.CharField(blank=True, choices=[('utilisateur', 'Éditeur de logiciel utilisateur'), ('proxy', 'Éditeur de proxy')], max_length=12, verbose_name='rôle')),
                ('proxy', models.CharField(blank=True, max_length=200)),
                ('composant', models.CharField(blank=True, max_length=120)),
                ('teleservice', models.CharField(blank=True, max_length=20, verbose_name='téléservice')),
                ('nil', models.CharField(blank=True, max_length=40, verbose_name='NIL du composant')),
                ('preuve', models.CharField(blank=True, max_length=60, verbose_name='N° preuve')),
                ('state', models.CharField(max_length=30, verbose_name='étape')),
                ('moved_at', models.DateTimeField(blank=True, null=True, verbose_name='étape connue depuis le')),
                ('decided_date', models.DateField(blank=True, null=True, verbose_name='décidée le')),
                ('returned_at', models.DateTimeField(blank=True, null=True, verbose_name='revenue en arrière le')),
                ('returned_from', models.CharField(blank=True, max_length=30, verbose_name='revenue de l’étape')),
                ('returned_reason', models.CharField(blank=True, max_length=600, verbose_name='ce qu’en dit le guichet')),
                ('reconfirm_asked_at', models.DateTimeField(blank=True, null=True, verbose_name='confirmation de l’accord demandée le')),
                ('source', models.CharField(blank=True, choices=[('pulled', 'Réponse du guichet'), ('capture', 'Capture confirmée par l’ANS'), ('manual', 'Déclaré avec une capture, sans confirmation')], max_length=8, verbose_name='ce dernier vient de')),
                ('candidature', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='demandes_aux_guichets', to='candidatures.candidature')),
                ('ended_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('recorded_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('guichet', models.ForeignKey(db_column='guichet', on_delete=django.db.models.deletion.PROTECT, related_name='demandes', to='guichets.guichet')),
            ],
            options={
                'verbose_name': 'demande à un guichet',
                'verbose_name_plural': 'demandes aux guichets',
                'indexes': [models.Index(condition=models.Q(('next_pull_at__isnull', False)), fields=['guichet', 'next_pull_at', 'id'], name='demande_guichet_due')],
                'constraints': [models.UniqueConstraint(condition=models.Q(('ended_at', None)), fields=('candidature', 'objet'), name='demande_guichet_once_for_an_object', violation_error_message='Cette demande est déjà déclarée.'), models.CheckConstraint(condition=models.Q(models.Q(('ended_at', None), ('ended_by', None), ('ended_reason', '')), models.Q(models.Q(('ended_reason', ''), _negated=True), ('ended_at__gte', models.F('recorded_at')), ('ended_by__isnull', False)), _connector='OR'), name='demande_guichet_end_bears_its_stamps', violation_error_message='Une demande qui n’est plus suivie dit depuis quand, par qui et pourquoi.'), models.CheckConstraint(condition=models.Q(models.Q(('next_pull_at', None), ('pull_id', None)), models.Q(models.Q(('numero', ''), _negated=True), ('ended_at', None), ('next_pull_at__isnull', False)), _connector='OR'), name='demande_guichet_pulled_has_a_number', violation_error_message='Seule une demande suivie et dont le numéro est connu est relevée.'), models.CheckConstraint(condition=models.Q(models.Q(('failed_at', None), ('failure', ''), ('failures', 0)), models.Q(models.Q(('failure', ''), _negated=True), ('failed_at__isnull', False), ('failures__gt', 0)), _connector='OR'), name='demande_guichet_failures_bear_their_stamps'), models.CheckConstraint(condition=models.Q(models.Q(('proxy', ''), ('role', '')), ('role__in', ['utilisateur', 'proxy']), _connector='OR'), name='demande_guichet_role_is_known'), models.CheckConstraint(condition=models.Q(models.Q(('composant', ''), ('role', ''), ('teleservice', '')), models.Q(('preuve', ''), ('role', ''), models.Q(('teleservice', ''), _negated=True)), models.Q(('composant', ''), ('preuve', ''), ('teleservice', ''), models.Q(('role', ''), _negated=True)), _connector='OR'), name='demande_guichet_is_for_one_thing', violation_error_message='Une demande porte sur un rôle, un téléservice, une preuve, ou la solution.'), models.CheckConstraint(condition=models.Q(models.Q(('returned_at', None), ('returned_from', ''), ('returned_reason', '')), models.Q(models.Q(('returned_from', ''), _negated=True), models.Q(('returned_reason', ''), _negated=True), ('returned_at__isnull', False)), _connector='OR'), name='demande_guichet_return_bears_its_stamps', violation_error_message='Une demande revenue en arrière dit depuis quand, d’où et pourquoi.')],
            },
        ),
        migrations.CreateModel(
            name='Mouvement',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('depart', models.CharField(max_length=30)),
                ('arrivee', models.CharField(max_length=30)),
                ('retour', models.BooleanField()),
                ('guichet', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='mouvements', to='guichets.guichet')),
            ],
            options={
                'verbose_name': 'mouvement',
                'constraints': [models.UniqueConstraint(fields=('guichet', 'depart', 'arrivee'), name='mouvement_once'), models.CheckConstraint(condition=models.Q(('depart', models.F('arrivee')), _negated=True), name='mouvement_leads_elsewhere')],
            },
        ),
        migrations.CreateModel(
            name='Releve',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('source', models.CharField(choices=[('pulled', 'Réponse du guichet'), ('capture', 'Capture confirmée par l’ANS'), ('manual', 'Déclaré avec une capture, sans confirmation')], max_length=8)),
                ('pull_id', models.UUIDField(blank=True, null=True, verbose_name='relevé')),
                ('seen_at', models.DateTimeField(verbose_name='relevé le')),
                ('schema', models.CharField(blank=True, max_length=60, verbose_name='schéma')),
                ('raw', models.BinaryField(blank=True, verbose_name='réponse')),
                ('sha256', models.CharField(max_length=64, verbose_name='empreinte')),
                ('etape', models.CharField(max_length=200, verbose_name='étape')),
                ('date_etape', models.DateField(verbose_name='à cette étape depuis le')),
                ('retour_prevu', models.DateField(blank=True, null=True, verbose_name='retour prévu le')),
                ('logiciel', models.CharField(blank=True, max_length=200)),
                ('confirmed_at', models.DateTimeField(blank=True, null=True, verbose_name='confirmé le')),
                ('confirmed_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('demande', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='releves', to='guichets.demandeauguichet')),
                ('piece', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='candidatures.piece')),
                ('recorded_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'verbose_name': 'relevé',
                'indexes': [models.Index(fields=['demande', '-seen_at', '-id'], name='releve_latest_first'), models.Index(condition=models.Q(('source', 'pulled')), fields=['seen_at'], name='releve_pulled')],
                'constraints': [models.UniqueConstraint(fields=('demande', 'pull_id'), name='releve_once_a_pull'), models.CheckConstraint(condition=models.Q(models.Q(('confirmed_at', None), ('confirmed_by', None), ('piece', None), ('pull_id__isnull', False), ('recorded_by', None), ('source', 'pulled')), models.Q(('confirmed_at', None), ('confirmed_by', None), ('piece__isnull', False), ('pull_id', None), ('recorded_by__isnull', False), ('source', 'manual')), models.Q(models.Q(('confirmed_by', models.F('recorded_by')), _negated=True), ('confirmed_at__gte', models.F('seen_at')), ('confirmed_by__isnull', False), ('piece__isnull', False), ('pull_id', None), ('recorded_by__isnull', False), ('source', 'capture')), _connector='OR'), name='releve_says_where_it_comes_from', violation_error_message='Une capture porte son fichier, son auteur, et qui d’autre l’a confirmée.')],
            },
        ),
        migrations.CreateModel(
            name='Passage',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.PositiveSmallIntegerField(verbose_name='rang')),
                ('etape', models.CharField(max_length=30, verbose_name='étape')),
                ('seen', models.BooleanField(verbose_name='vue')),
                ('etape_date', models.DateField(blank=True, null=True, verbose_name='date du guichet')),
                ('passed_at', models.DateTimeField(verbose_name='connu le')),
                ('reason', models.CharField(blank=True, max_length=600, verbose_name='pourquoi en arrière')),
                ('demande', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='passages', to='guichets.demandeauguichet')),
                ('releve', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='passages', to='guichets.releve')),
            ],
            options={
                'verbose_name': 'passage d’étape',
                'verbose_name_plural': 'passages d’étape',
                'constraints': [models.UniqueConstraint(fields=('demande', 'number'), name='passage_number_once'), models.CheckConstraint(condition=models.Q(models.Q(('etape_date__isnull', False), ('seen', True)), models.Q(('etape_date', None), ('seen', False)), _connector='OR'), name='passage_seen_has_a_date')],
            },
        ),
        migrations.CreateModel(
            name='Capture',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('logiciel', models.CharField(max_length=200, verbose_name='logiciel affiché')),
                ('nil', models.CharField(blank=True, max_length=40, verbose_name='NIL affiché')),
                ('etape', models.CharField(max_length=30, verbose_name='étape affichée')),
                ('date_etape', models.DateField(verbose_name='à cette étape depuis le')),
                ('retour_prevu', models.DateField(blank=True, null=True, verbose_name='retour prévu le')),
                ('documents', models.JSONField(blank=True, default=dict, verbose_name='documents remis, numéro par nature')),
                ('recorded_at', models.DateTimeField(verbose_name='déposée le')),
                ('state', models.CharField(choices=[('recorded', 'À confirmer'), ('confirmed', 'Confirmée'), ('refused', 'Refusée'), ('superseded', 'Remplacée')], default='recorded', max_length=50, verbose_name='état')),
                ('decided_at', models.DateTimeField(blank=True, null=True, verbose_name='tranchée le')),
                ('reason', models.CharField(blank=True, max_length=1000, verbose_name='motif')),
                ('decided_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('piece', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='candidatures.piece')),
                ('recorded_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('demande', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='captures', to='guichets.demandeauguichet')),
                ('releve', models.OneToOneField(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='capture', to='guichets.releve')),
            ],
            options={
                'verbose_name': 'capture',
                'indexes': [models.Index(condition=models.Q(('state', 'recorded')), fields=['recorded_at', 'id'], name='capture_to_confirm'), models.Index(fields=['demande', '-id'], name='capture_latest_first')],
                'constraints': [models.UniqueConstraint(condition=models.Q(('state', 'recorded')), fields=('demande',), name='capture_one_waits_for_a_demande', violation_error_message='Une capture de cette demande attend déjà d’être confirmée.'), models.CheckConstraint(condition=models.Q(models.Q(('decided_at', None), ('decided_by', None), ('reason', ''), ('releve', None), ('state', 'recorded')), models.Q(('decided_at__gte', models.F('recorded_at')), ('decided_by__isnull', False), ('reason', ''), ('releve__isnull', False), ('state', 'confirmed')), models.Q(models.Q(('reason', ''), _negated=True), ('decided_at__gte', models.F('recorded_at')), ('decided_by__isnull', False), ('releve', None), ('state', 'refused')), models.Q(models.Q(('reason', ''), _negated=True), ('decided_at__gte', models.F('recorded_at')), ('releve', None), ('state', 'superseded')), _connector='OR'), name='capture_state_bears_its_stamps', violation_error_message='L’état de la capture ne correspond pas à ce qui en fut décidé.'), models.CheckConstraint(condition=models.Q(models.Q(('state', 'confirmed'), _negated=True), models.Q(('decided_by', models.F('recorded_by')), _negated=True), _connector='OR'), name='capture_is_confirmed_by_another', violation_error_message='Une capture est confirmée par quelqu’un d’autre que son auteur.')],
            },
            bases=(django_fsm.FSMModelMixin, models.Model),
        ),
        migrations.CreateModel(
            name='Anomalie',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('backwards', 'Retour en arrière'), ('out_of_refused', 'Sortie d’un refus'), ('grant_lost', 'Accord perdu'), ('unknown_status', 'Statut inconnu'), ('other_software', 'Autre logiciel'), ('other_object', 'Autre objet'), ('older_date', 'Date plus ancienne'), ('future_date', 'Date dans le futur'), ('contradicts_capture', 'Désaccord avec une capture confirmée'), ('unknown_number', 'Demande inconnue du guichet'), ('other_id', 'Réponse sur une autre demande'), ('other_schema', 'Réponse d’une autre forme'), ('forbidden_host', 'Adresse non autorisée'), ('too_large', 'Réponse trop longue')], max_length=20, verbose_name='nature')),
                ('owner', models.CharField(max_length=30, verbose_name='à qui d’agir')),
                ('sentence', models.CharField(max_length=600, verbose_name='constat')),
                ('state', models.CharField(choices=[('open', 'À traiter'), ('acknowledged', 'Prise en compte'), ('closed', 'Close')], default='open', max_length=50, verbose_name='état')),
                ('opened_at', models.DateTimeField(verbose_name='constatée le')),
                ('acknowledged_at', models.DateTimeField(blank=True, null=True, verbose_name='prise en compte le')),
                ('note', models.CharField(blank=True, max_length=1000, verbose_name='suite donnée')),
                ('closed_at', models.DateTimeField(blank=True, null=True, verbose_name='close le')),
                ('acknowledged_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('demande', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='anomalies', to='guichets.demandeauguichet')),
                ('releve', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='anomalies', to='guichets.releve')),
            ],
            options={
                'verbose_name': 'anomalie',
                'indexes': [models.Index(condition=models.Q(('state', 'closed'), _negated=True), fields=['-opened_at', '-id'], name='anomalie_living')],
                'constraints': [models.UniqueConstraint(condition=models.Q(('state', 'closed'), _negated=True), fields=('demande', 'kind'), name='anomalie_one_living_of_a_kind'), models.CheckConstraint(condition=models.Q(models.Q(('acknowledged_at', None), ('acknowledged_by', None), ('closed_at', None), ('state', 'open')), models.Q(('acknowledged_at__gte', models.F('opened_at')), ('acknowledged_by__isnull', False), ('closed_at', None), ('state', 'acknowledged')), models.Q(('closed_at__gte', models.F('opened_at')), ('state', 'closed')), _connector='OR'), name='anomalie_state_bears_its_stamps', violation_error_message='L’état de l’anomalie ne correspond pas à ses dates.'), models.CheckConstraint(condition=models.Q(('kind__in', ['backwards', 'out_of_refused', 'grant_lost', 'unknown_status', 'other_software', 'other_object', 'older_date', 'future_date', 'contradicts_capture', 'unknown_number', 'other_id', 'other_schema', 'forbidden_host', 'too_large'])), name='anomalie_kind_is_known')],
            },
            bases=(django_fsm.FSMModelMixin, models.Model),
        ),
        migrations.CreateModel(
            name='ReponseDeGuichet',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('numero', models.CharField(max_length=60, verbose_name='N° preuve')),
                ('etape', models.CharField(max_length=30, verbose_name='étape')),
                ('source', models.CharField(choices=[('pulled', 'Réponse du guichet'), ('capture', 'Capture confirmée par l’ANS'), ('manual', 'Déclaré avec une capture, sans confirmation')], max_length=8)),
                ('answered_at', models.DateTimeField(verbose_name='répondu le')),
                ('demande', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='reponses', to='guichets.demandeauguichet')),
                ('releve', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='reponses', to='guichets.releve')),
                ('revision', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='reponse_de_guichet', to='preuves.revision')),
            ],
            options={
                'verbose_name': 'réponse d’un guichet à une preuve',
                'verbose_name_plural': 'réponses des guichets aux preuves',
                'constraints': [models.UniqueConstraint(fields=('demande', 'numero', 'etape', 'source'), name='reponse_guichet_once_a_stage')],
            },
        ),
        migrations.CreateModel(
            name='EchecDeReleve',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('pull_id', models.UUIDField(verbose_name='relevé')),
                ('kind', models.CharField(choices=[('slow', 'Le guichet n’a pas répondu à temps'), ('server_error', 'Le guichet est en erreur'), ('throttled', 'Le guichet demande de patienter'), ('cut', 'La réponse a été coupée'), ('not_json', 'La réponse est illisible'), ('other_schema', 'La réponse n’a pas la forme convenue'), ('other_id', 'La réponse concerne une autre demande'), ('forbidden_host', 'L’adresse du guichet n’est pas autorisée'), ('unknown', 'Le guichet ne connaît pas cette demande'), ('circuit_open', 'Interrogation suspendue après plusieurs échecs'), ('too_large', 'La réponse est trop longue')], max_length=20, verbose_name='nature')),
                ('detail', models.CharField(blank=True, max_length=300, verbose_name='détail')),
                ('failed_at', models.DateTimeField(verbose_name='échoué le')),
                ('demande', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='echecs', to='guichets.demandeauguichet')),
            ],
            options={
                'verbose_name': 'échec de relevé',
                'verbose_name_plural': 'échecs de relevé',
                'indexes': [models.Index(fields=['failed_at'], name='echec_failed_at')],
                'constraints': [models.UniqueConstraint(fields=('demande', 'pull_id'), name='echec_once_a_pull'), models.CheckConstraint(condition=models.Q(('kind__in', ['slow', 'server_error', 'throttled', 'cut', 'not_json', 'other_schema', 'other_id', 'forbidden_host', 'unknown', 'circuit_open', 'too_large'])), name='echec_kind_is_known')],
            },
        ),
        migrations.CreateModel(
            name='Etape',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('code', models.CharField(max_length=30)),
                ('nom', models.CharField(max_length=120)),
                ('rang', models.PositiveSmallIntegerField()),
                ('role', models.CharField(blank=True, choices=[('depart', 'Première étape'), ('', 'Étape'), ('accord', 'Accord'), ('refus', 'Refus')], max_length=10, verbose_name='rôle')),
                ('guichet', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='etapes', to='guichets.guichet')),
            ],
            options={
                'verbose_name': 'étape d’un guichet',
                'verbose_name_plural': 'étapes des guichets',
                'constraints': [models.UniqueConstraint(fields=('guichet', 'code'), name='etape_once_at_a_desk'), models.UniqueConstraint(condition=models.Q(('role', 'depart')), fields=('guichet',), name='etape_one_beginning_at_a_desk'), models.CheckConstraint(condition=models.Q(('role__in', ['depart', '', 'accord', 'refus'])), name='etape_role_is_known')],
            },
        ),
        migrations.RunSQL(STAGES_ARE_OF_THE_DESK, WITHOUT_STAGES),
        migrations.RunSQL(REFUSE_A_RETURN_WITHOUT_STAMPS, "DROP FUNCTION refuse_a_return_without_stamps CASCADE"),
        migrations.RunSQL(REFUSE_TO_MOVE_OTHERWISE, "DROP FUNCTION refuse_to_move_otherwise CASCADE"),
        *(
            migrations.RunSQL(
                f"CREATE TRIGGER {noun}_is_written_once BEFORE UPDATE OR DELETE ON {table} "
                "FOR EACH ROW EXECUTE FUNCTION refuse_to_rewrite()",
                f"DROP TRIGGER {noun}_is_written_once ON {table}",
            )
            for noun, table in WRITTEN_ONCE.items()
        ),
    ]
