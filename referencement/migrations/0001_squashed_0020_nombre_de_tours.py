"""Make the tables and triggers of referencement at once in a new database; an older one has the migrations replaced here."""

import candidatures.models.piece
import django.contrib.postgres.fields
import django.contrib.postgres.indexes
import django.db.models.deletion
import django_fsm
from django.conf import settings
from django.db import migrations, models

COUNT_THE_ANSWERS = """
CREATE FUNCTION count_the_answers() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP <> 'INSERT' THEN
        INSERT INTO referencement_nombredetours (answers, delta) VALUES (OLD.answers, -1);
    END IF;
    IF TG_OP <> 'DELETE' THEN
        INSERT INTO referencement_nombredetours (answers, delta) VALUES (NEW.answers, 1);
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER tour_is_counted
    AFTER INSERT OR DELETE ON referencement_tourprojete
    FOR EACH ROW
    EXECUTE FUNCTION count_the_answers();
CREATE TRIGGER tour_is_counted_again
    AFTER UPDATE ON referencement_tourprojete
    FOR EACH ROW
    WHEN (old.answers IS DISTINCT FROM new.answers)
    EXECUTE FUNCTION count_the_answers();
"""

FREEZE_OF = """
CREATE FUNCTION freeze_of(candidature bigint) RETURNS text LANGUAGE sql STABLE AS $$
    SELECT CASE
        WHEN bool_or(state = 'attributed') THEN 'attributed'
        WHEN bool_or(state IN ('listed', 'decided')) THEN 'college'
        ELSE 'free'
    END FROM referencement_examen WHERE candidature_id = candidature
$$;
"""

FREEZE_THE_CANDIDATURE = """
CREATE FUNCTION freeze_the_candidature() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE candidatures_candidature SET gel = freeze_of(id)
    WHERE id IN (
        CASE WHEN TG_OP <> 'DELETE' THEN NEW.candidature_id END, CASE WHEN TG_OP <> 'INSERT' THEN OLD.candidature_id END
    ) AND gel <> freeze_of(id);
    RETURN NULL;
END $$;
CREATE TRIGGER examen_freezes_its_candidature
    AFTER INSERT OR DELETE OR UPDATE ON referencement_examen
    FOR EACH ROW
    EXECUTE FUNCTION freeze_the_candidature();
"""

HEAR_THE_COLLEGE = """
CREATE FUNCTION hear_the_college() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.state = 'cancelled' THEN
        RAISE EXCEPTION 'An examen whose séance was cancelled is never rewritten.' USING ERRCODE = 'restrict_violation';
    END IF;
    IF TG_OP = 'DELETE' OR NEW.state = OLD.state THEN
        RETURN COALESCE(NEW, OLD);
    END IF;
    IF NEW.state = 'cancelled' AND NOT EXISTS (
        SELECT FROM referencement_seanceducollege WHERE id = NEW.seance_id AND state = 'cancelled'
    ) THEN
        RAISE EXCEPTION 'An examen is cancelled with its séance.' USING ERRCODE = 'restrict_violation';
    END IF;
    IF NEW.state IN ('attributed', 'not_attributed') AND NEW.against = '' AND (
        SELECT count(*) > 0 AND bool_and(
            a.avis = CASE NEW.state WHEN 'attributed' THEN 'unfavourable' ELSE 'favourable' END
        )
        FROM referencement_avisdemembre a JOIN referencement_membredeseance m ON m.id = a.membre_id
        WHERE a.examen_id = NEW.id AND a.avis IN ('favourable', 'unfavourable') AND m.is_present
    ) THEN
        RAISE EXCEPTION 'A decision against every avis says why.' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER examen_says_why
    BEFORE DELETE OR UPDATE ON referencement_examen
    FOR EACH ROW
    EXECUTE FUNCTION hear_the_college();
"""

HOLD_THE_AGENDA = """
CREATE FUNCTION hold_the_agenda() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (
        SELECT FROM (
            SELECT id, state FROM referencement_examen
            WHERE candidature_id = NEW.candidature_id ORDER BY id DESC LIMIT 1
        ) AS latest
        WHERE state = 'attributed' OR state = 'not_attributed' AND NOT EXISTS (
            SELECT FROM referencement_reexamen WHERE examen_id = latest.id AND state = 'granted'
        )
    ) THEN
        RAISE EXCEPTION 'What the collège decided is examined again only once that is granted.'
            USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER agenda_is_held
    BEFORE INSERT ON referencement_examen
    FOR EACH ROW
    EXECUTE FUNCTION hold_the_agenda();
"""

HOLD_THE_AVIS = """
CREATE FUNCTION hold_the_avis() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT EXISTS (
        SELECT FROM referencement_examen e
        JOIN referencement_seanceducollege s ON s.id = e.seance_id
        JOIN referencement_membredeseance m ON m.seance_id = s.id
        WHERE e.id = NEW.examen_id AND m.id = NEW.membre_id AND m.is_present
          AND s.state = 'open' AND e.state IN ('listed', 'decided')
    ) THEN
        RAISE EXCEPTION 'An avis is given by a member who is there, while the séance is open.'
            USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER avis_is_held
    BEFORE INSERT OR UPDATE ON referencement_avisdemembre
    FOR EACH ROW
    EXECUTE FUNCTION hold_the_avis();
"""

HOLD_THE_CANDIDATURE = """
CREATE FUNCTION hold_the_candidature() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.state <> OLD.state AND EXISTS (
        SELECT FROM referencement_examen
        WHERE candidature_id = NEW.id
          AND (state = 'attributed' OR NEW.state = 'withdrawn' AND state IN ('listed', 'decided'))
    ) THEN
        RAISE EXCEPTION 'A candidature before the collège, or référencée, is not closed.'
            USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER candidature_is_held
    BEFORE UPDATE OF state ON candidatures_candidature
    FOR EACH ROW
    EXECUTE FUNCTION hold_the_candidature();
"""

HOLD_THE_CONVENTION = """
CREATE FUNCTION hold_the_convention() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' OR NEW.data <> OLD.data OR NEW.sha256 <> OLD.sha256
       OR NEW.candidature_id <> OLD.candidature_id OR NEW.number <> OLD.number
       OR OLD.state IN ('cancelled', 'countersigned') THEN
        RAISE EXCEPTION 'What a convention says is never rewritten.' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER convention_is_held
    BEFORE DELETE OR UPDATE ON referencement_convention
    FOR EACH ROW
    EXECUTE FUNCTION hold_the_convention();
"""

HOLD_THE_EVENEMENT = """
CREATE FUNCTION hold_the_evenement() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT EXISTS (
        SELECT FROM referencement_referencement
        WHERE id = NEW.referencement_id AND state = NEW.from_state AND version + 1 = NEW.number
    ) THEN
        RAISE EXCEPTION 'An event begins where its référencement stands.' USING ERRCODE = 'restrict_violation';
    END IF;
    IF NEW.mesure_id IS NOT NULL AND NOT EXISTS (
        SELECT FROM referencement_mesure
        WHERE id = NEW.mesure_id AND referencement_id = NEW.referencement_id AND state = 'decided'
          AND (kind, NEW.kind) IN (('suspension', 'suspended'), ('levee', 'restored'), ('retrait', 'withdrawn'))
    ) THEN
        RAISE EXCEPTION 'An event of the ANS follows a mesure that was decided.' USING ERRCODE = 'restrict_violation';
    END IF;
    IF NEW.kind = 'renounced' AND NEW.effect_at > NEW.at AND EXISTS (
        SELECT FROM referencement_mesure
        WHERE referencement_id = NEW.referencement_id AND kind IN ('suspension', 'retrait')
          AND (state = 'proposed' OR state = 'abandoned' AND decided_at = NEW.at)
    ) THEN
        RAISE EXCEPTION 'A renonciation takes effect at once when a mesure is announced.'
            USING ERRCODE = 'restrict_violation';
    END IF;
    IF NEW.successor_id IS NOT NULL AND NOT EXISTS (
        SELECT FROM referencement_referencement AS one
        JOIN candidatures_candidature AS former ON former.id = one.candidature_id
        JOIN candidatures_candidature AS next USING (produit_id, dispositif_id)
        JOIN referencement_referencement AS other ON other.candidature_id = next.id
        WHERE one.id = NEW.referencement_id AND other.id = NEW.successor_id AND other.id <> one.id
    ) THEN
        RAISE EXCEPTION 'A référencement is replaced by another of the same solution.'
            USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER evenement_is_held
    BEFORE INSERT ON referencement_evenementdereferencement
    FOR EACH ROW
    EXECUTE FUNCTION hold_the_evenement();
"""

