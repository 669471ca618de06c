"""A long list: counted up to a limit, read on beyond it; and the names in which a word is looked for."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.db.models import F

from candidatures.models import Candidature
from candidatures.operations.candidatures import open_candidature
from candidatures.operations.produits import rename_produit
from candidatures.queries.search import holding
from candidatures.queries.seen import _VOLET
from comptes.queries import pages
from comptes.queries.pages import Extent, keys_beyond, number_of, page_of
from referencement.models import TourProjete
from tests.candidatures.conftest import Team, all_at_once, make_team
from tests.factories import candidatures as make
from tests.ground import standing


def seven_candidatures() -> list[int]:
    team = make_team()
    for rank in range(6):
        make.a_candidature(make.a_produit(team.editeur, team.mandataire, f"Alizé {rank}"), team.mandataire)
    return list(Candidature.objects.order_by("pk").values_list("pk", flat=True))


all_seven = standing(seven_candidatures)


@pytest.fixture
def seven(all_seven: list[int], monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Seven candidatures, of which four are counted, two a page."""
    monkeypatch.setattr(pages, "COUNTED", 4)
    return all_seven


@pytest.mark.parametrize(
    ("number", "rows", "read", "has_next", "queries"),
    [
        (-3, slice(0, 2), 1, True, 1),
        (1, slice(0, 2), 1, True, 1),
        (2, slice(2, 4), 2, True, 1),
        (3, slice(4, 6), 3, True, 2),
        (4, slice(6, 7), 4, False, 2),
        (99, slice(6, 7), 4, False, 4),
    ],
)
def test_list_longer_than_what_is_counted(
    seven: list[int], django_assert_num_queries: Any, number: int, rows: slice, read: int, has_next: bool, queries: int
) -> None:
    with django_assert_num_queries(queries):
        page = page_of(Candidature.objects.order_by("pk"), number, per_page=2)

    assert (page.keys, page.number, page.has_next) == (tuple(seven[rows]), read, has_next)
    assert (page.paginator.count, page.paginator.num_pages, page.paginator.is_longer) == (4, 2, True)
    assert page.has_other_pages


@pytest.mark.parametrize(("number", "rows", "read"), [(1, slice(0, 2), 1), (2, slice(2, 4), 2), (9, slice(2, 4), 2)])
def test_list_that_is_counted_whole(
    seven: list[int], django_assert_num_queries: Any, number: int, rows: slice, read: int
) -> None:
    with django_assert_num_queries(1):
        page = page_of(Candidature.objects.filter(pk__in=seven[:4]).order_by("pk"), number, per_page=2)

    assert (page.keys, page.number, page.has_next) == (tuple(seven[rows]), read, read == 1)
    assert (page.paginator.count, page.paginator.num_pages, page.paginator.is_longer) == (4, 2, False)


def test_what_words_find_is_counted_less_far(seven: list[int], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pages, "SOUGHT", 3)
    page = page_of(Candidature.objects.order_by("pk"), 1, per_page=2, is_searched=True)
    last = page_of(Candidature.objects.order_by("pk"), 4, per_page=2, is_searched=True)

    assert (page.paginator.count, page.paginator.is_longer, page.keys) == (3, True, tuple(seven[:2]))
    assert (last.keys, last.has_next) == (tuple(seven[6:]), False)


def test_length_is_said_in_figures_that_are_grouped() -> None:
    assert [Extent(total, 25, 1000).count_in_french for total in (None, 7)] == ["1\u00a0000", "7"]


def test_list_of_nothing(db: None) -> None:
    page = page_of(Candidature.objects.order_by("pk"), 3, per_page=2)

    assert (page.keys, page.number, page.has_other_pages, page.paginator.num_pages) == ((), 1, False, 1)


@pytest.mark.parametrize(
    ("typed", "number"), [(None, 1), ("", 1), ("2", 2), ("0", 0), ("-1", 1), ("x", 1), ("²", 1), ("9" * 7, 1)]
)
def test_number_as_it_stands_in_an_address(typed: str | None, number: int) -> None:
    assert number_of(typed) == number


# -- the names --------------------------------------------------------------------------------------------------------


def searched(word: str, **how: bool) -> list[str]:
    return list(Candidature.objects.filter(holding(word, **how)).order_by("pk").values_list("nru", flat=True))


def test_word_is_looked_for_in_each_name_whatever_its_accents(team: Team) -> None:
    nru = team.candidature.nru
    assert searched("RÉSIDENCE") == searched("residence") == searched("logi") == [nru]
    assert searched("sidencesirocco") == searched("%") == searched("_") == []
    assert (searched(nru[-6:]), searched(nru[-6:], by_nru=False)) == ([nru], [])


def test_candidature_is_found_under_the_new_names_alone(team: Team) -> None:
    make_team()
    rename_produit(produit_id=team.produit.pk, nom="Élan", by=team.mandataire, at=make.SUMMER)
    assert (searched("elan"), team.candidature.nru in searched("Résidence")) == ([team.candidature.nru], False)

    team.editeur.raison_sociale = "Zéphyr & fils"
    team.editeur.save()
    assert searched("zephyr") == [team.candidature.nru]


