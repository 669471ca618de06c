"""One act on many candidatures: each has its result, and what moved is named while the rest is done."""

from collections.abc import Callable, Iterator
from typing import Any, cast

import pytest
from celery.exceptions import SoftTimeLimitExceeded
from django.db import connection
from django.db.models import TextChoices
from django.urls import reverse

from candidatures.enums import GesteDeLot
from candidatures.models import EtiquetteDeCandidature, Lot, Message, Referent
from candidatures.operations.lots import TRIES, Item, LotNotPossible, open_lot, register_geste, run_lot
from candidatures.operations.referents import assign_referent
from candidatures.operations.suivi import put_etiquette
from candidatures.queries.lots import progress_of, unfinished_lots
from candidatures.sweeps import run_lots
from comptes.enums import RoleANS
from comptes.models import Compte, JournalEntry, Notice
from tests.candidatures.conftest import Team, make_team
from tests.factories import candidatures as make

AT = make.SUMMER


def three(team: Team) -> list[int]:
    names = ("Mistral", "Tramontane")
    others = [make.a_candidature(make.a_produit(team.editeur, team.mandataire, nom), team.mandataire) for nom in names]
    return [team.candidature.pk, *(candidature.pk for candidature in others)]


def somebody(name: str) -> Compte:
    return make.a_person(roles_ans=[RoleANS.INSTRUCTEUR], first_name=name, last_name="Martin")


def ask(team: Team, keys: list[int], to: Compte) -> Lot:
    items = {key: {"seen": None} for key in keys}
    return open_lot(geste=GesteDeLot.ASSIGN, params={"compte": to.pk}, items=items, by=team.instructeur, at=AT)


def test_item_that_moved_is_named_and_the_rest_is_done(team: Team) -> None:
    keys, anne, paul = three(team), somebody("Anne"), somebody("Paul")
    lot = ask(team, keys, anne)
    assign_referent(candidature_id=keys[1], compte_id=paul.pk, seen=None, by=paul, at=AT)

    assert run_lot(lot_id=lot.pk, most=10, at=AT) == 3

    progress = progress_of(lot)
    assert (progress.total, progress.done, progress.refused, progress.left, progress.treated) == (3, 2, 1, 0, 3)
    assert progress.lines[0].reason.startswith("Paul Martin a attribué la candidature")
    assert dict(Referent.objects.values_list("pk", "compte")) == {keys[0]: anne.pk, keys[1]: paul.pk, keys[2]: anne.pk}
    assert run_lot(lot_id=lot.pk, most=10, at=AT) == 0


def test_lot_that_stopped_halfway_is_taken_up_by_the_sweep(team: Team) -> None:
    lot = ask(team, three(team), somebody("Anne"))
    run_lot(lot_id=lot.pk, most=1, at=AT)
    assert unfinished_lots() == [lot.pk]

    assert run_lots() == 2

    lot.refresh_from_db()
    assert lot.finished_at is not None
    assert unfinished_lots() == []
    assert JournalEntry.objects.filter(act="referent.assigned").count() == 3


@pytest.mark.parametrize("gone", [{"is_active": False}, {"roles_ans": [RoleANS.AUDITEUR.value]}])
def test_lot_stops_when_its_asker_may_no_longer_ask_for_it(team: Team, gone: dict[str, Any]) -> None:
    lot = ask(team, three(team), somebody("Anne"))
    run_lot(lot_id=lot.pk, most=1, at=AT)
    Compte.objects.filter(pk=team.instructeur.pk).update(**gone)

    run_lots()

    progress = progress_of(lot)
    assert (progress.done, progress.refused, progress.left) == (1, 2, 0)
    assert all("n’a plus le droit" in line.reason for line in progress.lines if line.reason)
    assert Referent.objects.count() == 1


def test_message_is_written_once_in_each_candidature(team: Team) -> None:
    keys = three(team)
    lot = open_lot(
        geste=GesteDeLot.WRITE, params={"text": "Bonjour."}, items={key: {} for key in keys}, by=team.instructeur, at=AT
    )
    run_lot(lot_id=lot.pk, most=10, at=AT)
    lot.lignes.update(state="pending", done_at=None)
    run_lot(lot_id=lot.pk, most=10, at=AT)

    assert sorted(Message.objects.values_list("candidature", flat=True)) == sorted(keys)
    assert Notice.objects.filter(kind="candidatures.message_posted", compte=team.mandataire).count() == 3