HOLD_THE_EXAMEN = """
CREATE FUNCTION hold_the_examen() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP <> 'INSERT' AND OLD.state IN ('attributed', 'not_attributed', 'postponed') THEN
        RAISE EXCEPTION 'A published examen is never rewritten.' USING ERRCODE = 'restrict_violation';
    END IF;
    IF TG_OP = 'DELETE' THEN
        RETURN OLD;
    END IF;
    IF NEW.state IN ('attributed', 'not_attributed', 'postponed') AND NOT EXISTS (
        SELECT FROM referencement_seanceducollege WHERE id = NEW.seance_id AND state = 'closed'
    ) THEN
        RAISE EXCEPTION 'An examen is published by the closing of its séance.' USING ERRCODE = 'restrict_violation';
    END IF;
    IF NEW.state = 'attributed' AND NOT EXISTS (
        SELECT FROM referencement_convention
        WHERE id = NEW.convention_id AND candidature_id = NEW.candidature_id
          AND state IN ('signed_by_editeur', 'countersigned')
    ) THEN
        RAISE EXCEPTION 'An attribution needs the signed convention of that candidature.'
            USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER examen_is_held
    BEFORE INSERT OR DELETE OR UPDATE ON referencement_examen
    FOR EACH ROW
    EXECUTE FUNCTION hold_the_examen();
"""

HOLD_THE_MESURE = """
CREATE FUNCTION hold_the_mesure() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' OR TG_OP = 'UPDATE' AND OLD.state <> 'proposed' THEN
        RAISE EXCEPTION 'A mesure that was decided is never rewritten.' USING ERRCODE = 'restrict_violation';
    END IF;
    IF TG_OP = 'INSERT' AND NEW.state <> 'proposed' THEN
        RAISE EXCEPTION 'A mesure begins as a proposal.' USING ERRCODE = 'restrict_violation';
    END IF;
    IF TG_OP = 'UPDATE' AND (
        (NEW.referencement_id, NEW.kind, NEW.reasons, NEW.proposed_at, NEW.proposed_by_id)
            IS DISTINCT FROM (OLD.referencement_id, OLD.kind, OLD.reasons, OLD.proposed_at, OLD.proposed_by_id)
        OR NEW.answer_until_at IS DISTINCT FROM OLD.answer_until_at
        OR OLD.answered_at IS NOT NULL
            AND (NEW.answer, NEW.answered_at, NEW.answered_by_id)
                IS DISTINCT FROM (OLD.answer, OLD.answered_at, OLD.answered_by_id)
    ) THEN
        RAISE EXCEPTION 'What a mesure announced, or was answered, is never rewritten.'
            USING ERRCODE = 'restrict_violation';
    END IF;
    IF NEW.state <> 'abandoned' AND NOT EXISTS (
        SELECT FROM referencement_referencement
        WHERE id = NEW.referencement_id AND (NEW.kind, state) IN (
            ('suspension', 'in_force'), ('levee', 'suspended'), ('retrait', 'in_force'), ('retrait', 'suspended')
        )
    ) THEN
        RAISE EXCEPTION 'This mesure is not one for a référencement in that state.'
            USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER mesure_is_held
    BEFORE INSERT OR DELETE OR UPDATE ON referencement_mesure
    FOR EACH ROW
    EXECUTE FUNCTION hold_the_mesure();
"""

HOLD_THE_REEXAMEN = """
CREATE FUNCTION hold_the_reexamen() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' OR TG_OP = 'UPDATE' AND OLD.state <> 'requested' THEN
        RAISE EXCEPTION 'A reexamen that was decided is never rewritten.' USING ERRCODE = 'restrict_violation';
    END IF;
    IF TG_OP = 'INSERT' AND (NEW.state <> 'requested' OR NOT EXISTS (
        SELECT FROM referencement_examen WHERE id = NEW.examen_id AND state = 'not_attributed'
    )) THEN
        RAISE EXCEPTION 'A reexamen is proposed of what the collège refused.' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER reexamen_is_held
    BEFORE INSERT OR DELETE OR UPDATE ON referencement_reexamen
    FOR EACH ROW
    EXECUTE FUNCTION hold_the_reexamen();
"""

HOLD_THE_REFERENCEMENT = """
CREATE FUNCTION hold_the_referencement() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' THEN
        RAISE EXCEPTION 'A référencement is never erased.' USING ERRCODE = 'restrict_violation';
    END IF;
    IF TG_OP = 'INSERT' THEN
        IF NEW.state <> 'in_force' OR NEW.version <> 0 OR NOT EXISTS (
            SELECT FROM referencement_examen
            WHERE id = NEW.examen_id AND candidature_id = NEW.candidature_id AND state = 'attributed'
        ) THEN
            RAISE EXCEPTION 'A référencement is opened by an attribution.' USING ERRCODE = 'restrict_violation';
        END IF;
        RETURN NEW;
    END IF;
    IF NEW.candidature_id <> OLD.candidature_id OR NEW.examen_id <> OLD.examen_id OR NEW.opened_at <> OLD.opened_at THEN
        RAISE EXCEPTION 'What a référencement is of is never rewritten.' USING ERRCODE = 'restrict_violation';
    END IF;
    IF (NEW.state <> OLD.state OR NEW.version <> OLD.version) AND NOT EXISTS (
        SELECT FROM referencement_evenementdereferencement
        WHERE referencement_id = NEW.id AND number = NEW.version AND NEW.version = OLD.version + 1
          AND from_state = OLD.state AND to_state = NEW.state
    ) THEN
        RAISE EXCEPTION 'A référencement moves by an event of its history.' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER referencement_is_held
    BEFORE INSERT OR DELETE OR UPDATE ON referencement_referencement
    FOR EACH ROW
    EXECUTE FUNCTION hold_the_referencement();
"""

HOLD_THE_SEANCE = """
CREATE FUNCTION hold_the_seance() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'INSERT' THEN
        IF NEW.state <> 'planned' OR NEW.held_at <= NEW.planned_at THEN
            RAISE EXCEPTION 'A séance begins planned, for an instant to come.' USING ERRCODE = 'restrict_violation';
        END IF;
        RETURN NEW;
    END IF;
    IF OLD.state IN ('closed', 'cancelled') THEN
        RAISE EXCEPTION 'A séance that is over is never rewritten.' USING ERRCODE = 'restrict_violation';
    END IF;
    IF NEW.state <> OLD.state AND (OLD.state || '>' || NEW.state)
       NOT IN ('planned>open', 'planned>cancelled', 'open>closed', 'open>cancelled') THEN
        RAISE EXCEPTION 'A séance does not go from % to %.', OLD.state, NEW.state USING ERRCODE = 'restrict_violation';
    END IF;
    IF NEW.held_at <> OLD.held_at AND (OLD.state <> 'planned' OR NOT EXISTS (
        SELECT FROM referencement_reportdeseance
        WHERE seance_id = NEW.id AND from_at = OLD.held_at AND to_at = NEW.held_at
    )) THEN
        RAISE EXCEPTION 'A planned séance is moved with a report that says why.' USING ERRCODE = 'restrict_violation';
    END IF;
    IF OLD.state = 'planned' AND NEW.state = 'open' THEN
        IF (NEW.opened_at AT TIME ZONE 'Europe/Paris')::date <> (NEW.held_at AT TIME ZONE 'Europe/Paris')::date THEN
            RAISE EXCEPTION 'A séance is opened on its day.' USING ERRCODE = 'restrict_violation';
        END IF;
        IF (SELECT count(*) FROM referencement_membredeseance WHERE seance_id = NEW.id AND is_present) < NEW.quorum THEN
            RAISE EXCEPTION 'A séance is opened with its quorum.' USING ERRCODE = 'restrict_violation';
        END IF;
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER seance_is_held
    BEFORE INSERT OR UPDATE ON referencement_seanceducollege
    FOR EACH ROW
    EXECUTE FUNCTION hold_the_seance();
"""

