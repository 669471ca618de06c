from django.db import migrations

# Both stages of a move, and the stage of a demande, are stages of their desk.
STAGES_ARE_OF_THE_DESK = """
ALTER TABLE guichets_mouvement
    ADD CONSTRAINT mouvement_leaves_a_stage FOREIGN KEY (guichet_id, depart)
        REFERENCES guichets_etape (guichet_id, code),
    ADD CONSTRAINT mouvement_comes_to_a_stage FOREIGN KEY (guichet_id, arrivee)
        REFERENCES guichets_etape (guichet_id, code);
ALTER TABLE guichets_demandeauguichet
    ADD CONSTRAINT demande_guichet_stands_at_a_stage FOREIGN KEY (guichet, state)
        REFERENCES guichets_etape (guichet_id, code);
"""
WITHOUT_STAGES = """
ALTER TABLE guichets_demandeauguichet DROP CONSTRAINT demande_guichet_stands_at_a_stage;
ALTER TABLE guichets_mouvement DROP CONSTRAINT mouvement_leaves_a_stage, DROP CONSTRAINT mouvement_comes_to_a_stage;
"""
ONLY_LEGAL_MOVES = """
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

CREATE TRIGGER demande_guichet_begins_at_its_first_stage BEFORE INSERT ON guichets_demandeauguichet
    FOR EACH ROW EXECUTE FUNCTION refuse_to_move_otherwise();
CREATE TRIGGER demande_guichet_moves_as_its_desk_does BEFORE UPDATE ON guichets_demandeauguichet
    FOR EACH ROW WHEN (
        (OLD.guichet, OLD.state, OLD.moved_at, OLD.decided_date)
        IS DISTINCT FROM (NEW.guichet, NEW.state, NEW.moved_at, NEW.decided_date)
    ) EXECUTE FUNCTION refuse_to_move_otherwise();
"""
ANY_MOVE = """
DROP TRIGGER demande_guichet_begins_at_its_first_stage ON guichets_demandeauguichet;
DROP TRIGGER demande_guichet_moves_as_its_desk_does ON guichets_demandeauguichet;
DROP FUNCTION refuse_to_move_otherwise();
"""


class Migration(migrations.Migration):
    """Let the database hold the one machine: its legal moves are the rows of `guichets_mouvement`."""

    dependencies = [("guichets", "0006_one_machine")]

    operations = [
        migrations.RunSQL(STAGES_ARE_OF_THE_DESK, WITHOUT_STAGES),
        migrations.RunSQL(ONLY_LEGAL_MOVES, ANY_MOVE),
    ]
