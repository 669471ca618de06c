"""A preuve is given to a colleague, who is told, and finds it among those that are theirs."""

from collections.abc import Callable
from datetime import date, timedelta
from types import SimpleNamespace

import pytest
from django.test import Client
from django.urls import reverse

from comptes.models import Compte, JournalEntry, Notice
from comptes.operations.rattachements import detach
from preuves.enums import Act
from preuves.models import PreuveConfiee
from preuves.operations.confiees import PreuvesNotGiven, give_preuves
from preuves.queries.confiees import confiees_of
from tests.candidatures.conftest import Team
from tests.factories import preuves as make

DAY = date(2026, 11, 20)
MAT = ("MAT.01.01.01", "MAT.01.01.02")


def given(team: Team, *numeros: str, to: int | None, before: date | None = None, after: int = 0) -> int:
    return give_preuves(
        candidature_id=team.candidature.pk,
        numeros=numeros,
        compte_id=to,
        before=before,
        by=team.mandataire,
        at=make.AUTUMN + timedelta(minutes=after),
    )


def test_a_colleague_is_told_once_of_what_they_must_bring(team: Team) -> None:
    before = JournalEntry.objects.count()

    assert given(team, *MAT, to=team.salarie.pk, before=DAY) == 2
    assert given(team, *MAT, to=team.salarie.pk, before=DAY, after=1) == 0

    assert {numero: held.label for numero, held in confiees_of(team.candidature).items()} == dict.fromkeys(
        MAT, "Sami Leroy, avant le 20\u00a0novembre 2026"
    )
    assert JournalEntry.objects.count() == before + 1
    assert JournalEntry.objects.order_by("pk").last().act == Act.PREUVES_GIVEN  # type: ignore[union-attr]  # there is one
    told = Notice.objects.filter(kind="preuves.preuves_given")
    assert [notice.email for notice in told] == [team.salarie.email]


def test_nobody_is_told_of_what_they_take_for_themselves(team: Team) -> None:
    given(team, MAT[0], to=team.mandataire.pk)

    assert not Notice.objects.filter(kind="preuves.preuves_given").exists()


def test_a_colleague_who_leaves_holds_nothing(team: Team) -> None:
    given(team, MAT[0], to=team.salarie.pk)
    detach(rattachement_id=team.salarie.rattachements.get().pk, by=team.mandataire, at=make.AUTUMN)

    assert confiees_of(team.candidature) == {}


def test_a_preuve_is_taken_back(team: Team) -> None:
    given(team, MAT[0], to=team.salarie.pk, before=DAY)

    assert given(team, MAT[0], to=None, after=1) == 1
    assert confiees_of(team.candidature) == {}
    assert PreuveConfiee.objects.get().before is None


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"numeros": ()}, "Cochez au moins une preuve."),
        ({"numeros": ("MAT.99",)}, "Aucune preuve n’est à déposer sous\u00a0: MAT.99."),
        ({"to": "stranger"}, "Cette personne ne travaille pas sur cette solution"),
        ({"to": "newcomer"}, "Cette personne ne travaille pas sur cette solution"),
        ({"before": date(2026, 11, 1)}, "Cette date est passée"),
    ],
)
def test_what_cannot_be_given(team: Team, changes: dict[str, object], reason: str) -> None:
    asked = SimpleNamespace(**({"numeros": MAT, "to": "salarie", "before": None} | changes))

    with pytest.raises(PreuvesNotGiven, match=reason):
        given(team, *asked.numeros, to=getattr(team, asked.to).pk, before=asked.before)
    assert not PreuveConfiee.objects.exists()


def test_the_lists_of_a_dossier_are_asked_in_their_address(team: Team, sign_in: Callable[[Compte], Client]) -> None:
    given(team, MAT[1], to=team.salarie.pk, before=DAY)
    make.a_deposit(team.candidature, team.salarie, MAT[1])
    client = sign_in(team.salarie)
    dossier = reverse("preuves:dossier", args=[team.candidature.nru])
    chapitre = reverse("preuves:chapitre", args=[team.candidature.nru, "MAT"])

    def shown(address: str) -> set[str]:
        page = client.get(address).content.decode()
        return {numero for numero in (*MAT, "INS.01.01.01") if f'<tr id="{numero}">' in page}

    assert shown(dossier) == set()
    assert shown(f"{dossier}?etat=a_moi") == {MAT[1]}
    assert shown(f"{dossier}?etat=a_deposer") == {MAT[0], "INS.01.01.01"}
    assert shown(f"{dossier}?q=copies+ecran") == {"INS.01.01.01"}
    assert shown(f"{dossier}?nature=MOTCO2&etat=a_deposer") == {MAT[0]}
    assert shown(chapitre) == set(MAT)
    assert shown(f"{chapitre}?etat=a_moi") == {MAT[1]}
    assert shown(f"{chapitre}?q=introuvable") == set()
    page = client.get(chapitre).content.decode()
    assert "Sami Leroy, avant le 20\u00a0novembre 2026" in page
    assert "Identité nationale de santé" in page, "The menu names the other chapitres."


def test_somebody_gives_preuves_from_the_page(team: Team, sign_in: Callable[[Compte], Client]) -> None:
    client = sign_in(team.mandataire)
    address = reverse("preuves:give", args=[team.candidature.nru, "MAT"])

    client.post(address, {"preuves": list(MAT), "compte": team.salarie.pk, "before": "2027-11-20"})
    assert set(confiees_of(team.candidature)) == set(MAT)
    refused = client.post(address, {"preuves": ["MAT.99"], "compte": team.salarie.pk})
    assert "Aucune preuve n’est à déposer sous" in refused.content.decode()
    assert client.post(address, {"preuves": list(MAT), "compte": "x"}).status_code == 409
    assert set(confiees_of(team.candidature)) == set(MAT)


def test_date_that_is_refused_is_given_back_with_its_reason(team: Team, sign_in: Callable[[Compte], Client]) -> None:
    client = sign_in(team.mandataire)
    address = reverse("preuves:give", args=[team.candidature.nru, "MAT"])

    misread = client.post(address, {"preuves": list(MAT), "compte": team.salarie.pk, "before": "le 32 mars"})
    unknown = client.post(address, {"preuves": ["MAT.99"], "compte": team.salarie.pk, "before": "2027-11-20"})

    for answer, typed in ((misread, "le 32 mars"), (unknown, "2027-11-20")):
        assert answer.status_code == 409
        page = answer.content.decode()
        assert f'value="{typed}"' in page
        assert f'<option value="{team.salarie.pk}" selected>' in page
    assert confiees_of(team.candidature) == {}