def test_lot_of_nothing_or_by_somebody_else_is_refused(team: Team) -> None:
    with pytest.raises(LotNotPossible, match="au moins une"):
        ask(team, [], team.instructeur)
    with pytest.raises(LotNotPossible, match="500"):
        ask(team, list(range(1, 502)), team.instructeur)
    college = make.a_person(roles_ans=[RoleANS.MEMBRE_COLLEGE])
    with pytest.raises(LotNotPossible, match="rôle"):
        open_lot(geste=GesteDeLot.ASSIGN, params={}, items={team.candidature.pk: {}}, by=college, at=AT)


def post(client: Any, **typed: Any) -> Any:
    return client.post(reverse("referencement:lot_new"), typed)


def test_act_is_read_with_what_it_sends_then_confirmed(team: Team, sign_in: Any) -> None:
    three(team)
    anne, client = somebody("Anne"), sign_in(team.instructeur)
    chosen = [team.candidature.nru]

    read = post(client, geste="attribuer", c=chosen)
    assert not Lot.objects.exists()
    assert "Aucune notification" in read.content.decode()
    refused = post(client, geste="attribuer", c=chosen, confirmer="1")
    assert (refused.status_code, Lot.objects.count()) == (422, 0)
    done = post(client, geste="attribuer", c=chosen, confirmer="1", compte=anne.pk)

    assert Referent.objects.get().compte == anne
    page = client.get(done.url).content.decode()
    assert "Fait" in page
    stale = post(client, geste="attribuer", c=chosen, confirmer="1", compte=team.instructeur.pk)
    assert "Anne Martin" in client.get(stale.url).content.decode()
    assert "5 notifications" not in page
    written = post(client, geste="ecrire", toutes="vue=&q=Mistral", text="Bonjour.", voir="1")
    assert "1 candidature" in written.content.decode()
    assert "notifications</strong>" in written.content.decode()


@pytest.mark.parametrize("chosen", [[], [""], ["VA2-2026-9999"], ["../../etc/passwd"], ["\x00"]])
@pytest.mark.parametrize("step", [{}, {"voir": "1"}, {"confirmer": "1"}])
def test_act_on_no_candidature_is_refused(team: Team, sign_in: Any, chosen: list[str], step: dict[str, str]) -> None:
    page = post(sign_in(team.instructeur), geste="attribuer", c=chosen, compte=team.instructeur.pk, **step)

    assert (page.status_code, Lot.objects.count()) == (422, 0)
    assert "Choisissez au moins une candidature." in page.content.decode()


def test_candidatures_without_a_referent_are_shared_out(team: Team, sign_in: Any) -> None:
    keys, anne = three(team), somebody("Anne")
    client = sign_in(team.instructeur)
    read = post(client, geste="repartir").content.decode()
    assert read.count("Anne Martin") >= 1

    nrus = list(team.candidature.produit.editeur.produits.order_by("pk").values_list("candidatures__nru", flat=True))
    post(client, geste="repartir", c=nrus, confirmer="1")

    given = dict(Referent.objects.values_list("pk", "compte"))
    assert sorted(given) == sorted(keys)
    assert abs(list(given.values()).count(anne.pk) - list(given.values()).count(team.instructeur.pk)) == 1


# -- an act that fails -----------------------------------------------------------------------------------------------


def label(team: Team, keys: list[int], *, poisoned: int | None = None) -> Lot:
    """Ask for an étiquette; that of one candidature is no text, which nothing foresees."""
    items: dict[int, dict[str, Any]] = {key: {} for key in keys}
    if poisoned is not None:
        items[poisoned] = {"nom": 12}
    return open_lot(geste=GesteDeLot.LABEL, params={"nom": "Urgent"}, items=items, by=team.instructeur, at=AT)


def test_item_that_fails_is_named_after_a_few_tries_and_the_rest_is_done(team: Team) -> None:
    keys = three(team)
    lot = label(team, keys, poisoned=keys[0])

    assert run_lot(lot_id=lot.pk, most=10, at=AT) == 3
    assert sorted(EtiquetteDeCandidature.objects.values_list("candidature", flat=True)) == keys[1:]
    assert (progress_of(lot).done, progress_of(lot).left, unfinished_lots()) == (2, 1, [lot.pk])

    assert [run_lot(lot_id=lot.pk, most=10, at=AT) for _ in range(TRIES)] == [1, 1, 0]
    progress = progress_of(lot)
    assert (progress.done, progress.stopped, progress.left, progress.treated) == (2, 1, 0, 3)
    assert "erreur technique" in progress.lines[0].reason
    assert progress.lines[0].pk == keys[0]
    assert unfinished_lots() == []


