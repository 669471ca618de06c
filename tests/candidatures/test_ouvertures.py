"""The opening of a démarche is moved on screen by two people before it opens; the file never overwrites it."""

from dataclasses import replace
from datetime import datetime, timedelta
from io import StringIO
from typing import Any

import pytest
from django.core.management import call_command
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse

from candidatures.catalogue.dispositifs import spec_of
from candidatures.catalogue.echeances import OUVERTURE
from candidatures.enums import DeplacementState
from candidatures.models import DeplacementDEcheance, Dispositif, Echeance
from candidatures.operations.dispositifs import load_dispositif
from candidatures.operations.echeances import MoveNotPossible, approve_move, propose_move, refuse_move
from candidatures.queries.echeances import dates_kept_from_the_file
from candidatures.rules.deadlines import Deadline
from candidatures.rules.echeances import obstacles_to_move_opening
from comptes import clock, journal
from comptes.enums import RoleANS
from comptes.models import Compte, JournalEntry, Notice
from referencement.queries.publication import demarches
from tests.dates import DATE_1
from tests.factories import candidatures as make
from tests.factories.candidatures import DUI

SECOND = timedelta(seconds=1)
AT = make.OPENING - timedelta(days=30)
LATER = make.OPENING + timedelta(days=14)
FIRST = Deadline("Date 1", "Dépôt", make.DATE_1, "1er\u00a0octobre 2026 à 12\u00a0h")
ARRETE = "Arrêté du 04/05/2026"


@pytest.fixture
def olivier(db: None) -> Compte:
    make.a_dispositif()
    return make.a_person(roles_ans=[RoleANS.RESPONSABLE_INSTRUCTION], last_name="Olivier")


@pytest.fixture
def odile(db: None) -> Compte:
    return make.a_person(roles_ans=[RoleANS.RESPONSABLE_INSTRUCTION], last_name="Odile")


def a_move(by: Compte, **changes: Any) -> DeplacementDEcheance:
    given = {"code": OUVERTURE, "to": LATER, "arrete": ARRETE, "motive": "Le REM paraît plus tard.", "at": AT}
    return propose_move(dispositif_code=DUI, by=by, **(given | changes))


def opens_at() -> datetime:
    return Dispositif.objects.get(pk=DUI).opens_at


@pytest.mark.parametrize(
    ("to", "at", "wanted"),
    [
        (LATER, AT, ()),
        (LATER, make.OPENING - SECOND, ()),
        (LATER, make.OPENING, ("Cette démarche est déjà ouverte\u00a0: son ouverture ne change plus.",)),
        (AT, AT, ("Cette date est déjà passée. Choisissez une date à venir.",)),
        (AT + SECOND, AT, ()),
        (make.OPENING, AT, ("C’est déjà la date en vigueur.",)),
        (make.DATE_1 - SECOND, AT, ()),
        (make.DATE_1, AT, ("La nouvelle date dépasse la Date 1 (1er\u00a0octobre 2026 à 12\u00a0h).",)),
    ],
)
def test_opening_moves_before_it_comes_and_before_the_first_echeance(
    to: datetime, at: datetime, wanted: tuple[str, ...]
) -> None:
    assert obstacles_to_move_opening(make.OPENING, to, first=FIRST, at=at) == wanted


def test_opening_moves_once_another_person_approved_it(olivier: Compte, odile: Compte) -> None:
    move = a_move(olivier)
    with pytest.raises(MoveNotPossible, match="une autre personne"):
        approve_move(move_id=move.pk, by=olivier, at=AT)
    with pytest.raises(MoveNotPossible, match="attend déjà"):
        a_move(odile)
    assert opens_at() == make.OPENING

    approve_move(move_id=move.pk, by=odile, at=AT)

    assert opens_at() == LATER
    assert not Notice.objects.filter(kind="candidatures.echeance_moved").exists()
    lines = journal.lines(JournalEntry.objects.filter(chain="portail").order_by("number"))
    assert [line.sentence for line in lines[-2:]] == [
        (
            "Une ouverture de la démarche Dossier usager informatisé (DUI), vague 2 le 17\u00a0juin 2026 à 0\u00a0h "
            f"est proposée ({ARRETE})"
        ),
        (
            "L’ouverture de la démarche Dossier usager informatisé (DUI), vague 2 est déplacée au 17\u00a0juin 2026 à "
            f"0\u00a0h ({ARRETE})"
        ),
    ]
    assert demarches(at=LATER - SECOND)[1] == []
    assert [spec.code for spec in demarches(at=LATER)[1]] == [DUI]