SAY_THE_ANSWERS = """
CREATE FUNCTION say_the_answers() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    NEW.answers := concat_ws(' ',
        CASE WHEN NEW.ans_count > 0 THEN 'ans' END,
        CASE WHEN NEW.editeur_count > 0 THEN 'editeur' END,
        CASE WHEN NEW.guichet_count > 0 THEN 'guichet' END,
        CASE WHEN NEW.is_over THEN 'close'
             WHEN NEW.ans_count = 0 AND NEW.editeur_count = 0 AND NEW.guichet_count = 0 THEN 'personne' END,
        nullif(array_to_string(NEW.ans_objets, ' '), ''),
        (SELECT 'r:' || compte_id FROM candidatures_referent WHERE candidature_id = NEW.candidature_id));
    RETURN NEW;
END $$;
CREATE TRIGGER tour_says_its_answers
    BEFORE INSERT OR UPDATE ON referencement_tourprojete
    FOR EACH ROW
    EXECUTE FUNCTION say_the_answers();
"""

SAY_THE_FREEZE = """
CREATE FUNCTION say_the_freeze() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    NEW.gel := freeze_of(NEW.id);
    RETURN NEW;
END $$;
CREATE TRIGGER candidature_says_its_freeze
    BEFORE INSERT OR UPDATE ON candidatures_candidature
    FOR EACH ROW
    EXECUTE FUNCTION say_the_freeze();
"""

TELL_THE_TOUR_OF_ITS_REFERENT = """
CREATE FUNCTION tell_the_tour_of_its_referent() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP <> 'INSERT' THEN
        UPDATE referencement_tourprojete SET answers = '' WHERE candidature_id = OLD.candidature_id;
    END IF;
    IF TG_OP <> 'DELETE' THEN
        UPDATE referencement_tourprojete SET answers = '' WHERE candidature_id = NEW.candidature_id;
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER referent_tells_the_tour
    AFTER INSERT OR DELETE OR UPDATE ON candidatures_referent
    FOR EACH ROW
    EXECUTE FUNCTION tell_the_tour_of_its_referent();
"""

# The noun in the trigger’s name, and the table.
WRITTEN_ONCE = {
    "convocation": "referencement_convocation",
    "document": "referencement_document",
    "evenement": "referencement_evenementdereferencement",
    "fichierdedocument": "referencement_fichierdedocument",
    "photodecheance": "referencement_photodecheance",
    "reportdeseance": "referencement_reportdeseance",
}


