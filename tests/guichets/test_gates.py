"""Each gate, what keeps it shut, and who must act; without a database."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from guichets.catalogue.guichets import every_guichet, spec_of_guichet
from guichets.enums import GateCode, Owner
from guichets.rules.gates import DemandeFacts, GateFacts, awaited_of, gates, owner_of
from tests.factories.guichets import CNDA, EDC_PSC, EtapeCNDA, EtapeEDC

AT = datetime(2026, 11, 3, 9, 0, tzinfo=UTC)
SEEN = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)


def edc(etape: str = EtapeEDC.GRANTED, **changes) -> DemandeFacts:
    return replace(DemandeFacts("Habilitation", spec_of_guichet(EDC_PSC), etape, confirmed_at=AT), **changes)


def cnda(etape: str = EtapeCNDA.GRANTED, **changes) -> DemandeFacts:
    return replace(DemandeFacts("Homologation", spec_of_guichet(CNDA), etape, confirmed_at=AT), **changes)


BOTH = (edc(), edc())
ALL = (cnda(), cnda())


def facts(habilitations=BOTH, homologations=ALL, prerequis="approved", profils_known=True):
    return GateFacts(prerequis, profils_known, (*habilitations, *homologations))


def gate(code: GateCode, of: GateFacts):
    return next(gate for gate in gates(of) if gate.code is code)


def test_everything_granted_opens_everything():
    assert [gate.code for gate in gates(facts()) if gate.is_open] == list(GateCode)


@pytest.mark.parametrize(
    ("standing", "owner"),
    [
        ("approved", None),
        ("acquis", None),
        ("sans_objet", None),
        ("", None),
        (None, Owner.ANS),
        ("open", Owner.EDITEUR),
        ("returned", Owner.EDITEUR),
        ("submitted", Owner.ANS),
        ("under_review", Owner.ANS),
    ],
)
def test_tests_at_the_cnda_wait_for_the_prerequisite_chapitre(standing, owner):
    waiting = gate(GateCode.TESTS_CNDA, facts(prerequis=standing))

    assert (waiting.is_open, waiting.owner) == (owner is None, owner)


@pytest.mark.parametrize(
    ("standing", "approved_at", "note"),
    [
        ("approved", AT, "Autorisation délivrée le 3\u00a0novembre 2026, à la validation du chapitre des prérequis"),
        (
            "approved",
            datetime(2026, 11, 3, 23, 0, tzinfo=UTC),
            "Autorisation délivrée le 4\u00a0novembre 2026",
        ),  # as in Paris
        ("acquis", AT, ""),  # it was approved for an earlier version
        ("returned", AT, ""),
        ("approved", None, ""),
    ],
)
def test_tests_at_the_cnda_quote_the_dated_autorisation(standing, approved_at, note):
    opened = gates(replace(facts(prerequis=standing), approved_at=approved_at))

    assert opened[0].note.startswith(note)
    assert [gate.note for gate in opened if gate.note] == ([opened[0].note] if note else [])


@pytest.mark.parametrize(("first", "second"), [(etape, other) for etape in EtapeEDC for other in EtapeEDC])
def test_homologations_wait_for_both_habilitations(first, second):
    waiting = gate(GateCode.HOMOLOGATIONS, facts([edc(first), edc(second)]))

    missing = [etape for etape in (first, second) if etape != EtapeEDC.GRANTED]
    assert len(waiting.reasons) == len(missing)


@pytest.mark.parametrize("etape", EtapeCNDA)
def test_repute_complet_waits_for_each_demande_to_be_at_pre_examen(etape):
    complet = gate(GateCode.REPUTE_COMPLET, facts(homologations=[cnda(), cnda(etape)], habilitations=[edc("declared")]))

    assert complet.is_open is (etape not in (EtapeCNDA.INITIALISATION, EtapeCNDA.REFUSED))


@pytest.mark.parametrize("etape", EtapeCNDA)
def test_college_waits_for_everything(etape):
    assert gate(GateCode.COLLEGE, facts(homologations=[cnda(etape)])).is_open is (etape == EtapeCNDA.GRANTED)
    assert not gate(GateCode.COLLEGE, facts(habilitations=[edc("in_review")])).is_open


def test_ahi_alone_needs_no_habilitation_and_still_needs_the_cnda():
    alone = facts(habilitations=(), homologations=[cnda("pre_examen")])

    assert gate(GateCode.HOMOLOGATIONS, alone).is_open
    assert not gate(GateCode.COLLEGE, alone).is_open


def test_nothing_is_open_while_nobody_knows_what_is_required():
    unknown = facts((), (), profils_known=False)

    assert [gate.code for gate in gates(unknown) if gate.is_open] == [GateCode.TESTS_CNDA]
    assert (
        gate(GateCode.COLLEGE, unknown).reasons[0].sentence == "Les profils de la solution ne sont pas encore choisis."
    )


@pytest.mark.parametrize(
    ("demande", "owner", "sentence"),
    [
        (cnda("granted", recorded=False, confirmed_at=None), Owner.EDITEUR, "pas déclarée ici avec son numéro"),
        (cnda("initialisation", confirmed_at=None), Owner.EDITEUR, "aucune réponse du guichet"),
        (cnda("examen"), spec_of_guichet(CNDA).owner, "étape\u00a0: examen de conformité"),
        (cnda("refused"), Owner.EDITEUR, "refusée. Faites une nouvelle demande"),
        (edc("in_review"), spec_of_guichet(EDC_PSC).owner, "étape\u00a0: en cours d’examen"),
        (edc("complement_requested"), Owner.EDITEUR, "étape\u00a0: complément demandé"),
    ],
)
def test_reason_says_who_must_act(demande, owner, sentence):
    given = {"homologations": [demande]} if demande.guichet.code == CNDA else {"habilitations": [demande]}

    (reason,) = gate(GateCode.COLLEGE, facts(**given)).reasons

    assert (reason.owner, sentence in reason.sentence) == (owner, True)


def test_nobody_must_act_once_granted():
    assert owner_of(cnda()) is None


def test_age_of_a_gate_is_that_of_the_oldest_word_it_heard():
    assert gate(GateCode.COLLEGE, facts([edc(), edc(confirmed_at=SEEN)])).as_of == SEEN
    assert gate(GateCode.COLLEGE, facts([edc(), edc("declared", confirmed_at=None)])).as_of is None


def test_each_gate_names_its_section_of_the_webinar():
    assert all(gate.section for gate in gates(facts()))


@pytest.mark.parametrize(
    ("guichet", "etape"), [(guichet.code, etape) for guichet in every_guichet() for etape in guichet.labels]
)
def test_what_is_awaited_is_said_as_long_as_somebody_must_act(guichet, etape):
    demande = DemandeFacts("Demande", spec_of_guichet(guichet), etape)

    assert bool(awaited_of(demande)) == (owner_of(demande) is not None)
    assert "déclarer ici" in awaited_of(replace(demande, recorded=False))
