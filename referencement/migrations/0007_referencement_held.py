from django.db import migrations

# What the operations promise stands again in the database, whoever writes to it.
REFERENCEMENT = """
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
CREATE TRIGGER referencement_is_held BEFORE INSERT OR UPDATE OR DELETE ON referencement_referencement
    FOR EACH ROW EXECUTE FUNCTION hold_the_referencement();
"""

EVENEMENT = """
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
CREATE TRIGGER evenement_is_held BEFORE INSERT ON referencement_evenementdereferencement
    FOR EACH ROW EXECUTE FUNCTION hold_the_evenement();
CREATE TRIGGER evenement_is_written_once BEFORE UPDATE OR DELETE ON referencement_evenementdereferencement
    FOR EACH ROW EXECUTE FUNCTION refuse_to_rewrite();
"""

MESURE = """
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
CREATE TRIGGER mesure_is_held BEFORE INSERT OR UPDATE OR DELETE ON referencement_mesure
    FOR EACH ROW EXECUTE FUNCTION hold_the_mesure();
"""

REEXAMEN = """
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
CREATE TRIGGER reexamen_is_held BEFORE INSERT OR UPDATE OR DELETE ON referencement_reexamen
    FOR EACH ROW EXECUTE FUNCTION hold_the_reexamen();

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
CREATE TRIGGER agenda_is_held BEFORE INSERT ON referencement_examen
    FOR EACH ROW EXECUTE FUNCTION hold_the_agenda();
"""

CANDIDATURE = """
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
CREATE TRIGGER candidature_is_held BEFORE UPDATE OF state ON candidatures_candidature
    FOR EACH ROW EXECUTE FUNCTION hold_the_candidature();
"""

HELD = {
    "referencement": (REFERENCEMENT, "referencement_referencement", ("referencement_is_held",)),
    "evenement": (
        EVENEMENT,
        "referencement_evenementdereferencement",
        ("evenement_is_held", "evenement_is_written_once"),
    ),
    "mesure": (MESURE, "referencement_mesure", ("mesure_is_held",)),
    "candidature": (CANDIDATURE, "candidatures_candidature", ("candidature_is_held",)),
}


def _held(noun: str) -> migrations.RunSQL:
    statement, table, triggers = HELD[noun]
    dropped = "".join(f"DROP TRIGGER {trigger} ON {table}; " for trigger in triggers)
    return migrations.RunSQL(statement, f"{dropped} DROP FUNCTION hold_the_{noun}()")


class Migration(migrations.Migration):
    """A référencement moves by the events of its history, each founded; what was decided is never rewritten."""

    dependencies = [
        ("referencement", "0006_referencement"),
        ("comptes", "0002_journal_append_only"),
        ("candidatures", "0013_demandes"),
    ]

    operations = [
        *(_held(noun) for noun in HELD),
        migrations.RunSQL(
            REEXAMEN,
            "DROP TRIGGER reexamen_is_held ON referencement_reexamen; DROP FUNCTION hold_the_reexamen(); "
            "DROP TRIGGER agenda_is_held ON referencement_examen; DROP FUNCTION hold_the_agenda()",
        ),
    ]
