"""What the ANS writes for itself: étiquettes, notes, views; its day; and nothing of it for the éditeur."""

from typing import Any

import pytest
from django.urls import reverse

from candidatures.models import EtiquetteDeCandidature, NoteInterne, VueEnregistree
from candidatures.operations.referents import assign_referent
from candidatures.operations.suivi import SuiviNotPossible, keep_vue, put_etiquette, remove_etiquette, write_note
from candidatures.queries.suivi import offered_to
from comptes import clock
from comptes.enums import RoleANS
from comptes.models import Compte, JournalEntry
from tests.candidatures.conftest import Team
from tests.factories import candidatures as make
from tests.factories.tours import project_everything

AT = make.SUMMER
SECRET = "Éditeur pressé, à surveiller"


def somebody(name: str) -> Compte:
    return make.a_person(roles_ans=[RoleANS.INSTRUCTEUR], first_name=name, last_name="Martin")


def label(team: Team, nom: str) -> EtiquetteDeCandidature:
    return put_etiquette(candidature_id=team.candidature.pk, nom=nom, by=team.instructeur, at=AT)


def test_etiquette_is_one_whatever_its_case(team: Team) -> None:
    assert label(team, " Recours ") == label(team, "recours")
    with pytest.raises(SuiviNotPossible):
        label(team, "  ")
    with pytest.raises(SuiviNotPossible):
        label(team, "x" * 41)
    remove_etiquette(pose_id=EtiquetteDeCandidature.objects.get().pk, by=team.instructeur, at=AT)
    assert not EtiquetteDeCandidature.objects.exists()
    acts = JournalEntry.objects.filter(act__startswith="etiquette.").order_by("number").values_list("act", flat=True)
    assert list(acts) == ["etiquette.put", "etiquette.removed"]


def test_note_mentions_a_colleague_who_sees_it_in_their_day(team: Team, sign_in: Any) -> None:
    anne = somebody("Anne")
    write_note(candidature_id=team.candidature.pk, text=SECRET, mentions=[anne.pk], by=team.instructeur, at=AT)
    with pytest.raises(SuiviNotPossible, match="mentionnée"):
        write_note(
            candidature_id=team.candidature.pk, text="x", mentions=[team.mandataire.pk], by=team.instructeur, at=AT
        )

    with clock.travel(AT):
        assert SECRET in sign_in(anne).get(reverse("referencement:journee")).content.decode()
        assert SECRET not in sign_in(team.instructeur).get(reverse("referencement:journee")).content.decode()


@pytest.mark.parametrize("typed", ["²", "x", "", "9" * 40])
def test_mention_that_is_no_number_names_nobody(team: Team, sign_in: Any, typed: str) -> None:
    page = reverse("referencement:suivi", args=[team.candidature.nru])

    assert sign_in(team.instructeur).post(page, {"geste": "note", "text": SECRET, "mentions": typed}).status_code == 302
    assert NoteInterne.objects.get().mentions == []


def test_editeur_sees_nothing_of_it(team: Team, sign_in: Any) -> None:
    label(team, "Sensible")
    write_note(candidature_id=team.candidature.pk, text=SECRET, by=team.instructeur, at=AT)
    by = {"by": team.instructeur, "at": AT}
    assign_referent(candidature_id=team.candidature.pk, compte_id=team.instructeur.pk, seen=None, **by)
    nru, client = team.candidature.nru, sign_in(team.mandataire)

    for name in ("referencement:candidature", "candidatures:journal", "referencement:messages"):
        page = client.get(reverse(name, args=[nru])).content.decode()
        for secret in (SECRET, "Sensible", team.instructeur.full_name):
            assert secret not in page, name
    assert client.get(reverse("referencement:suivi", args=[nru])).status_code == 404
    for name in ("referencement:journee", "referencement:equipe"):
        assert client.get(reverse(name)).status_code == 404


