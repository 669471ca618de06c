"""A version of the REM that nobody follows is withdrawn; a workbook that cannot be published is deleted."""

from datetime import date
from typing import Any

import pytest
from django.urls import reverse

from candidatures.models.piece import private_storage
from comptes.enums import RoleANS
from comptes.models import Compte, JournalEntry
from preuves.catalogue.rem import RemSpec
from preuves.models import DossierDePreuves, ImportDuREM
from preuves.operations.imports import ImportClosed, delete_import, discard_import, publish_import
from preuves.operations.rem import RemNotPublishable, publish_rem
from preuves.operations.retraits import NotWithdrawn, withdraw_rem
from preuves.queries.dossier import latest_version
from preuves.queries.imports import reading_of
from tests.factories import candidatures as make
from tests.factories import preuves as prove
from tests.factories.candidatures import DUI
from tests.factories.workbooks import a_row, a_sent_rem, rows_of

pytestmark = pytest.mark.django_db
REASON = "Un énoncé est faux."


@pytest.fixture
def administrateur() -> Compte:
    make.a_dispositif()
    return make.a_person(roles_ans=[RoleANS.ADMINISTRATEUR])


def withdraw(version_id: int, by: Compte, reason: str = REASON) -> None:
    withdraw_rem(version_id=version_id, reason=reason, by=by, at=make.SUMMER)


def test_withdrawn_version_is_followed_by_nobody_and_stays_in_the_history(administrateur: Compte, sign_in: Any) -> None:
    first = prove.a_rem()
    second = prove.a_rem(RemSpec(prove.a_rem_spec().chapitres[:1]), day=date(2026, 6, 20))
    assert latest_version(DUI) == second

    answer = sign_in(administrateur).post(
        reverse("preuves:rem_withdraw", args=[second.pk]), {"motif": REASON}, follow=True
    )

    assert "est retiré" in answer.content.decode()
    assert latest_version(DUI) == first
    page = sign_in(administrateur).get(reverse("preuves:rem_version", args=[second.pk])).content.decode()
    assert "Version retirée" in page
    assert REASON in page
    assert JournalEntry.objects.filter(act="rem.withdrawn").count() == 1
    with pytest.raises(NotWithdrawn, match="déjà retirée"):
        withdraw(second.pk, administrateur)
    again = RemSpec(prove.a_rem_spec().chapitres[:1])
    with pytest.raises(RemNotPublishable, match="a été retirée"):
        publish_rem(dispositif_code=DUI, spec=again, date=date(2026, 6, 20), by=None, at=make.SUMMER)


def test_version_that_a_dossier_follows_is_not_withdrawn(administrateur: Compte) -> None:
    version = prove.a_rem()
    editeur = make.an_editeur()
    mandataire = make.a_person(editeur, "mandataire")
    candidature = make.a_candidature(make.a_produit(editeur, mandataire), mandataire)
    DossierDePreuves.objects.create(
        candidature=candidature, version=version, opened_at=make.SUMMER, pinned_at=make.SUMMER
    )

    with pytest.raises(NotWithdrawn, match="suivent déjà cette version"):
        withdraw(version.pk, administrateur)


def test_withdrawal_gives_its_reason_and_is_not_for_everybody(administrateur: Compte) -> None:
    version = prove.a_rem()

    with pytest.raises(NotWithdrawn, match="Indiquez pourquoi"):
        withdraw(version.pk, administrateur, " ")
    with pytest.raises(NotWithdrawn, match="Seul un administrateur"):
        withdraw(version.pk, make.a_person(roles_ans=[RoleANS.INSTRUCTEUR]))


def test_blocked_workbook_is_deleted_with_its_file(
    administrateur: Compte, sign_in: Any, django_capture_on_commit_callbacks: Any
) -> None:
    sent = a_sent_rem(administrateur, [a_row(id=None)])
    name = sent.workbook.name
    assert private_storage().exists(name)

    with django_capture_on_commit_callbacks(execute=True):
        sign_in(administrateur).post(reverse("preuves:rem_delete", args=[sent.pk]))

    assert not ImportDuREM.objects.exists()
    assert not private_storage().exists(name)
    assert JournalEntry.objects.filter(act="rem.import_deleted").count() == 1


def test_workbook_that_may_be_published_is_thrown_away_first(administrateur: Compte) -> None:
    sent = a_sent_rem(administrateur, rows_of(1))

    with pytest.raises(RemNotPublishable, match="Abandonnez d’abord"):
        delete_import(import_id=sent.pk, by=administrateur, at=make.SUMMER)
    discard_import(import_id=sent.pk, by=administrateur, at=make.SUMMER)
    delete_import(import_id=sent.pk, by=administrateur, at=make.SUMMER)
    assert not ImportDuREM.objects.exists()


def test_published_workbook_is_kept(administrateur: Compte) -> None:
    sent = a_sent_rem(administrateur, rows_of(1))
    seen = reading_of(sent).spec.sha256
    publish_import(import_id=sent.pk, seen=seen, latest_id=0, by=make.a_person(), at=make.SUMMER)

    with pytest.raises(ImportClosed):
        delete_import(import_id=sent.pk, by=administrateur, at=make.SUMMER)
