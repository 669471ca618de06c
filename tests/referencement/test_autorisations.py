"""The access to the CNDA's tests: issued by the approval of the prerequisite chapitre, ended by its reopening."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse

from comptes import clock
from comptes.dates import day_in_words
from comptes.models import JournalEntry, Notice
from preuves.models import Chapitre
from preuves.operations.reouvertures import reopen_chapitre
from referencement import effects, sweeps
from referencement.enums import DocumentKind
from referencement.models import Autorisation, Document
from referencement.queries.signatures import documents_of
from referencement.queries.verification import verified_by_file, verified_by_number
from tests.factories import conventions
from tests.factories import preuves as prove
from tests.ground import standing
from tests.preuves.conftest import make_team_to_prove

from .conftest import PRINTS

MAT = "MAT"
DAY = timedelta(days=1)
APPROVED = prove.AUTUMN + DAY


team = standing(make_team_to_prove)


def approve(team):
    conventions.approve(team.candidature, team, MAT)


def settle(at=APPROVED + DAY):
    with clock.travel(at):
        return sweeps.settle_autorisations()


def told(kind):
    return Notice.objects.filter(kind=f"referencement.{kind}").count()


def test_approval_issues_a_dated_autorisation_once(team):
    assert settle(APPROVED - DAY) == 0
    approve(team)

    assert [settle(APPROVED + days * DAY) for days in (1, 2)] == [1, 0]

    autorisation = Autorisation.objects.get()
    document = autorisation.document
    chapitre = Chapitre.objects.get(dossier__candidature=team.candidature, code=MAT)
    assert (document.kind, document.numero) == (DocumentKind.AUTORISATION, f"AUT-{team.candidature.nru}-1")
    assert (autorisation.approved_at, document.issued_by) == (chapitre.concluded_at, team.instructeur)
    assert document.data["valide_le"] == chapitre.concluded_at.isoformat()
    assert told("autorisation_issued") == 3


def test_reopened_chapitre_ends_it_and_its_next_approval_issues_another(team):
    approve(team)
    settle()
    chapitre = Chapitre.objects.get(dossier__candidature=team.candidature, code=MAT)
    reopen_chapitre(
        chapitre_id=chapitre.pk,
        reason="Une preuve est périmée.",
        seen_version=chapitre.version,
        by=team.instructeur,
        at=APPROVED + 2 * DAY,
    )

    assert settle(APPROVED + 3 * DAY) == 1
    ended = Autorisation.objects.get()
    assert ended.ended_at == APPROVED + 3 * DAY
    assert settle(APPROVED + 4 * DAY) == 0
    assert told("autorisation_ended") == 3
    assert list(documents_of(team.candidature)) == []
    acts = JournalEntry.objects.filter(act="autorisation.ended").values_list("params__numero", flat=True)
    assert list(acts) == [f"AUT-{team.candidature.nru}-1"]


def test_autorisation_is_linked_from_the_page_and_no_query_more(team, sign_in):
    approve(team)
    settle()
    page = sign_in(team.salarie).get(reverse("referencement:candidature", args=[team.candidature.nru]))

    assert reverse("referencement:document", args=[f"AUT-{team.candidature.nru}-1"]) in page.content.decode()


@pytest.mark.parametrize("who", ["salarie", "instructeur"])
def test_gate_quotes_it_with_its_date_and_its_document_on_every_page(team, sign_in, who):
    approve(team)
    approved_at = Chapitre.objects.get(dossier__candidature=team.candidature, code=MAT).concluded_at
    reader = sign_in(getattr(team, who))
    names = ("guichets:page", "referencement:candidature")
    pages = {name: reverse(name, args=[team.candidature.nru]) for name in names}
    quoted = f"Autorisation délivrée le {day_in_words(approved_at)}"
    before = {name: reader.get(address).content.decode() for name, address in pages.items()}
    settle()
    after = {name: reader.get(address).content.decode() for name, address in pages.items()}

    assert [page.count(quoted) for page in (*before.values(), *after.values())] == [1, 1, 1, 1]
    address = reverse("referencement:document", args=[f"AUT-{team.candidature.nru}-1"])
    link = f'<a href="{address}">Lire l’autorisation</a>'
    assert (link in before["referencement:candidature"], link in after["referencement:candidature"]) == (False, True)


@PRINTS
def test_it_is_printed_and_verified_by_its_file_while_it_stands_and_after(team):
    approve(team)
    settle()
    document = Document.objects.get(kind=DocumentKind.AUTORISATION)
    effects.print_document(document.pk)
    file = document.fichiers.get()

    standing = verified_by_file(file.sha256, at=APPROVED + 6 * DAY)
    Autorisation.objects.update(ended_at=APPROVED + 5 * DAY)
    ended = verified_by_file(file.sha256, at=APPROVED + 6 * DAY)

    assert (standing.numero, standing.warning) == (document.numero, "")
    assert "n’est plus valable depuis le" in ended.warning
    assert verified_by_number(document.numero, at=APPROVED + 6 * DAY) is None


@pytest.mark.parametrize(
    "change",
    [
        {"ended_at": APPROVED},
        {"approved_at": APPROVED + 9 * DAY},
    ],
)
def test_instants_of_an_autorisation_follow(team, change):
    approve(team)
    settle()

    with pytest.raises(IntegrityError), transaction.atomic():
        Autorisation.objects.update(**change)