def test_follow_up_page_labels_writes_and_gives(team: Team, sign_in: Any) -> None:
    client, url = sign_in(team.instructeur), reverse("referencement:suivi", args=[team.candidature.nru])

    client.post(url, {"geste": "etiquette", "nom": "Recours"})
    client.post(url, {"geste": "note", "text": SECRET})
    client.post(url, {"geste": "referent", "referent": team.instructeur.pk})

    page = client.get(url).content.decode()
    assert "Recours" in page
    assert SECRET in page
    assert NoteInterne.objects.get().written_by == team.instructeur
    pk = str(EtiquetteDeCandidature.objects.get().etiquette_id)
    listed = client.get(reverse("referencement:instruction"), {"etiquette": pk})
    assert [line.nru for line in listed.context["lines"]] == [team.candidature.nru]
    lost = client.post(url, {"geste": "note", "text": " ", "champ": "text"})
    assert lost.status_code == 422


@pytest.mark.parametrize("is_shared", [True, False])
def test_view_is_kept_shared_and_says_what_is_gone(team: Team, sign_in: Any, *, is_shared: bool) -> None:
    mine, anne = sign_in(team.instructeur), sign_in(somebody("Anne"))
    kept = {"liste": "referencement:instruction", "nom": "Mes retards", "query": "vue=moi&ancien=1"}
    mine.post(reverse("referencement:vue_new"), kept | ({"partagee": "1"} if is_shared else {}))
    vue = VueEnregistree.objects.get()

    listed = reverse("referencement:instruction")
    assert "Mes retards" in mine.get(listed).content.decode()
    assert ("Mes retards" in anne.get(listed).content.decode()) is is_shared
    assert "n’existent plus, ignorés\u00a0: ancien" in mine.get(f"{listed}?{vue.query}").content.decode().replace(
        "&nbsp;", "\u00a0"
    )
    anne.post(reverse("referencement:vue_drop", args=[vue.pk]))
    assert VueEnregistree.objects.exists()
    mine.post(reverse("referencement:vue_drop", args=[vue.pk]))
    assert not VueEnregistree.objects.exists()


def test_etiquette_that_no_candidature_bears_is_no_filter(team: Team) -> None:
    pose, listed = label(team, "Recours"), "referencement:instruction"
    assert offered_to(team.instructeur, listed).etiquettes == {str(pose.etiquette_id): "Recours"}

    remove_etiquette(pose_id=pose.pk, by=team.instructeur, at=AT)

    assert offered_to(team.instructeur, listed).etiquettes == {}


def test_view_that_a_closed_account_shared_is_dropped_by_anybody(team: Team, sign_in: Any) -> None:
    gone, anne, listed = somebody("Gaël"), somebody("Anne"), "referencement:instruction"
    common = {"liste": listed, "query": "vue=moi", "by": gone, "at": AT}
    shared, own = (keep_vue(nom=nom, is_shared=nom == "Retards", **common) for nom in ("Retards", "À moi"))
    drop = reverse("referencement:vue_drop", args=[shared.pk])
    client = sign_in(anne)
    assert drop not in client.get(reverse(listed)).content.decode()

    Compte.objects.filter(pk=gone.pk).update(is_active=False, closed_at=AT)
    assert drop in client.get(reverse(listed)).content.decode()
    for vue in (shared, own):
        client.post(reverse("referencement:vue_drop", args=[vue.pk]))

    assert list(VueEnregistree.objects.all()) == [own]


# -- the day ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("rows", [1, 3])
def test_day_shows_what_is_mine_for_the_same_queries(
    team: Team, sign_in: Any, django_assert_num_queries: Any, rows: int
) -> None:
    for number in range(rows):
        produit = make.a_produit(team.editeur, team.mandataire, f"Mistral {number}")
        candidature = make.a_dossier_handed_over(make.a_candidature(produit, team.mandataire), team.mandataire)
        by = {"by": team.instructeur, "at": AT}
        assign_referent(candidature_id=candidature.pk, compte_id=team.instructeur.pk, seen=None, **by)
    project_everything(at=AT)
    client = sign_in(team.instructeur)
    with clock.travel(AT):
        client.get(reverse("referencement:journee"))
        with django_assert_num_queries(MOST):
            answer = client.get(reverse("referencement:journee"))

    day = answer.context["day"]
    assert day.mine == rows
    assert len(day.threatened) + len(day.oldest) == rows
    assert {pile.name: pile.count for pile in day.piles}["volet_to_read"] == rows
    assert f'<span class="ps-count">{rows}</span>' in answer.content.decode()


MOST = 15
