"""The one machine, at every desk: each pair of stages, by what is observed and by raw SQL."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django_fsm import TransitionNotAllowed

from guichets.catalogue.guichets import every_guichet, spec_of_guichet
from guichets.catalogue.specs import GuichetSpec
from guichets.enums import AnomalieKind, Source
from guichets.models import Anomalie, DemandeAuGuichet, Mouvement
from guichets.operations.captures import CaptureNotRecordable
from guichets.rules.objets import Objet
from tests.candidatures.conftest import Team
from tests.factories import guichets as make
from tests.factories.guichets import MORNING, again

HOUR = timedelta(hours=1)
PAIRS = [(desk.code, start, end) for desk in every_guichet() for start in desk.labels for end in desk.labels]
CAPTURED = [pair for pair in PAIRS if spec_of_guichet(pair[0]).is_shown]
every_pair = pytest.mark.parametrize(("guichet", "believed", "shown"), PAIRS)
FIELDS = {
    "role": {"role": "utilisateur"},
    "composant": {"teleservice": "INSI", "nil": "NIL-1"},
    "preuve": {"preuve": "INT.01.01.01"},
    "solution": {},
}


def a_demande_at(spec: GuichetSpec, etape: str, team: Team) -> DemandeAuGuichet:
    """A demande that its desk brought to that stage, or that begins there."""
    fields = FIELDS[spec.portee]
    objet = Objet(spec.code, **{key: value for key, value in fields.items() if key != "nil"})
    demande = DemandeAuGuichet.objects.create(
        candidature=team.candidature,
        guichet_id=spec.code,
        objet=objet.key,
        state=spec.initial.code,
        numero="N-1",
        recorded_at=MORNING - HOUR,
        recorded_by=team.salarie,
        next_pull_at=MORNING,
        **fields,
    )
    if etape != spec.initial.code:
        make.a_releve(demande, etape, at=MORNING)
    return again(demande)


@every_pair
def test_pair_pulled_twice(team: Team, guichet: str, believed: str, shown: str) -> None:
    """Forwards, it is followed at once; backwards, at the second sight; to itself, it stays."""
    spec = spec_of_guichet(guichet)
    demande = a_demande_at(spec, believed, team)

    states = []
    for hour in (1, 2):
        make.a_releve(demande, shown, at=MORNING + hour * HOUR)
        states.append(again(demande).state)

    goes_back = spec.way(believed, shown) is None
    assert states == ([believed, shown] if goes_back else [shown, shown])
    after = again(demande)
    assert (after.returned_from, after.returned_at) == ((believed, MORNING + 2 * HOUR) if goes_back else ("", None))
    lost = spec.is_granted(believed) and goes_back
    assert [anomaly.kind for anomaly in Anomalie.objects.living()] == ([AnomalieKind.GRANT_LOST] if lost else [])


@pytest.mark.parametrize(("guichet", "believed", "shown"), CAPTURED)
def test_pair_shown_by_a_confirmed_capture(team: Team, guichet: str, believed: str, shown: str) -> None:
    """A person answers for it: forwards or backwards, it is followed at once."""
    spec = spec_of_guichet(guichet)
    demande = a_demande_at(spec, spec.initial.code, team)
    if believed != spec.initial.code:
        make.a_confirmed_capture(demande, team.salarie, team.instructeur, at=MORNING, etape=believed)

    make.a_confirmed_capture(demande, team.salarie, team.instructeur, at=MORNING + HOUR, etape=shown)

    after, confirmed_at = again(demande), MORNING + HOUR + timedelta(minutes=1)
    goes_back = spec.way(believed, shown) is None
    assert (after.state, after.source, after.confirmed_at) == (shown, Source.CAPTURE, confirmed_at)
    assert (after.returned_from, after.returned_at) == ((believed, confirmed_at) if goes_back else ("", None))
    lost = spec.is_granted(believed) and goes_back
    assert [anomaly.kind for anomaly in Anomalie.objects.living()] == ([AnomalieKind.GRANT_LOST] if lost else [])


@pytest.mark.parametrize(("guichet", "believed", "shown"), sorted({*PAIRS} - {*CAPTURED}))
def test_pair_of_what_a_preuve_holds_has_no_capture(team: Team, guichet: str, believed: str, shown: str) -> None:
    demande = a_demande_at(spec_of_guichet(guichet), believed, team)

    with pytest.raises(CaptureNotRecordable, match="est dans la preuve"):
        make.a_capture(demande, team.salarie, at=MORNING + HOUR, etape=shown)

    assert again(demande).state == believed


@every_pair
def test_pair_by_raw_sql(team: Team, guichet: str, believed: str, shown: str) -> None:
    """The database lets a demande go where a row leads, with the stamps of that move, and nowhere else."""
    spec = spec_of_guichet(guichet)
    demande = a_demande_at(spec, believed, team)
    stamps = {"moved_at": MORNING + HOUR, "decided_date": MORNING.date() if spec.by_code[shown].is_decided else None}
    if believed == shown:
        stamps["moved_at"] = demande.moved_at
    bare = tries(demande, shown, stamps)
    stamped = tries(
        demande, shown, stamps | {"returned_at": MORNING + HOUR, "returned_from": believed, "returned_reason": "Dit."}
    )

    row = Mouvement.objects.filter(guichet=guichet, depart=believed, arrivee=shown).first()
    if believed == shown:
        assert bare
    elif row is None:
        assert (bare, stamped) == (False, False)
    else:
        assert (bare, stamped) == (not row.retour, True)


def tries(demande: DemandeAuGuichet, etape: str, stamps: dict[str, Any]) -> bool:
    """Whether the database lets it, all undone afterwards."""
    columns = ", ".join(f"{name} = %s" for name in ("state", *stamps))
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            values = [etape, *stamps.values(), demande.pk]
            cursor.execute(f"UPDATE guichets_demandeauguichet SET {columns} WHERE id = %s", values)
            transaction.set_rollback(True)
    except IntegrityError:
        return False
    return True


@every_pair
def test_pair_by_the_machine(guichet: str, believed: str, shown: str) -> None:
    spec = spec_of_guichet(guichet)
    allowed = {"move": shown in spec.by_code[believed].vers, "go_back": (believed, shown) in spec.returns}

    done = {}
    for name, more in (("move", {}), ("go_back", {"reason": "Dit."})):
        demande = DemandeAuGuichet(guichet_id=guichet, state=believed)
        try:
            getattr(demande, name)(to=shown, at=MORNING, on=MORNING.date(), **more)
        except TransitionNotAllowed:
            done[name] = False
        else:
            done[name] = demande.state == shown

    assert done == allowed


@pytest.mark.parametrize("desk", every_guichet(), ids=lambda spec: spec.code)
def test_no_pair_is_left_out(desk: GuichetSpec) -> None:
    rows = {(etape, other) for code, etape, other in PAIRS if code == desk.code}

    forwards = {(etape.code, after) for etape in desk.etapes for after in etape.vers}
    assert forwards.isdisjoint(desk.returns)
    assert forwards | desk.returns <= rows


@pytest.mark.parametrize(
    "change",
    [
        {"state": "ailleurs", "moved_at": MORNING},
        {"state": "examen"},
        {"state": "pre_examen", "moved_at": None},
        {"guichet_id": "edc_psc"},
        {"moved_at": MORNING},
        {"decided_date": date(2026, 11, 2)},
        {"returned_from": "examen"},
    ],
)
def test_what_no_move_explains_is_refused(demande: DemandeAuGuichet, change: dict[str, Any]) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        DemandeAuGuichet.objects.filter(pk=demande.pk).update(**change)


@pytest.mark.parametrize("state", ["pre_examen", "ailleurs", ""])
def test_demande_begins_at_the_first_stage_of_its_desk(team: Team, state: str) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        DemandeAuGuichet.objects.create(
            candidature=team.candidature,
            guichet_id="cnda",
            objet="cnda:/DMP",
            teleservice="DMP",
            state=state,
            recorded_at=MORNING,
            recorded_by=team.salarie,
        )


@pytest.mark.parametrize(
    ("depart", "arrivee"), [("initialisation", "nulle_part"), ("nulle_part", "examen"), ("examen", "examen")]
)
def test_move_to_an_unknown_stage_has_no_row(demande: DemandeAuGuichet, depart: str, arrivee: str) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        Mouvement.objects.create(guichet_id="cnda", depart=depart, arrivee=arrivee, retour=False)