def test_move_that_comes_too_late_is_refused_and_one_that_is_abandoned_moves_nothing(
    olivier: Compte, odile: Compte
) -> None:
    move = a_move(olivier)
    with pytest.raises(MoveNotPossible, match="déjà ouverte"):
        approve_move(move_id=move.pk, by=odile, at=make.OPENING)
    refuse_move(move_id=move.pk, by=olivier, at=make.OPENING)

    assert opens_at() == make.OPENING
    assert DeplacementDEcheance.objects.get().state == DeplacementState.REFUSED


def test_administrateur_moves_dates_until_the_opening_and_two_people_do_it(olivier: Compte) -> None:
    anne, abel = (make.a_person(roles_ans=[RoleANS.ADMINISTRATEUR]) for _ in range(2))
    camille = make.a_person(roles_ans=[RoleANS.INSTRUCTEUR])
    with pytest.raises(MoveNotPossible, match="Seul un responsable"):
        a_move(camille)
    move = a_move(anne)
    with pytest.raises(MoveNotPossible, match="une autre personne"):
        approve_move(move_id=move.pk, by=anne, at=AT)
    approve_move(move_id=move.pk, by=abel, at=AT)
    assert opens_at() == LATER

    later = make.DATE_1 + timedelta(days=7)
    date_1 = a_move(anne, code=DATE_1, to=later, at=LATER - SECOND)
    with pytest.raises(MoveNotPossible, match="Avant l’ouverture"):
        approve_move(move_id=date_1.pk, by=abel, at=LATER)
    with pytest.raises(MoveNotPossible, match="Avant l’ouverture"):
        refuse_move(move_id=date_1.pk, by=abel, at=LATER)
    approve_move(move_id=date_1.pk, by=olivier, at=LATER)
    assert Echeance.objects.get(code=DATE_1).at == later


def test_administrateur_is_offered_the_dates_of_what_is_not_open(olivier: Compte, sign_in: Any) -> None:
    client = sign_in(make.a_person(roles_ans=[RoleANS.ADMINISTRATEUR]))
    new = reverse("referencement:deplacement_new", args=[DUI, OUVERTURE])
    date_1 = reverse("referencement:deplacement_new", args=[DUI, DATE_1])
    index = reverse("referencement:echeances")

    before = ask(client, index)
    assert new in before
    assert date_1 in before
    assert "L’ouverture est fixée au" in ask(client, new)
    with clock.travel(make.OPENING):
        assert date_1 not in client.get(index).content.decode()
        refused = client.get(date_1)
    assert refused.status_code == 403
    assert "un administrateur du portail" in refused.content.decode()


def test_move_is_of_one_date(olivier: Compte) -> None:
    move = a_move(olivier)
    echeance = Echeance.objects.get(code=DATE_1)

    for columns in ({"echeance": echeance}, {"ouverture_de": None}):
        with pytest.raises(IntegrityError, match="deplacement_moves_one_date"), transaction.atomic():
            DeplacementDEcheance.objects.filter(pk=move.pk).update(**columns)