class Migration(migrations.Migration):

    replaces = [('referencement', '0001_initial'), ('referencement', '0002_held_by_the_database'), ('referencement', '0003_photo'), ('referencement', '0004_autorisation'), ('referencement', '0005_freeze'), ('referencement', '0006_referencement'), ('referencement', '0007_referencement_held'), ('referencement', '0008_referencements_opened'), ('referencement', '0009_tour'), ('referencement', '0010_seance_lives'), ('referencement', '0011_seance_held'), ('referencement', '0012_tour_dates'), ('referencement', '0013_tour_objets'), ('referencement', '0014_tour_answers'), ('referencement', '0015_longer_motifs'), ('referencement', '0016_words'), ('referencement', '0017_durees_observees'), ('referencement', '0018_tour_referent'), ('referencement', '0019_pilotage'), ('referencement', '0020_nombre_de_tours')]

    initial = True

    dependencies = [
        ('candidatures', '0001_squashed_0039_ligne_de_lot_tries'),
        ('comptes', '0001_squashed_0030_portee'),
        ('guichets', '0001_squashed_0013_plain_words'),
        ('preuves', '0001_squashed_0030_conclusions_proposees'),
    ]

    operations = [
        migrations.CreateModel(
            name='NombreDeTours',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('answers', models.TextField(db_collation='C', editable=False)),
                ('delta', models.IntegerField()),
            ],
            options={
                'verbose_name': 'nombre de tours',
                'verbose_name_plural': 'nombres de tours',
            },
        ),
        migrations.CreateModel(
            name='TableauDePilotage',
            fields=[
                ('dispositif', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, primary_key=True, related_name='pilotage', serialize=False, to='candidatures.dispositif')),
                ('contenu', models.JSONField(verbose_name='mesures')),
                ('measured_at', models.DateTimeField(verbose_name='mesuré le')),
            ],
            options={
                'verbose_name': 'tableau de pilotage',
                'verbose_name_plural': 'tableaux de pilotage',
            },
        ),
        migrations.CreateModel(
            name='Convention',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.PositiveSmallIntegerField(verbose_name='rang')),
                ('state', models.CharField(choices=[('drafted', 'Préparée'), ('sent', 'À signer par l’éditeur'), ('signed_by_editeur', 'Signée par l’éditeur'), ('countersigned', 'Signée par l’éditeur et par l’ANS'), ('cancelled', 'Annulée')], default='drafted', max_length=50, verbose_name='état')),
                ('version', models.PositiveIntegerField(default=0)),
                ('template_version', models.CharField(max_length=20, verbose_name='version du modèle')),
                ('data', models.JSONField(verbose_name='données figées')),
                ('sha256', models.CharField(max_length=64, verbose_name='empreinte')),
                ('prepared_at', models.DateTimeField(verbose_name='préparée le')),
                ('sent_at', models.DateTimeField(blank=True, null=True, verbose_name='envoyée le')),
                ('signed_at', models.DateTimeField(blank=True, null=True, verbose_name='signée le')),
                ('countersigned_at', models.DateTimeField(blank=True, null=True, verbose_name='signée par l’ANS le')),
                ('cancelled_at', models.DateTimeField(blank=True, null=True, verbose_name='annulée le')),
                ('cancelled_reason', models.CharField(blank=True, max_length=1000, verbose_name='motif d’annulation')),
                ('cancelled_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('candidature', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='conventions', to='candidatures.candidature')),
                ('countersigned_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('prepared_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('sent_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('signatory', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('signed_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'verbose_name': 'convention',
                'constraints': [models.UniqueConstraint(fields=('candidature', 'number'), name='convention_number_once'), models.UniqueConstraint(condition=models.Q(('state', 'cancelled'), _negated=True), fields=('candidature',), name='convention_one_living', violation_error_message='Une convention est déjà en cours pour cette candidature.'), models.CheckConstraint(condition=models.Q(('state', 'cancelled'), models.Q(('countersigned_at', None), ('sent_at', None), ('signed_at', None), ('state', 'drafted')), models.Q(('sent_at__isnull', False), ('signatory__isnull', False), ('signed_at', None), ('state', 'sent')), models.Q(('countersigned_at', None), ('signed_at__gte', models.F('sent_at')), ('state', 'signed_by_editeur')), models.Q(('countersigned_at__gte', models.F('signed_at')), ('signed_at__isnull', False), ('state', 'countersigned')), _connector='OR'), name='convention_bears_its_stamps', violation_error_message='L’état de la convention ne correspond pas à ses dates.'), models.CheckConstraint(condition=models.Q(models.Q(('signed_at', None), ('signed_by', None)), models.Q(('signed_at__isnull', False), ('signed_by__isnull', False)), _connector='OR'), name='convention_signature_has_its_person'), models.CheckConstraint(condition=models.Q(models.Q(('cancelled_at__isnull', False), ('state', 'cancelled'), models.Q(('cancelled_reason', ''), _negated=True)), models.Q(models.Q(('state', 'cancelled'), _negated=True), ('cancelled_at', None), ('cancelled_reason', '')), _connector='OR'), name='convention_cancelled_says_why', violation_error_message='Une convention annulée dit pourquoi.')],
            },
            bases=(django_fsm.FSMModelMixin, models.Model),
        ),
        migrations.CreateModel(
            name='Document',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('convention', 'Convention de référencement'), ('attestation', 'Attestation de référencement'), ('rapport', 'Rapport de conformité'), ('proces_verbal', 'Procès-verbal du collège'), ('autorisation', 'Autorisation d’accès aux tests du CNDA'), ('decision', 'Décision')], max_length=20, verbose_name='nature')),
                ('numero', models.CharField(max_length=60, unique=True, verbose_name='numéro')),
                ('template_version', models.CharField(max_length=20, verbose_name='version du modèle')),
                ('data', models.JSONField(verbose_name='données figées')),
                ('sha256', models.CharField(max_length=64, verbose_name='empreinte des données')),
                ('issued_at', models.DateTimeField(verbose_name='émis le')),
                ('candidature', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='documents', to='candidatures.candidature')),
                ('convention', models.OneToOneField(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='document', to='referencement.convention')),
                ('issued_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'verbose_name': 'document',
            },
        ),
        migrations.CreateModel(
            name='Autorisation',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.PositiveSmallIntegerField(verbose_name='rang')),
                ('approved_at', models.DateTimeField(verbose_name='chapitre validé le')),
                ('issued_at', models.DateTimeField(verbose_name='émise le')),
                ('ended_at', models.DateTimeField(blank=True, null=True, verbose_name='ne vaut plus depuis le')),
                ('candidature', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='autorisations', to='candidatures.candidature')),
                ('document', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='autorisation', to='referencement.document')),
            ],
            options={
                'verbose_name': 'autorisation d’accès aux tests du CNDA',
                'verbose_name_plural': 'autorisations d’accès aux tests du CNDA',
                'constraints': [models.UniqueConstraint(fields=('candidature', 'number'), name='autorisation_number_once'), models.UniqueConstraint(condition=models.Q(('ended_at', None)), fields=('candidature',), name='autorisation_one_stands', violation_error_message='Une autorisation vaut déjà pour cette candidature.'), models.CheckConstraint(condition=models.Q(('issued_at__gte', models.F('approved_at')), models.Q(('ended_at', None), ('ended_at__gte', models.F('issued_at')), _connector='OR')), name='autorisation_instants_follow', violation_error_message='Une autorisation suit la validation du chapitre, et finit après.')],
            },
        ),
        migrations.CreateModel(
            name='DureeObservee',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(max_length=30, verbose_name='étape')),
                ('cases', models.PositiveIntegerField(verbose_name='cas')),
                ('recent', models.PositiveIntegerField(verbose_name='cas récents')),
                ('low', models.DurationField(verbose_name='premier quartile')),
                ('median', models.DurationField(verbose_name='médiane')),
                ('high', models.DurationField(verbose_name='troisième quartile')),
                ('measured_at', models.DateTimeField(verbose_name='mesurée le')),
                ('dispositif', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='durees_observees', to='candidatures.dispositif')),
            ],
            options={
                'verbose_name': 'durée observée',
                'verbose_name_plural': 'durées observées',
                'constraints': [models.UniqueConstraint(fields=('dispositif', 'kind'), name='duree_once_for_a_kind'), models.CheckConstraint(condition=models.Q(('cases__gt', 0), ('high__gte', models.F('median')), ('median__gte', models.F('low'))), name='duree_in_order')],
            },
        ),
        migrations.CreateModel(
            name='Examen',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('rank', models.PositiveSmallIntegerField(verbose_name='rang')),
                ('state', models.CharField(choices=[('listed', 'Inscrit à l’ordre du jour'), ('decided', 'Décision en attente de la clôture'), ('attributed', 'Référencement attribué'), ('not_attributed', 'Référencement non attribué'), ('postponed', 'Examen reporté'), ('cancelled', 'Non examiné\xa0: séance annulée')], default='listed', max_length=50, verbose_name='état')),
                ('version', models.PositiveIntegerField(default=0)),
                ('decision', models.CharField(blank=True, choices=[('attributed', 'Attribution'), ('not_attributed', 'Non-attribution'), ('postponed', 'Report')], max_length=20, verbose_name='décision')),
                ('reasons', models.JSONField(blank=True, default=list, verbose_name='motifs')),
                ('comment', models.TextField(blank=True, verbose_name='précisions')),
                ('situation', models.JSONField(blank=True, null=True, verbose_name='situation figée')),
                ('sha256', models.CharField(blank=True, max_length=64, verbose_name='empreinte de la situation')),
                ('blocages', models.JSONField(blank=True, default=list, verbose_name='ce qui faisait défaut')),
                ('listed_at', models.DateTimeField(verbose_name='inscrit le')),
                ('decided_at', models.DateTimeField(blank=True, null=True, verbose_name='décidé le')),
                ('published_at', models.DateTimeField(blank=True, null=True, verbose_name='publié le')),
                ('against', models.TextField(blank=True, verbose_name='motif contre l’avis unanime')),
                ('candidature', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='examens', to='candidatures.candidature')),
                ('convention', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='examens', to='referencement.convention')),
                ('decided_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('listed_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('rapporteur', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'verbose_name': 'examen par le collège',
                'verbose_name_plural': 'examens par le collège',
            },
            bases=(django_fsm.FSMModelMixin, models.Model),
        ),
        migrations.AddField(
            model_name='document',
            name='examen',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='documents', to='referencement.examen'),
        ),
        migrations.CreateModel(
            name='FichierDeDocument',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('stage', models.CharField(choices=[('printed', 'Imprimé'), ('signed', 'Signé par l’éditeur'), ('countersigned', 'Signé par l’éditeur et par l’ANS')], max_length=20, verbose_name='étape')),
                ('file', models.FileField(max_length=200, storage=candidatures.models.piece.private_storage, upload_to='', verbose_name='fichier')),
                ('size', models.PositiveBigIntegerField(verbose_name='taille en octets')),
                ('sha256', models.CharField(db_index=True, max_length=64, verbose_name='empreinte')),
                ('produced_at', models.DateTimeField(verbose_name='produit le')),
                ('document', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='fichiers', to='referencement.document')),
            ],
            options={
                'verbose_name': 'fichier de document',
                'verbose_name_plural': 'fichiers de document',
                'constraints': [models.UniqueConstraint(fields=('document', 'stage'), name='document_file_once_a_stage')],
            },
        ),
        migrations.CreateModel(
            name='MembreDeSeance',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('is_present', models.BooleanField(default=False, verbose_name='présent')),
                ('compte', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'verbose_name': 'membre de séance',
                'verbose_name_plural': 'membres de séance',
            },
        ),
        migrations.CreateModel(
            name='AvisDeMembre',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('avis', models.CharField(blank=True, choices=[('favourable', 'Favorable'), ('unfavourable', 'Défavorable'), ('abstention', 'Abstention')], max_length=12)),
                ('is_in_conflict', models.BooleanField(default=False, verbose_name='en conflit d’intérêts')),
                ('conflict_reason', models.CharField(blank=True, max_length=300, verbose_name='motif du retrait')),
                ('recorded_at', models.DateTimeField(verbose_name='noté le')),
                ('version', models.PositiveIntegerField(default=1)),
                ('recorded_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('examen', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='avis', to='referencement.examen')),
                ('membre', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='avis', to='referencement.membredeseance')),
            ],
            options={
                'verbose_name': 'avis de membre',
                'verbose_name_plural': 'avis des membres',
                'constraints': [models.UniqueConstraint(fields=('examen', 'membre'), name='avis_once_a_member'), models.CheckConstraint(condition=models.Q(models.Q(('avis', ''), ('is_in_conflict', True), models.Q(('conflict_reason', ''), _negated=True)), models.Q(('conflict_reason', ''), ('is_in_conflict', False), models.Q(('avis', ''), _negated=True)), _connector='OR'), name='avis_or_conflict', violation_error_message='Un membre donne un avis, ou se retire en disant pourquoi.')],
            },
        ),
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
        migrations.CreateModel(
            name='ProcedureDeSignature',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('signataire', models.CharField(choices=[('editeur', 'L’éditeur'), ('ans', 'L’ANS')], max_length=10, verbose_name='pour')),
                ('provider', models.CharField(choices=[('embedded', 'Signature du portail'), ('external', 'Prestataire de signature')], max_length=10, verbose_name='prestataire')),
                ('reference', models.CharField(max_length=80, unique=True, verbose_name='référence')),
                ('opened_at', models.DateTimeField(verbose_name='ouverte le')),
                ('closed_at', models.DateTimeField(blank=True, null=True, verbose_name='close le')),
                ('is_signed', models.BooleanField(default=False, verbose_name='signée')),
                ('compte', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('convention', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='procedures', to='referencement.convention')),
            ],
            options={
                'verbose_name': 'procédure de signature',
                'verbose_name_plural': 'procédures de signature',
                'constraints': [models.UniqueConstraint(condition=models.Q(('closed_at', None)), fields=('convention', 'signataire'), name='signature_one_open_procedure'), models.CheckConstraint(condition=models.Q(models.Q(('closed_at', None), ('is_signed', False)), ('closed_at__gte', models.F('opened_at')), _connector='OR'), name='signature_closed_when_signed')],
            },
        ),
        migrations.CreateModel(
            name='EvenementDeSignature',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('event_id', models.CharField(max_length=80, unique=True, verbose_name='identifiant chez le prestataire')),
                ('payload', models.JSONField(verbose_name='contenu reçu')),
                ('received_at', models.DateTimeField(verbose_name='reçu le')),
                ('handled_at', models.DateTimeField(blank=True, null=True, verbose_name='traité le')),
                ('outcome', models.CharField(blank=True, max_length=200, verbose_name='suite donnée')),
                ('procedure', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='evenements', to='referencement.proceduredesignature')),
            ],
            options={
                'verbose_name': 'événement de signature',
                'verbose_name_plural': 'événements de signature',
            },
        ),
        migrations.CreateModel(
            name='CodeDeSignature',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('hashed', models.CharField(max_length=200, verbose_name='empreinte du code')),
                ('sent_at', models.DateTimeField(verbose_name='envoyé le')),
                ('expires_at', models.DateTimeField(verbose_name='valable jusqu’au')),
                ('attempts', models.PositiveSmallIntegerField(default=0, verbose_name='essais')),
                ('used_at', models.DateTimeField(blank=True, null=True, verbose_name='utilisé le')),
                ('procedure', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='codes', to='referencement.proceduredesignature')),
            ],
            options={
                'verbose_name': 'code de signature',
                'verbose_name_plural': 'codes de signature',
            },
        ),
        migrations.CreateModel(
            name='Reexamen',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('state', models.CharField(choices=[('requested', 'À accorder'), ('granted', 'Accordé'), ('refused', 'Refusé')], default='requested', max_length=50, verbose_name='état')),
                ('ground', models.CharField(choices=[('recours', 'Le recours de l’éditeur est accepté'), ('corrected', 'Le dossier est corrigé')], max_length=10, verbose_name='fondement')),
                ('reason', models.TextField(max_length=2000, verbose_name='motif')),
                ('asked_at', models.DateTimeField(verbose_name='proposé le')),
                ('decided_at', models.DateTimeField(blank=True, null=True, verbose_name='tranché le')),
                ('refusal', models.TextField(blank=True, max_length=2000, verbose_name='motif du refus')),
                ('asked_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('decided_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('examen', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='reexamens', to='referencement.examen')),
            ],
            options={
                'verbose_name': 'nouvel examen',
                'verbose_name_plural': 'nouveaux examens',
                'constraints': [models.UniqueConstraint(condition=models.Q(('state', 'refused'), _negated=True), fields=('examen',), name='reexamen_one_at_a_time', violation_error_message='Un nouvel examen est déjà proposé, ou accordé.'), models.CheckConstraint(condition=models.Q(('reason', ''), _negated=True), name='reexamen_gives_its_reason'), models.CheckConstraint(condition=models.Q(models.Q(('decided_at', None), ('decided_by', None), ('refusal', ''), ('state', 'requested')), models.Q(('decided_at__gte', models.F('asked_at')), ('decided_by__isnull', False), ('refusal', ''), ('state', 'granted'), models.Q(('decided_by', models.F('asked_by')), _negated=True)), models.Q(('decided_at__gte', models.F('asked_at')), ('decided_by__isnull', False), ('state', 'refused'), models.Q(('refusal', ''), _negated=True)), _connector='OR'), name='reexamen_granted_by_another', violation_error_message='Un nouvel examen est accordé par une autre personne que celle qui le propose.')],
            },
            bases=(django_fsm.FSMModelMixin, models.Model),
        ),
        migrations.CreateModel(
            name='Referencement',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('state', models.CharField(choices=[('in_force', 'En vigueur'), ('suspended', 'Suspendu'), ('withdrawn', 'Retiré par l’ANS'), ('renounced', 'Renoncé par l’éditeur'), ('replaced', 'Remplacé par une autre version')], default='in_force', max_length=50, verbose_name='état')),
                ('version', models.PositiveIntegerField(default=0)),
                ('opened_at', models.DateTimeField(verbose_name='attribué le')),
                ('candidature', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='referencement', to='candidatures.candidature')),
                ('examen', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='referencement', to='referencement.examen')),
            ],
            options={
                'verbose_name': 'référencement',
                'constraints': [models.CheckConstraint(condition=models.Q(('state__in', ['in_force', 'suspended', 'withdrawn', 'renounced', 'replaced'])), name='referencement_state_is_known'), models.CheckConstraint(condition=models.Q(('version__gte', 1), ('state', 'in_force'), _connector='OR'), name='referencement_moves_by_events', violation_error_message='Un référencement ne change d’état que par un événement de son historique.')],
            },
            bases=(django_fsm.FSMModelMixin, models.Model),
        ),
        migrations.CreateModel(
            name='Mesure',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('suspension', 'Suspension'), ('levee', 'Levée de la suspension'), ('retrait', 'Retrait')], max_length=10, verbose_name='nature')),
                ('state', models.CharField(choices=[('proposed', 'À trancher'), ('decided', 'Prononcée'), ('abandoned', 'Abandonnée')], default='proposed', max_length=50, verbose_name='état')),
                ('reasons', models.TextField(max_length=4000, verbose_name='motifs')),
                ('proposed_at', models.DateTimeField(verbose_name='proposée le')),
                ('answer_until_at', models.DateTimeField(blank=True, null=True, verbose_name='réponse attendue jusqu’au')),
                ('answer', models.TextField(blank=True, max_length=8000, verbose_name='réponse de l’éditeur')),
                ('answered_at', models.DateTimeField(blank=True, null=True, verbose_name='répondue le')),
                ('decision', models.TextField(blank=True, max_length=4000, verbose_name='motifs de la décision')),
                ('decided_at', models.DateTimeField(blank=True, null=True, verbose_name='tranchée le')),
                ('answered_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('decided_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('proposed_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('referencement', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='mesures', to='referencement.referencement', verbose_name='référencement')),
            ],
            options={
                'verbose_name': 'mesure',
                'constraints': [models.UniqueConstraint(condition=models.Q(('state', 'proposed')), fields=('referencement',), name='mesure_one_at_a_time', violation_error_message='Une mesure attend déjà une décision pour ce référencement.'), models.CheckConstraint(condition=models.Q(('reasons', ''), _negated=True), name='mesure_says_why', violation_error_message='Une mesure dit pourquoi.'), models.CheckConstraint(condition=models.Q(models.Q(('answer_until_at', None), ('kind', 'levee')), models.Q(('answer_until_at__gt', models.F('proposed_at')), ('kind__in', ['suspension', 'retrait'])), _connector='OR'), name='mesure_leaves_time_to_answer', violation_error_message='Une suspension ou un retrait laisse à l’éditeur un délai pour répondre.'), models.CheckConstraint(condition=models.Q(models.Q(('answer', ''), ('answered_at', None), ('answered_by', None)), models.Q(('answered_at__gte', models.F('proposed_at')), ('answered_by__isnull', False), models.Q(('answer', ''), _negated=True)), _connector='OR'), name='mesure_answer_has_its_person'), models.CheckConstraint(condition=models.Q(models.Q(('decided_at', None), ('decided_by', None), ('decision', ''), ('state', 'proposed')), models.Q(('decided_by__isnull', False), ('state', 'decided'), models.Q(models.Q(('decided_at__gte', models.F('proposed_at')), ('kind', 'levee')), models.Q(('answered_at__isnull', False), ('decided_at__gte', models.F('answered_at'))), ('decided_at__gt', models.F('answer_until_at')), _connector='OR'), models.Q(('decision', ''), _negated=True), models.Q(('decided_by', models.F('proposed_by')), _negated=True)), models.Q(('decided_at__gte', models.F('proposed_at')), ('decided_by__isnull', False), ('state', 'abandoned'), models.Q(('decision', ''), _negated=True)), _connector='OR'), name='mesure_decided_by_another', violation_error_message='Une mesure est prononcée par une autre personne que celle qui la propose, une fois l’éditeur entendu ou son délai passé, avec ses motifs.')],
            },
            bases=(django_fsm.FSMModelMixin, models.Model),
        ),
        migrations.CreateModel(
            name='EvenementDeReferencement',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.PositiveSmallIntegerField(verbose_name='numéro')),
                ('kind', models.CharField(choices=[('suspended', 'Suspension'), ('restored', 'Levée de la suspension'), ('withdrawn', 'Retrait'), ('renounced', 'Renonciation'), ('replaced', 'Remplacement')], max_length=10, verbose_name='nature')),
                ('from_state', models.CharField(choices=[('in_force', 'En vigueur'), ('suspended', 'Suspendu'), ('withdrawn', 'Retiré par l’ANS'), ('renounced', 'Renoncé par l’éditeur'), ('replaced', 'Remplacé par une autre version')], max_length=10, verbose_name='de')),
                ('to_state', models.CharField(choices=[('in_force', 'En vigueur'), ('suspended', 'Suspendu'), ('withdrawn', 'Retiré par l’ANS'), ('renounced', 'Renoncé par l’éditeur'), ('replaced', 'Remplacé par une autre version')], max_length=10, verbose_name='à')),
                ('reasons', models.TextField(blank=True, max_length=4000, verbose_name='motifs')),
                ('effect_at', models.DateTimeField(verbose_name='prend effet le')),
                ('at', models.DateTimeField(verbose_name='décidé le')),
                ('by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='décidé par')),
                ('mesure', models.OneToOneField(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='evenement', to='referencement.mesure', verbose_name='mesure')),
                ('referencement', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='evenements', to='referencement.referencement')),
                ('successor', models.OneToOneField(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='referencement.referencement', verbose_name='remplacé par')),
            ],
            options={
                'verbose_name': 'événement de référencement',
                'verbose_name_plural': 'événements de référencement',
                'constraints': [models.UniqueConstraint(fields=('referencement', 'number'), name='evenement_number_once'), models.CheckConstraint(condition=models.Q(models.Q(('from_state__in', ('in_force',)), ('kind', 'suspended'), ('to_state', 'suspended')), models.Q(('from_state__in', ('suspended',)), ('kind', 'restored'), ('to_state', 'in_force')), models.Q(('from_state__in', ('in_force', 'suspended')), ('kind', 'withdrawn'), ('to_state', 'withdrawn')), models.Q(('from_state__in', ('in_force', 'suspended')), ('kind', 'renounced'), ('to_state', 'renounced')), models.Q(('from_state__in', ('in_force', 'suspended')), ('kind', 'replaced'), ('to_state', 'replaced')), _connector='OR'), name='evenement_is_a_legal_move', violation_error_message='Un référencement ne passe pas ainsi d’un état à l’autre.'), models.CheckConstraint(condition=models.Q(('effect_at__gte', models.F('at'))), name='evenement_takes_effect_once_decided', violation_error_message='Une décision ne prend pas effet avant d’être prise.'), models.CheckConstraint(condition=models.Q(models.Q(('kind__in', ('suspended', 'restored', 'withdrawn')), ('mesure__isnull', False), ('successor', None), models.Q(('reasons', ''), _negated=True)), models.Q(('kind', 'renounced'), ('mesure', None), ('successor', None)), models.Q(('kind', 'replaced'), ('mesure', None), ('successor__isnull', False)), _connector='OR'), name='evenement_bears_what_founds_it', violation_error_message='Suspension, levée et retrait portent leurs motifs et la mesure qui les fonde.')],
            },
        ),
        migrations.CreateModel(
            name='RisqueDEcheance',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('echeance', models.CharField(max_length=20, verbose_name='échéance')),
                ('due_at', models.DateTimeField(verbose_name='échéance le')),
                ('sort', models.CharField(choices=[('in_time', 'Dans les délais'), ('late', 'En retard'), ('to_decide', 'À décider')], max_length=20, verbose_name='constat')),
                ('expected_at', models.DateTimeField(blank=True, null=True, verbose_name='prévu le')),
                ('slack', models.DurationField(blank=True, null=True, verbose_name='marge')),
                ('reason', models.CharField(blank=True, max_length=200, verbose_name='raison')),
                ('owner', models.CharField(blank=True, max_length=40, verbose_name='à qui')),
                ('computed_at', models.DateTimeField(verbose_name='calculé le')),
                ('candidature', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='risques', to='candidatures.candidature')),
            ],
            options={
                'verbose_name': 'risque d’une échéance',
                'verbose_name_plural': 'risques des échéances',
                'indexes': [models.Index(fields=['echeance', 'slack', 'candidature'], name='risque_by_slack'), models.Index(fields=['computed_at'], name='risque_oldest_first')],
                'constraints': [models.UniqueConstraint(fields=('candidature', 'echeance'), name='risque_once_an_echeance')],
            },
        ),
        migrations.CreateModel(
            name='SeanceDuCollege',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('held_at', models.DateTimeField(verbose_name='tenue le')),
                ('quorum', models.PositiveSmallIntegerField(verbose_name='membres présents requis')),
                ('state', models.CharField(choices=[('planned', 'Prévue'), ('open', 'En cours'), ('closed', 'Close'), ('cancelled', 'Annulée')], default='planned', max_length=50, verbose_name='état')),
                ('version', models.PositiveIntegerField(default=0)),
                ('planned_at', models.DateTimeField(verbose_name='prévue le')),
                ('opened_at', models.DateTimeField(blank=True, null=True, verbose_name='ouverte le')),
                ('closed_at', models.DateTimeField(blank=True, null=True, verbose_name='close le')),
                ('cancel_reason', models.CharField(blank=True, max_length=300, verbose_name='motif de l’annulation')),
                ('cancelled_at', models.DateTimeField(blank=True, null=True, verbose_name='annulée le')),
                ('cancelled_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('closed_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('planned_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('secretaire', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'verbose_name': 'séance du collège',
                'verbose_name_plural': 'séances du collège',
                'constraints': [models.CheckConstraint(condition=models.Q(('quorum__gte', 1)), name='seance_quorum_is_somebody'), models.CheckConstraint(condition=models.Q(models.Q(('cancelled_at', None), ('closed_at', None), ('closed_by', None), ('opened_at', None), ('state', 'planned')), models.Q(('cancelled_at', None), ('closed_at', None), ('closed_by', None), ('opened_at__isnull', False), ('state', 'open')), models.Q(('cancelled_at', None), ('closed_at__gte', models.F('opened_at')), ('closed_by__isnull', False), ('state', 'closed')), models.Q(('cancelled_at__isnull', False), ('closed_at', None), ('closed_by', None), ('state', 'cancelled')), _connector='OR'), name='seance_bears_its_stamps', violation_error_message='L’état de la séance ne correspond pas à ses dates.'), models.CheckConstraint(condition=models.Q(models.Q(('cancel_reason', ''), ('cancelled_at', None), ('cancelled_by', None)), models.Q(('cancelled_at__isnull', False), ('cancelled_by__isnull', False), models.Q(('cancel_reason', ''), _negated=True)), _connector='OR'), name='seance_cancelled_says_why', violation_error_message='Une séance annulée dit pourquoi.')],
            },
            bases=(django_fsm.FSMModelMixin, models.Model),
        ),
        migrations.CreateModel(
            name='ReportDeSeance',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('from_at', models.DateTimeField(verbose_name='prévue le')),
                ('to_at', models.DateTimeField(verbose_name='reportée au')),
                ('reason', models.CharField(max_length=300, verbose_name='motif')),
                ('moved_at', models.DateTimeField(verbose_name='déplacée le')),
                ('moved_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('seance', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='reports', to='referencement.seanceducollege')),
            ],
            options={
                'verbose_name': 'report de séance',
                'verbose_name_plural': 'reports de séances',
                'constraints': [models.CheckConstraint(condition=models.Q(('to_at__gt', models.F('moved_at')), models.Q(('to_at', models.F('from_at')), _negated=True)), name='report_to_another_instant_to_come', violation_error_message='Une séance se déplace à une autre date, à venir.'), models.CheckConstraint(condition=models.Q(('reason', ''), _negated=True), name='report_says_why', violation_error_message='Un déplacement de séance dit pourquoi.')],
            },
        ),
        migrations.AddField(
            model_name='membredeseance',
            name='seance',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='membres', to='referencement.seanceducollege'),
        ),
        migrations.AddField(
            model_name='examen',
            name='seance',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='examens', to='referencement.seanceducollege'),
        ),
        migrations.AddField(
            model_name='document',
            name='seance',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='documents', to='referencement.seanceducollege'),
        ),
        migrations.CreateModel(
            name='Convocation',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.PositiveSmallIntegerField(verbose_name='numéro')),
                ('agenda', models.JSONField(blank=True, default=list, verbose_name='ordre du jour')),
                ('sent_at', models.DateTimeField(verbose_name='envoyée le')),
                ('sent_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('seance', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='convocations', to='referencement.seanceducollege')),
            ],
            options={
                'verbose_name': 'convocation',
                'verbose_name_plural': 'convocations',
                'constraints': [models.UniqueConstraint(fields=('seance', 'number'), name='convocation_numbered_once')],
            },
        ),
        migrations.CreateModel(
            name='TourProjete',
            fields=[
                ('candidature', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, primary_key=True, related_name='tour', serialize=False, to='candidatures.candidature')),
                ('is_over', models.BooleanField(default=False, verbose_name='close')),
                ('since', models.DateTimeField(null=True, verbose_name='depuis le')),
                ('due_at', models.DateTimeField(null=True, verbose_name='date la plus proche')),
                ('changes_at', models.DateTimeField(null=True, verbose_name='change le')),
                ('projected_at', models.DateTimeField(verbose_name='vrai le')),
                ('editeur_count', models.PositiveIntegerField(default=0)),
                ('editeur_objet', models.CharField(blank=True, choices=[('charte', 'la charte est à accepter'), ('volet_to_submit', 'un volet est à soumettre'), ('complement', 'une demande de l’ANS attend une réponse'), ('chapitre_to_submit', 'un chapitre est à soumettre'), ('chapitre_to_correct', 'un chapitre est à corriger'), ('demarche', 'une démarche est à faire à un autre guichet'), ('convention_to_sign', 'la convention est à signer'), ('volet_to_read', 'un volet soumis est à lire'), ('references', 'des références sont à confirmer'), ('demande_overdue', 'une demande est sans réponse après la date indiquée'), ('rem', 'le référentiel d’exigences est à publier'), ('chapitre_to_read', 'un chapitre soumis est à examiner'), ('capture', 'l’état affiché par un autre guichet est à confirmer'), ('derogation', 'une dérogation est à accorder ou à refuser'), ('message', 'un message attend une réponse'), ('convention_to_prepare', 'la convention est à préparer'), ('convention_to_send', 'la convention est à envoyer à la signature'), ('agenda', 'la candidature est à inscrire à une séance du collège'), ('seance', 'la candidature attend la séance du collège'), ('convention_to_countersign', 'la convention est à signer par l’ANS'), ('mesure_to_answer', 'une mesure envisagée attend une réponse'), ('mesure_to_decide', 'une mesure proposée est à trancher'), ('reexamen', 'un nouvel examen est à accorder ou à refuser'), ('guichet', 'la réponse à une demande')], max_length=30)),
                ('editeur_owner', models.CharField(blank=True, max_length=40)),
                ('editeur_since', models.DateTimeField(null=True)),
                ('editeur_due_at', models.DateTimeField(null=True)),
                ('editeur_echeance', models.CharField(blank=True, max_length=40)),
                ('ans_count', models.PositiveIntegerField(default=0)),
                ('ans_objet', models.CharField(blank=True, choices=[('charte', 'la charte est à accepter'), ('volet_to_submit', 'un volet est à soumettre'), ('complement', 'une demande de l’ANS attend une réponse'), ('chapitre_to_submit', 'un chapitre est à soumettre'), ('chapitre_to_correct', 'un chapitre est à corriger'), ('demarche', 'une démarche est à faire à un autre guichet'), ('convention_to_sign', 'la convention est à signer'), ('volet_to_read', 'un volet soumis est à lire'), ('references', 'des références sont à confirmer'), ('demande_overdue', 'une demande est sans réponse après la date indiquée'), ('rem', 'le référentiel d’exigences est à publier'), ('chapitre_to_read', 'un chapitre soumis est à examiner'), ('capture', 'l’état affiché par un autre guichet est à confirmer'), ('derogation', 'une dérogation est à accorder ou à refuser'), ('message', 'un message attend une réponse'), ('convention_to_prepare', 'la convention est à préparer'), ('convention_to_send', 'la convention est à envoyer à la signature'), ('agenda', 'la candidature est à inscrire à une séance du collège'), ('seance', 'la candidature attend la séance du collège'), ('convention_to_countersign', 'la convention est à signer par l’ANS'), ('mesure_to_answer', 'une mesure envisagée attend une réponse'), ('mesure_to_decide', 'une mesure proposée est à trancher'), ('reexamen', 'un nouvel examen est à accorder ou à refuser'), ('guichet', 'la réponse à une demande')], max_length=30)),
                ('ans_owner', models.CharField(blank=True, max_length=40)),
                ('ans_since', models.DateTimeField(null=True)),
                ('ans_due_at', models.DateTimeField(null=True)),
                ('ans_echeance', models.CharField(blank=True, max_length=40)),
                ('guichet_count', models.PositiveIntegerField(default=0)),
                ('guichet_objet', models.CharField(blank=True, choices=[('charte', 'la charte est à accepter'), ('volet_to_submit', 'un volet est à soumettre'), ('complement', 'une demande de l’ANS attend une réponse'), ('chapitre_to_submit', 'un chapitre est à soumettre'), ('chapitre_to_correct', 'un chapitre est à corriger'), ('demarche', 'une démarche est à faire à un autre guichet'), ('convention_to_sign', 'la convention est à signer'), ('volet_to_read', 'un volet soumis est à lire'), ('references', 'des références sont à confirmer'), ('demande_overdue', 'une demande est sans réponse après la date indiquée'), ('rem', 'le référentiel d’exigences est à publier'), ('chapitre_to_read', 'un chapitre soumis est à examiner'), ('capture', 'l’état affiché par un autre guichet est à confirmer'), ('derogation', 'une dérogation est à accorder ou à refuser'), ('message', 'un message attend une réponse'), ('convention_to_prepare', 'la convention est à préparer'), ('convention_to_send', 'la convention est à envoyer à la signature'), ('agenda', 'la candidature est à inscrire à une séance du collège'), ('seance', 'la candidature attend la séance du collège'), ('convention_to_countersign', 'la convention est à signer par l’ANS'), ('mesure_to_answer', 'une mesure envisagée attend une réponse'), ('mesure_to_decide', 'une mesure proposée est à trancher'), ('reexamen', 'un nouvel examen est à accorder ou à refuser'), ('guichet', 'la réponse à une demande')], max_length=30)),
                ('guichet_owner', models.CharField(blank=True, max_length=40)),
                ('guichet_since', models.DateTimeField(null=True)),
                ('guichet_due_at', models.DateTimeField(null=True)),
                ('guichet_echeance', models.CharField(blank=True, max_length=40)),
                ('dates', models.JSONField(default=dict)),
                ('ans_objets', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=30), default=list, size=None)),
                ('editeur_objets', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=30), default=list, size=None)),
                ('guichet_objets', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=30), default=list, size=None)),
                ('answers', models.TextField(db_collation='C', default='', editable=False)),
            ],
            options={
                'verbose_name': 'tour projeté',
                'verbose_name_plural': 'tours projetés',
                'indexes': [models.Index(fields=['projected_at', 'candidature'], name='tour_oldest_first'), models.Index(condition=models.Q(('changes_at__isnull', False)), fields=['changes_at'], name='tour_changes'), django.contrib.postgres.indexes.GinIndex(fields=['ans_objets'], name='tour_ans_objets')],
                'constraints': [models.CheckConstraint(condition=models.Q(('is_over', False), models.Q(('editeur_count', 0), ('guichet_count', 0)), _connector='OR'), name='tour_ans_alone_once_it_is_over', violation_error_message='Seule l’ANS peut être attendue dans une candidature close.')],
            },
        ),
        migrations.AddConstraint(
            model_name='membredeseance',
            constraint=models.UniqueConstraint(fields=('seance', 'compte'), name='seance_member_once'),
        ),
        migrations.AddConstraint(
            model_name='examen',
            constraint=models.UniqueConstraint(fields=('seance', 'candidature'), name='examen_once_a_seance'),
        ),
        migrations.AddConstraint(
            model_name='examen',
            constraint=models.UniqueConstraint(condition=models.Q(('state__in', ['listed', 'decided'])), fields=('candidature',), name='examen_one_at_a_time', violation_error_message='Cette candidature est déjà à l’ordre du jour d’une séance.'),
        ),
        migrations.AddConstraint(
            model_name='examen',
            constraint=models.UniqueConstraint(condition=models.Q(('state', 'attributed')), fields=('candidature',), name='examen_attributed_once'),
        ),
        migrations.AddConstraint(
            model_name='examen',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('state__in', ('attributed', 'not_attributed', 'postponed')), _negated=True), ('decision', models.F('state')), _connector='OR'), name='examen_publishes_its_decision'),
        ),
        migrations.AddConstraint(
            model_name='examen',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('decision', 'attributed'), _negated=True), models.Q(('blocages', []), ('convention__isnull', False), ('situation__isnull', False), models.Q(('sha256', ''), _negated=True)), _connector='OR'), name='examen_attributed_without_blocage', violation_error_message='Une attribution demande une situation figée, sans blocage, et une convention.'),
        ),
        migrations.AddConstraint(
            model_name='examen',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('decision', 'not_attributed'), _negated=True), models.Q(('reasons', []), _negated=True), _connector='OR'), name='examen_not_attributed_says_why', violation_error_message='Une non-attribution dit pourquoi.'),
        ),
        migrations.AddConstraint(
            model_name='examen',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('decided_at', None), ('decision', ''), ('published_at', None), ('state', 'listed')), models.Q(('decided_at__isnull', False), ('published_at', None), ('state', 'decided')), models.Q(('published_at', None), ('state', 'cancelled')), models.Q(('decided_at__isnull', False), ('published_at__gte', models.F('decided_at')), ('state__in', ('attributed', 'not_attributed', 'postponed'))), _connector='OR'), name='examen_bears_its_stamps', violation_error_message='L’état de l’examen ne correspond pas à ses dates.'),
        ),
        migrations.AddConstraint(
            model_name='document',
            constraint=models.UniqueConstraint(fields=('examen', 'kind'), name='document_once_an_examen'),
        ),
        migrations.AddConstraint(
            model_name='document',
            constraint=models.UniqueConstraint(fields=('seance', 'kind'), name='document_once_a_seance'),
        ),
        migrations.RunSQL(COUNT_THE_ANSWERS, "DROP FUNCTION count_the_answers CASCADE"),
        migrations.RunSQL(FREEZE_OF, "DROP FUNCTION freeze_of CASCADE"),
        migrations.RunSQL(FREEZE_THE_CANDIDATURE, "DROP FUNCTION freeze_the_candidature CASCADE"),
        migrations.RunSQL(HEAR_THE_COLLEGE, "DROP FUNCTION hear_the_college CASCADE"),
        migrations.RunSQL(HOLD_THE_AGENDA, "DROP FUNCTION hold_the_agenda CASCADE"),
        migrations.RunSQL(HOLD_THE_AVIS, "DROP FUNCTION hold_the_avis CASCADE"),
        migrations.RunSQL(HOLD_THE_CANDIDATURE, "DROP FUNCTION hold_the_candidature CASCADE"),
        migrations.RunSQL(HOLD_THE_CONVENTION, "DROP FUNCTION hold_the_convention CASCADE"),
        migrations.RunSQL(HOLD_THE_EVENEMENT, "DROP FUNCTION hold_the_evenement CASCADE"),
        migrations.RunSQL(HOLD_THE_EXAMEN, "DROP FUNCTION hold_the_examen CASCADE"),
        migrations.RunSQL(HOLD_THE_MESURE, "DROP FUNCTION hold_the_mesure CASCADE"),
        migrations.RunSQL(HOLD_THE_REEXAMEN, "DROP FUNCTION hold_the_reexamen CASCADE"),
        migrations.RunSQL(HOLD_THE_REFERENCEMENT, "DROP FUNCTION hold_the_referencement CASCADE"),
        migrations.RunSQL(HOLD_THE_SEANCE, "DROP FUNCTION hold_the_seance CASCADE"),
        migrations.RunSQL(SAY_THE_ANSWERS, "DROP FUNCTION say_the_answers CASCADE"),
        migrations.RunSQL(SAY_THE_FREEZE, "DROP FUNCTION say_the_freeze CASCADE"),
        migrations.RunSQL(TELL_THE_TOUR_OF_ITS_REFERENT, "DROP FUNCTION tell_the_tour_of_its_referent CASCADE"),
        *(
            migrations.RunSQL(
                f"CREATE TRIGGER {noun}_is_written_once BEFORE UPDATE OR DELETE ON {table} "
                "FOR EACH ROW EXECUTE FUNCTION refuse_to_rewrite()",
                f"DROP TRIGGER {noun}_is_written_once ON {table}",
            )
            for noun, table in WRITTEN_ONCE.items()
        ),
    ]