def test_names_are_what_the_rows_say_whatever_is_written(team: Team) -> None:
    Candidature.objects.update(noms="Autre chose")

    number = team.editeur.identifier
    assert Candidature.objects.get().noms == f"sirocco residence\nsirocco logiciels\n{number}"


def test_candidature_is_found_by_the_number_of_its_editeur(team: Team) -> None:
    make_team()
    team.editeur.country, team.editeur.identifier = "BE", "0403170701"
    team.editeur.save()
    nru = [team.candidature.nru]

    assert searched("0403170701") == searched("BE0403.170.701") == searched("3170") == nru
    for text in ("BE 0403.170.701", "0403 170 701", "0403.1", "Un éditeur belge (BE 0403.170.701), Gand"):
        assert list(Candidature.objects.filter(holding(text)).values_list("nru", flat=True)) == nru
    assert searched("0403170702") == []


def test_search_reads_the_candidatures_alone(team: Team) -> None:
    """An `OR` with another table would be served by no index."""
    for text in ("sirocco", "3602", "732 829 320", "BE 0403.170.701", "de Sirocco (SIREN 732829320)"):
        assert " JOIN " not in str(sql := Candidature.objects.filter(holding(text)).query)
        assert "comptes_editeur" not in str(sql)


@pytest.mark.django_db(transaction=True)
def test_candidature_that_is_opened_while_its_product_is_renamed_has_the_new_name() -> None:
    team = make_team()
    produits = [make.a_produit(team.editeur, team.mandataire, f"Alizé {rank}") for rank in range(4)]

    def act(rank: int) -> None:
        produit = produits[rank // 2]
        if rank % 2:
            rename_produit(produit_id=produit.pk, nom=f"Élan {produit.pk}", by=team.mandataire, at=make.SUMMER)
        else:
            open_candidature(produit_id=produit.pk, dispositif_code=make.DUI, by=team.mandataire, at=make.SUMMER)

    assert not [refusal for refusal in all_at_once(8, act) if isinstance(refusal, Exception)]
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM candidatures_candidature WHERE noms <> names_of_produit(produit_id)")
        assert cursor.fetchone() == (0,)


def test_volet_is_looked_for_from_its_candidature(team: Team) -> None:
    """Past eight tables, PostgreSQL joins a subquery last: the NRU is then looked for in every volet."""
    for seen in (_VOLET._to_the_ans, _VOLET._to_the_editeur):
        sql = seen._written.statement.text
        assert sql.count('"candidatures_candidature" ') == sql.count('INNER JOIN "candidatures_candidature" ') == 1


@pytest.mark.parametrize("descending", [False, True])
def test_pages_go_on_from_a_key_beyond_what_is_counted(seven: list[int], *, descending: bool) -> None:
    order = seven[::-1] if descending else seven
    rows = Candidature.objects.order_by("-pk" if descending else "pk")

    second = page_of(rows, 2, per_page=2)
    third = page_of(rows, 3, per_page=2, after=second.after)
    fourth = page_of(rows, 4, per_page=2, after=third.after)
    back = page_of(rows, 3, per_page=2, before=fourth.before)

    assert (second.before, third.before) == (None, None)
    assert (third.keys, third.has_next) == (tuple(order[4:6]), True)
    assert (fourth.keys, fourth.has_next) == ((order[6],), False)
    assert (back.keys, back.has_next) == (tuple(order[4:6]), True)
    assert page_of(rows, 3, per_page=2, after=10**15).keys == third.keys  # that row is not there


def test_neighbours_follow_an_order_in_which_some_are_unknown(seven: list[int]) -> None:
    since = {seven[1]: make.SUMMER, seven[3]: make.SUMMER - timedelta(days=1)}
    for pk in seven[:4]:
        kept = {"since": since.get(pk), "projected_at": make.SUMMER, "changes_at": None}
        TourProjete.objects.update_or_create(pk=pk, defaults=kept)
    TourProjete.objects.exclude(pk__in=since).update(since=None)
    rows = Candidature.objects.order_by(F("tour__since").asc(nulls_last=True), "pk")
    order = list(rows.values_list("pk", flat=True))
    assert order[:2] == [seven[3], seven[1]]

    assert [keys_beyond(rows, pk, most=9) for pk in order] == [order[place + 1 :] for place in range(7)]
    assert [keys_beyond(rows, pk, most=1, backwards=True) for pk in order] == [[], *([pk] for pk in order[:-1])]
    # A row that left the list still leads to what followed it.
    without = rows.exclude(pk=order[3])
    assert keys_beyond(without, order[3], most=1) == [order[4]]
    assert keys_beyond(without, order[3], most=2, backwards=True) == [order[2], order[1]]
    assert keys_beyond(rows, 10**15, most=1) == []