def test_file_loaded_again_keeps_the_dates_of_the_screen_and_they_are_reported(olivier: Compte, odile: Compte) -> None:
    approve_move(move_id=a_move(olivier).pk, by=odile, at=AT)
    to = make.DATE_1 + timedelta(days=7)
    approve_move(move_id=a_move(olivier, code=DATE_1, to=to).pk, by=odile, at=AT)
    out = StringIO()

    call_command("load_dispositif", DUI, stdout=out)

    assert (opens_at(), Echeance.objects.get(code=DATE_1).at) == (LATER, to)
    printed = out.getvalue().replace("\u00a0", " ")
    assert (
        "Ouverture : le 17 juin 2026 à 0 h, changé à l’écran, l’emporte sur le fichier (3 juin 2026 à 0 h).\n"
        in printed
    )
    assert "Date 1 : le 8 octobre 2026 à 12 h, changé à l’écran" in printed

    newer = replace(spec_of(DUI), opens_at=make.OPENING + timedelta(days=1))
    load_dispositif(spec=newer, at=AT)
    assert opens_at() == LATER
    assert "Le fichier a changé depuis." in dates_kept_from_the_file(newer)[0]


# -- on screen -------------------------------------------------------------------------------------------------------


def ask(client: Client, address: str, data: dict[str, str] | None = None) -> str:
    with clock.travel(AT):
        answer = client.get(address) if data is None else client.post(address, data, follow=True)
    return " ".join(answer.content.decode().replace("&nbsp;", " ").replace("\u00a0", " ").split())


def test_opening_is_previewed_proposed_approved_then_undone(olivier: Compte, odile: Compte, sign_in: Any) -> None:
    mine, hers = sign_in(olivier), sign_in(odile)
    index = reverse("referencement:echeances")
    new = reverse("referencement:deplacement_new", args=[DUI, OUVERTURE])
    assert new in ask(mine, index)

    typed = {"to": "2026-06-17T00:00", "arrete": ARRETE, "motive": "Le REM paraît plus tard."}
    assert "L’ouverture est fixée au" in ask(mine, new)
    preview = ask(mine, new, typed | {"geste": "voir"})
    assert "14 jours de moins" in preview
    assert not DeplacementDEcheance.objects.exists()
    ask(mine, new, typed | {"geste": "proposer"})
    move = DeplacementDEcheance.objects.get()
    page = reverse("referencement:deplacement", args=[move.pk])
    assert "Vous avez proposé ce déplacement" in ask(mine, page)
    assert "14 jours de moins" in ask(hers, page)
    assert "La date est déplacée." in ask(hers, page, {"geste": "approuver"})
    assert opens_at() == LATER

    undo = f"{new}?annule={move.pk}"
    assert undo in ask(hers, page)
    filled = ask(hers, undo)
    assert 'value="2026-06-03T00:00"' in filled
    assert "Annulation du déplacement" in filled
    ask(hers, new, typed | {"to": "2026-06-03T00:00", "geste": "proposer"})
    back = DeplacementDEcheance.objects.order_by("-pk")[0]
    ask(mine, reverse("referencement:deplacement", args=[back.pk]), {"geste": "approuver"})
    assert opens_at() == make.OPENING
    history = ask(mine, index)
    assert history.count(">Ouverture</a>") == 2


def test_opening_that_came_is_neither_offered_nor_undone(olivier: Compte, odile: Compte, sign_in: Any) -> None:
    move = approve_move(move_id=a_move(olivier).pk, by=odile, at=AT)
    client = sign_in(olivier)
    new = reverse("referencement:deplacement_new", args=[DUI, OUVERTURE])
    with clock.travel(LATER):
        index = client.get(reverse("referencement:echeances")).content.decode()
        page = client.get(reverse("referencement:deplacement", args=[move.pk])).content.decode()
        refused = client.post(new, {"to": "2026-06-20T00:00", "arrete": ARRETE, "motive": "x", "geste": "proposer"})
    assert new not in index
    assert "Revenir à la date d’avant" not in page
    assert refused.status_code == 422
    assert "déjà ouverte" in refused.content.decode()


def test_what_is_abandoned_is_named(olivier: Compte, sign_in: Any) -> None:
    page = reverse("referencement:deplacement", args=[a_move(olivier).pk])

    answer = ask(sign_in(olivier), page, {"geste": "abandonner"})

    assert "Le déplacement est abandonné : l’ouverture ne change pas." in answer