def test_lot_that_fails_does_not_stop_the_next_one(team: Team) -> None:
    keys = three(team)
    first, second = label(team, keys), label(team, keys)
    Lot.objects.filter(pk=first.pk).update(geste="inconnu")

    for _ in range(TRIES):
        run_lots()

    assert (progress_of(first).stopped, progress_of(second).done) == (3, 3)
    assert unfinished_lots() == []


def test_page_of_a_lot_says_what_failed(team: Team, sign_in: Any) -> None:
    keys = three(team)
    lot = label(team, keys, poisoned=keys[0])
    for _ in range(TRIES):
        run_lot(lot_id=lot.pk, most=10, at=AT)

    page = sign_in(team.instructeur).get(reverse("referencement:lot", args=[lot.pk])).content.decode()

    assert "Une erreur technique est survenue" in page
    assert "essayée 3 fois" in page


REFUSE = """
    CREATE FUNCTION refuse_at_the_end() RETURNS trigger LANGUAGE plpgsql AS
        $$ BEGIN IF NEW.candidature_id = {poisoned} THEN RAISE EXCEPTION 'poisoned'; END IF; RETURN NULL; END $$;
    CREATE CONSTRAINT TRIGGER refuse_at_the_end AFTER INSERT ON candidatures_etiquettedecandidature
        DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION refuse_at_the_end()
"""


@pytest.fixture
def refused_by_the_database(transactional_db: None) -> Iterator[Callable[[int], None]]:
    """Have the commit of an étiquette fail on one candidature."""

    def refuse(poisoned: int) -> None:
        with connection.cursor() as cursor:
            cursor.execute(REFUSE.format(poisoned=poisoned))

    yield refuse
    with connection.cursor() as cursor:
        cursor.execute("DROP FUNCTION IF EXISTS refuse_at_the_end() CASCADE")


def test_commit_that_fails_for_one_item_undoes_it_alone(refused_by_the_database: Callable[[int], None]) -> None:
    team = make_team()
    keys = three(team)
    lot = label(team, keys)
    refused_by_the_database(keys[1])

    for _ in range(TRIES):
        run_lot(lot_id=lot.pk, most=10, at=AT)

    assert (progress_of(lot).done, progress_of(lot).stopped) == (2, 1)
    assert progress_of(lot).lines[0].pk == keys[1]
    assert sorted(EtiquetteDeCandidature.objects.values_list("candidature", flat=True)) == [keys[0], keys[2]]
    assert JournalEntry.objects.filter(act="etiquette.put").count() == 2


class Essai(TextChoices):
    """An act that whoever runs a lot is stopped in, as by the limit of time of a worker."""

    CUT = "couper"


def cut(*, item: Item, at: Any) -> None:
    put_etiquette(candidature_id=item.candidature_id, nom="Urgent", by=item.by, at=at)
    if item.params.get("cut"):
        raise SoftTimeLimitExceeded


register_geste(geste=cast("GesteDeLot", Essai.CUT), act=cut)


def test_act_that_never_ends_is_known_and_given_up_and_the_rest_is_done_once(team: Team) -> None:
    keys = three(team)
    items: dict[int, dict[str, Any]] = {keys[0]: {}, keys[1]: {"cut": True}, keys[2]: {}}
    geste = cast("GesteDeLot", Essai.CUT)
    lot = open_lot(geste=geste, params={}, items=items, by=team.instructeur, at=AT)

    for _ in range(TRIES):
        with pytest.raises(SoftTimeLimitExceeded):
            run_lot(lot_id=lot.pk, most=10, at=AT)
        assert progress_of(lot).done in {0, 1}
    run_lot(lot_id=lot.pk, most=10, at=AT)

    progress = progress_of(lot)
    assert (progress.done, progress.stopped, progress.left) == (2, 1, 0)
    assert progress.lines[0].pk == keys[1]
    assert JournalEntry.objects.filter(act="etiquette.put").count() == 2
