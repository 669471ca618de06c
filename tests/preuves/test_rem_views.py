import io
import re
from datetime import date
from html import unescape
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import CommandError, call_command
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse

from comptes.enums import RoleANS
from comptes.models import Compte, JournalEntry
from preuves.models import ImportDuREM, VersionDuREM
from preuves.operations.imports import ImportClosed, correct_natures, discard_import, publish_import, send_workbook
from preuves.operations.rem import RemNotPublishable
from preuves.queries.dossier import dossier_of, latest_version, rem_of
from preuves.queries.impact import dossiers_of, impact_of
from preuves.queries.imports import imports_pending, preview_of, reading_of
from preuves.queries.presentations import presentations_of
from tests.candidatures.conftest import Team
from tests.factories import candidatures as make
from tests.factories import fichiers as some
from tests.factories import preuves as prove
from tests.factories.workbooks import a_row, a_sent_rem, a_workbook, rows_of
from tests.preuves.conftest import make_team_to_prove

DUI = "ms-dui-va2"

pytestmark = pytest.mark.django_db


@pytest.fixture
def administrateur() -> Compte:
    make.a_dispositif()
    return make.a_person(roles_ans=[RoleANS.ADMINISTRATEUR])


def a_colleague() -> Compte:
    """Somebody else who administers: two people publish a version."""
    return make.a_person(roles_ans=[RoleANS.ADMINISTRATEUR])


@pytest.fixture
def client(client: Client, administrateur: Compte) -> Client:
    return signed_in(client, administrateur)


def signed_in(client: Client, compte: Compte) -> Client:
    client.force_login(compte, backend="comptes.requests.PortalBackend")
    return client


def a_published(by: Compte, rows: list[dict[str, Any]], day: date = date(2026, 6, 1)) -> VersionDuREM:
    return publish(a_sent_rem(a_colleague(), rows, day), by)


def publish(sent: ImportDuREM, by: Compte, **changes: Any) -> VersionDuREM:
    latest = latest_version(DUI)
    seen = {"seen": reading_of(sent).spec.sha256, "latest_id": latest.pk if latest else 0}
    return publish_import(import_id=sent.pk, by=by, at=make.SUMMER, **(seen | changes))


def page_of(client: Client, sent: ImportDuREM, **query: str) -> str:
    return client.get(reverse("preuves:rem_preview", args=[sent.pk]), query).content.decode()


# -- from the form to the publication --------------------------------------------------------------------------------


def test_workbook_is_sent_previewed_and_published(client: Client, administrateur: Compte) -> None:
    file = SimpleUploadedFile("REM juin.xlsx", a_workbook(rows_of(1, 2)).getvalue())
    annotations = SimpleUploadedFile("a.toml", b'["MAT.01.01.01"]\nnature = "TEXTE"')

    answer = client.post(
        reverse("preuves:rem_import"),
        {"dispositif": DUI, "date": "2026-06-01", "workbook": file, "annotations": annotations},
    )

    sent = ImportDuREM.objects.get()
    assert answer["Location"] == reverse("preuves:rem_preview", args=[sent.pk])
    assert (sent.workbook_name, sent.date, sent.sent_by) == ("REM juin.xlsx", date(2026, 6, 1), administrateur)
    assert not VersionDuREM.objects.exists()
    assert client.get(reverse("preuves:rem")).content.decode().count("REM juin.xlsx") == 1

    reading = reading_of(sent)
    publish, seen = reverse("preuves:rem_publish", args=[sent.pk]), {"seen": reading.spec.sha256, "latest": "0"}
    answer = client.post(publish, seen, follow=True)
    assert "Une autre personne que celle qui a envoyé le classeur doit le publier." in answer.content.decode()
    assert "Publier cette version" not in page_of(client, sent)
    assert not VersionDuREM.objects.exists()

    colleague = make.a_person(roles_ans=[RoleANS.RESPONSABLE_INSTRUCTION])
    answer = signed_in(Client(), colleague).post(publish, seen, follow=True)

    version = VersionDuREM.objects.get()
    assert "est publié" in answer.content.decode()
    assert (version.published_by, version.sha256) == (colleague, reading.spec.sha256)
    assert [line[-1].nature for line in rem_of(version).spec.preuves()] == ["TEXTE", "VIDEO"]
    assert "REM juin.xlsx" not in client.get(reverse("preuves:rem")).content.decode()


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"workbook": ""}, "Ce champ est obligatoire"),
        ({"workbook": SimpleUploadedFile("rem.xlsm", some.XLSM)}, "macros"),
        ({"annotations": SimpleUploadedFile("a.toml", b"\xff\xfe")}, "UTF-8"),
        ({"annotations": SimpleUploadedFile("a.toml", b"a\0")}, "pas un fichier TOML"),
        ({"date": "demain"}, "date"),
    ],
)
def test_form_refuses_in_words(client: Client, changes: dict[str, Any], sentence: str) -> None:
    file = SimpleUploadedFile("rem.xlsx", a_workbook(rows_of(1)).getvalue())
    given = {"dispositif": DUI, "date": "2026-06-01", "workbook": file} | changes

    answer = client.post(reverse("preuves:rem_import"), given)

    assert sentence in answer.content.decode()
    assert not ImportDuREM.objects.exists()


def test_preview_of_a_workbook_that_is_none_says_so(client: Client, administrateur: Compte) -> None:
    sent = a_sent_rem(a_colleague(), [])
    sent.workbook.save("rem/none", io.BytesIO(b"ID;Chapitre"))

    page = page_of(client, sent)

    assert "n’est pas un classeur" in page
    assert "Publier cette version" not in page


# -- the preview -----------------------------------------------------------------------------------------------------


def test_preview_names_each_problem_with_its_cell(client: Client, administrateur: Compte) -> None:
    sent = a_sent_rem(a_colleague(), [a_row(), a_row(preuve="Autre <b>vidéo</b>.")])

    page = page_of(client, sent)

    assert "<code>J3</code>" in page
    assert "a un autre texte en J2." in page
    assert "Publier cette version" not in page


def test_preview_compares_word_by_word(client: Client, administrateur: Compte) -> None:
    a_published(administrateur, rows_of(1, 2, 3))
    rows = rows_of(2, 3, 4)
    rows[0]["Preuve"] = "Vidéo <script>x</script>du parcours & de la fin."

    page = page_of(client, a_sent_rem(a_colleague(), rows))

    assert "Vidéo du <del>scénario</del><ins>parcours &amp; de la fin</ins>." in page
    counts = [
        (label, number, len(changes.added), len(changes.changed), len(changes.removed))
        for label, number, changes in counted(rows)
    ]
    assert counts[-1] == ("Preuves", 3, 1, 1, 1)


def counted(rows: list[dict[str, Any]]) -> list[Any]:
    return preview_of(ImportDuREM.objects.order_by("-pk")[0]).counts


def test_preview_of_the_same_content_publishes_nothing(client: Client, administrateur: Compte) -> None:
    a_published(administrateur, rows_of(1))
    sent = a_sent_rem(a_colleague(), rows_of(1))

    assert "identique à celui de la dernière version" in page_of(client, sent)
    with pytest.raises(RemNotPublishable, match="rien à publier"):
        publish(sent, administrateur)


def test_preview_of_what_is_published_leads_to_its_version(client: Client, administrateur: Compte) -> None:
    version = a_published(administrateur, rows_of(1))

    answer = client.get(reverse("preuves:rem_preview", args=[version.imported_from.pk]))

    assert answer["Location"] == reverse("preuves:rem_version", args=[version.pk])


def test_preview_counts_what_each_dossier_gains_and_loses(client: Client, administrateur: Compte) -> None:
    team = make_team_to_prove()
    prove.a_deposit(team.candidature, team.salarie)
    dossier = dossiers_of(DUI).get()
    sent = a_sent_rem(a_colleague(), rows_of(1, 2, 3))

    [impact] = impact_of([dossier], reading_of(sent).spec)

    # Of the small REM, PA and PDS owe 4 preuves; MAT.01.01.01 stands in both.
    assert (impact.added, impact.dropped, impact.kept, impact.fallen) == (2, 3, 0, 0)
    assert team.candidature.nru in page_of(client, sent)


@pytest.mark.parametrize("confirm", [True, False])
def test_presentations_in_bulk_are_those_of_each_dossier(confirm: bool) -> None:
    team = make_team_to_prove(confirm=confirm)
    prove.a_deposit(team.candidature, team.salarie)
    dossier = dossier_of(team.candidature)
    assert dossier
    assert dossier.row

    assert presentations_of(list(dossiers_of(DUI))) == {dossier.row.pk: dossier.presentation}


# -- natures ---------------------------------------------------------------------------------------------------------


def test_nature_is_corrected_in_the_preview(client: Client, administrateur: Compte) -> None:
    sent = a_sent_rem(a_colleague(), [a_row(preuve="Ce qu’il faut."), *rows_of(2)])
    before = page_of(client, sent)

    client.post(reverse("preuves:rem_preview", args=[sent.pk]), {"nature-MAT.01.01.01": "CAPTURE"})

    sent.refresh_from_db()
    assert 'name="nature-MAT.01.01.01"' in before
    assert 'name="nature-MAT.02.01.01"' not in before
    assert sent.natures == {"MAT.01.01.01": "CAPTURE"}
    assert 'name="nature-MAT.01.01.01"' not in page_of(client, sent)


def test_natures_of_a_whole_chapitre_are_correctable(client: Client, administrateur: Compte) -> None:
    sent = a_sent_rem(a_colleague(), rows_of(1, 2))
    url = reverse("preuves:rem_preview", args=[sent.pk])

    page = page_of(client, sent, natures="PREREQUIS")
    client.post(f"{url}?natures=PREREQUIS", {"nature-MAT.01.01.01": "VIDEO", "nature-MAT.02.01.01": "TEXTE"})

    sent.refresh_from_db()
    assert page.count('name="nature-') == 2
    assert sent.natures == {"MAT.02.01.01": "TEXTE"}


@pytest.mark.parametrize("posted", [{}, {"nature-MAT.01.01.01": "FILM"}])
def test_nature_that_does_not_exist_is_refused(client: Client, administrateur: Compte, posted: dict[str, str]) -> None:
    sent = a_sent_rem(a_colleague(), [a_row(preuve="Ce qu’il faut.")])

    answer = client.post(reverse("preuves:rem_preview", args=[sent.pk]), posted)

    sent.refresh_from_db()
    assert answer.status_code == 409
    assert "Une de ces natures n’existe pas." in unescape(answer.content.decode())
    assert sent.natures == {}


def test_published_import_is_not_corrected(administrateur: Compte) -> None:
    version = a_published(administrateur, rows_of(1))

    with pytest.raises(ImportClosed):
        correct_natures(
            import_id=version.imported_from.pk, natures={"MAT.01.01.01": "TEXTE"}, by=administrateur, at=make.SUMMER
        )


# -- publishing what was seen ----------------------------------------------------------------------------------------


def test_what_was_not_previewed_is_not_published(administrateur: Compte) -> None:
    sent = a_sent_rem(a_colleague(), rows_of(1))
    seen = reading_of(sent).spec.sha256
    correct_natures(import_id=sent.pk, natures={"MAT.01.01.01": "TEXTE"}, by=administrateur, at=make.SUMMER)

    with pytest.raises(RemNotPublishable, match="L’aperçu a changé"):
        publish(sent, administrateur, seen=seen)


def test_version_published_meanwhile_asks_to_read_again(client: Client, administrateur: Compte) -> None:
    sent = a_sent_rem(a_colleague(), rows_of(1, 2))
    seen = reading_of(sent).spec.sha256
    a_published(administrateur, rows_of(1))

    answer = client.post(reverse("preuves:rem_publish", args=[sent.pk]), {"seen": seen, "latest": "0"}, follow=True)

    assert "L’aperçu a changé" in answer.content.decode()
    assert VersionDuREM.objects.count() == 1


def test_blocked_workbook_is_not_published(administrateur: Compte) -> None:
    sent = a_sent_rem(a_colleague(), [a_row(id=None)])

    with pytest.raises(RemNotPublishable, match="Corrigez d’abord les problèmes du classeur marqués"):
        publish(sent, administrateur)


def test_import_is_published_once(administrateur: Compte) -> None:
    version = a_published(administrateur, rows_of(1))

    with pytest.raises(ImportClosed):
        publish(version.imported_from, administrateur)


def test_earlier_date_is_refused_in_words(client: Client, administrateur: Compte) -> None:
    latest = a_published(administrateur, rows_of(1))
    sent = a_sent_rem(a_colleague(), rows_of(2), date(2026, 5, 1))
    posted = {"seen": reading_of(sent).spec.sha256, "latest": str(latest.pk)}

    answer = client.post(reverse("preuves:rem_publish", args=[sent.pk]), posted, follow=True)

    assert "une date plus récente" in answer.content.decode()


# -- reading ---------------------------------------------------------------------------------------------------------


def test_version_is_read_a_chapitre_at_a_time(client: Client, administrateur: Compte) -> None:
    rows = [*rows_of(1), a_row(id="B", numero_scenario="B.1", numero="B.1.1", chapitre="Autre", ordre=9)]
    version = a_published(administrateur, rows)
    url = reverse("preuves:rem_version", args=[version.pk])

    first, second = client.get(url).content.decode(), client.get(url, {"chapitre": "AUTRE"}).content.decode()

    assert ("MAT.01.01.01" in first, "B.1.1" in first) == (True, False)
    assert ("MAT.01.01.01" in second, "B.1.1" in second) == (False, True)
    assert client.get(url, {"chapitre": "X"}).status_code == 404


def test_responsable_reads_and_corrects_nothing(client: Client, administrateur: Compte) -> None:
    sent = a_sent_rem(a_colleague(), [a_row(preuve="Ce qu’il faut.")])
    signed_in(client, make.a_person(roles_ans=[RoleANS.RESPONSABLE_INSTRUCTION]))

    page = page_of(client, sent)
    home = client.get(reverse("preuves:rem")).content.decode()

    assert "Enregistrer ces natures" not in page
    assert "Importer un classeur" not in home
    administration = client.get(reverse("administration")).content.decode()
    assert f'href="{reverse("preuves:rem")}"' in administration
    assert client.post(reverse("preuves:rem_discard", args=[sent.pk])).status_code == 403
    assert client.post(reverse("preuves:rem_preview", args=[sent.pk])).status_code == 403


# -- queries ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("dossiers", [1, 3])
def test_preview_makes_as_many_queries_for_three_dossiers(
    client: Client, administrateur: Compte, dossiers: int, django_assert_num_queries: Any
) -> None:
    teams: list[Team] = [make_team_to_prove(confirm=True) for _ in range(dossiers)]
    for team in teams:
        prove.a_deposit(team.candidature, team.salarie)
    sent = a_sent_rem(a_colleague(), rows_of(1, 2))
    page_of(client, sent)

    with django_assert_num_queries(10):
        page_of(client, sent)


@pytest.mark.parametrize("versions", [1, 3])
def test_list_makes_as_many_queries_for_three_versions(
    client: Client, administrateur: Compte, versions: int, django_assert_num_queries: Any
) -> None:
    for number in range(versions):
        a_published(administrateur, rows_of(*range(1, number + 2)), date(2026, 6, number + 1))
        a_sent_rem(a_colleague(), rows_of(9))

    with django_assert_num_queries(6):
        client.get(reverse("preuves:rem"))


@pytest.mark.parametrize("preuves", [5, 40])
def test_version_makes_as_many_queries_for_forty_preuves(
    client: Client, administrateur: Compte, preuves: int, django_assert_num_queries: Any
) -> None:
    version = a_published(administrateur, rows_of(*range(1, preuves + 1)))
    url = reverse("preuves:rem_version", args=[version.pk])
    client.get(url)

    with django_assert_num_queries(8):  # of which 3 tell whether it may be withdrawn
        client.get(url)


# -- what is known, what is thrown away ------------------------------------------------------------------------------


def test_preview_says_what_nobody_annotated(client: Client, administrateur: Compte) -> None:
    annotations = '[chapitres]\n"Prérequis" = "MAT"\n["MAT.01.01.01"]\nnature = "TEXTE"'
    publish(a_sent_rem(a_colleague(), rows_of(1), date(2026, 6, 1), annotations), administrateur)
    new = [*rows_of(1, 2), a_row(id="B", numero_scenario="B.1", numero="B.1.1", chapitre="Autre", ordre=9)]

    page = page_of(client, a_sent_rem(a_colleague(), new))

    tally = " ".join(page[page.index('id="annotations"') : page.index("Leur nature est déduite")].split())
    assert [figure.split("</dd>")[0].strip() for figure in tally.split("<dd>")[1:]] == ["1", "2", "1"]
    assert 'name="nature-MAT.01.01.01"' not in page
    assert 'name="nature-MAT.02.01.01"' in page
    assert 'name="nature-B.1.1"' in page
    assert "Autre <code>AUTRE</code>" in " ".join(page.split())
    assert "Aucun chapitre n’est le prérequis" not in page
    sent = ImportDuREM.objects.order_by("-pk")[0]
    client.post(
        reverse("preuves:rem_preview", args=[sent.pk]), {"nature-MAT.02.01.01": "VIDEO", "nature-B.1.1": "TEXTE"}
    )
    sent.refresh_from_db()
    assert reading_of(sent).unannotated == ()
    assert "Toutes sont déduites du texte ou des annotations." in page_of(client, sent)


def test_preview_warns_that_no_chapitre_is_the_prerequisite(client: Client, administrateur: Compte) -> None:
    assert "La démarche attend un chapitre de code MAT." in page_of(client, a_sent_rem(a_colleague(), rows_of(1)))


def test_import_is_thrown_away_from_its_preview(client: Client, administrateur: Compte) -> None:
    sent = a_sent_rem(a_colleague(), rows_of(1))
    kept = a_sent_rem(a_colleague(), rows_of(2))
    url = reverse("preuves:rem_discard", args=[sent.pk])
    assert f'action="{url}"' in page_of(client, sent)

    answer = client.post(url, follow=True)

    sent.refresh_from_db()
    assert sent.discarded_by == administrateur
    assert sent.discarded_at
    assert "est abandonné" in answer.content.decode()
    assert list(imports_pending()) == [kept]
    entry = JournalEntry.objects.get(act="rem.import_discarded")
    assert (entry.address, entry.by_id) == (f"import_du_rem:{sent.pk}", administrateur.pk)
    page = page_of(client, sent)
    assert "Abandonné" in page
    assert str(administrateur) in page
    assert "Publier cette version" not in page
    assert f'action="{url}"' not in page


@pytest.mark.parametrize("end", ["publish", "discard"])
def test_import_that_ended_does_not_end_again(client: Client, administrateur: Compte, end: str) -> None:
    sent = a_sent_rem(a_colleague(), rows_of(1))
    if end == "publish":
        publish(sent, administrateur)
    else:
        discard_import(import_id=sent.pk, by=administrateur, at=make.SUMMER)
    word = "publié" if end == "publish" else "abandonné"

    with pytest.raises(ImportClosed, match=word):
        discard_import(import_id=sent.pk, by=administrateur, at=make.SUMMER)
    with pytest.raises(ImportClosed, match=word):
        publish(sent, administrateur)
    with pytest.raises(ImportClosed, match=word):
        correct_natures(import_id=sent.pk, natures={}, by=administrateur, at=make.SUMMER)
    answer = client.post(reverse("preuves:rem_discard", args=[sent.pk]), follow=True)
    assert f"Cet import est déjà {word}" in answer.content.decode()
    assert JournalEntry.objects.filter(act="rem.import_discarded").count() == (end == "discard")


def test_import_is_thrown_away_from_a_terminal(administrateur: Compte) -> None:
    sent = a_sent_rem(a_colleague(), rows_of(1))
    out = io.StringIO()

    call_command("discard_rem_import", stdout=out)
    call_command("discard_rem_import", str(sent.pk), stdout=out)

    sent.refresh_from_db()
    assert f"{sent.pk}  {DUI}  rem.xlsx" in out.getvalue()
    assert (sent.discarded_by, bool(sent.discarded_at)) == (None, True)
    for number, sentence in ((sent.pk, "déjà abandonné"), (0, "pas d’import n° 0")):
        with pytest.raises(CommandError, match=sentence):
            call_command("discard_rem_import", str(number), stdout=out)


@pytest.mark.parametrize(
    "changes", [{"discarded_at": make.SUMMER}, {"discarded_at": None, "published": None, "discarded_by": "somebody"}]
)
def test_database_refuses_two_ends(administrateur: Compte, changes: dict[str, Any]) -> None:
    sent = a_published(administrateur, rows_of(1)).imported_from
    for name, value in changes.items():
        setattr(sent, name, administrateur if value == "somebody" else value)

    with pytest.raises(IntegrityError), transaction.atomic():
        sent.save()


# -- what the eye does not see ---------------------------------------------------------------------------------------


def a_warned_import(by: Compte, **options: Any) -> ImportDuREM:
    """A workbook with a hidden row and a number typed with another dash."""
    rows = rows_of(1, 2)
    rows[0]["ID"] = "MAT\u201101"

    def hide(page: Any) -> None:
        page.row_dimensions[3].hidden = True

    return send_workbook(
        dispositif_code=DUI,
        workbook=SimpleUploadedFile("rem.xlsx", a_workbook(rows, change=hide).getvalue()),
        annotations="",
        date=date(2026, 7, 1),
        by=by,
        at=make.SUMMER,
        **options,
    )


def keys_of(sent: ImportDuREM) -> list[str]:
    return [warned.key for warned in reading_of(sent).warned]


def post(client: Client, sent: ImportDuREM, *ticked: str) -> Any:
    given = {"seen": reading_of(sent).spec.sha256, "latest": "0", "confirme": list(ticked)}
    return client.post(reverse("preuves:rem_publish", args=[sent.pk]), given, follow=True)


def test_preview_names_the_sheet_and_asks_for_each_warning(client: Client, administrateur: Compte) -> None:
    sent = a_warned_import(a_colleague())

    page = page_of(client, sent)

    assert "<strong>«&nbsp;Exigences&nbsp;»</strong>" in page
    assert "Des lignes masquées sont lues comme les autres." in page
    assert [f'value="{key}"' in page for key in keys_of(sent)] == [True, True]
    assert page.count('name="confirme"') == page.count("required") == 2


def test_preview_asks_nothing_of_whoever_may_not_publish(client: Client, administrateur: Compte) -> None:
    sent = a_warned_import(administrateur)
    page = page_of(client, sent)

    assert "Des lignes masquées sont lues comme les autres." in page
    assert 'name="confirme"' not in page


@pytest.mark.parametrize("number", [0, 1])
def test_nothing_is_published_before_each_warning_is_ticked(
    client: Client, administrateur: Compte, number: int
) -> None:
    sent = a_warned_import(a_colleague())
    ticked = keys_of(sent)[:number]

    page = post(client, sent, *ticked).content.decode()

    assert "Cochez d’abord chaque avertissement" in page
    assert len(re.findall(r"\schecked>", page)) == number
    assert not VersionDuREM.objects.exists()


def test_what_was_ticked_is_written_in_the_journal(client: Client, administrateur: Compte) -> None:
    sent = a_warned_import(a_colleague())

    post(client, sent, *keys_of(sent))

    entry = JournalEntry.objects.get(act="workbook.confirmed")
    assert (entry.by_id, entry.address) == (administrateur.pk, "rem:ms-dui-va2/2026-07-01")
    assert entry.params["cles"] == ", ".join(keys_of(sent))
    assert entry.params["avertissements"] == (
        "Des lignes masquées sont lues comme les autres. (ligne 3) "
        "Des numéros contiennent des tirets inhabituels\u00a0: ils sont lus comme le tiret du clavier. (B2)"
    )


def test_workbook_without_a_warning_is_published_without_a_confirmation(administrateur: Compte) -> None:
    a_published(administrateur, rows_of(1))

    assert not JournalEntry.objects.filter(act="workbook.confirmed").exists()


def test_ticks_of_another_workbook_confirm_nothing(client: Client, administrateur: Compte) -> None:
    sent = a_warned_import(a_colleague())

    page = post(client, sent, *keys_of(sent), "0" * 16).content.decode()

    assert "celles d’un autre aperçu" in page
    assert not VersionDuREM.objects.exists()


def test_terminal_confirms_by_key(administrateur: Compte, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    sent = a_warned_import(a_colleague())
    file = tmp_path / "rem.xlsx"
    with sent.workbook.open("rb") as stored:
        file.write_bytes(stored.read())
    command = ("import_rem", str(file), "--dispositif=ms-dui-va2", "--publish", "--version=2026-07-01")

    with pytest.raises(CommandError) as refused:
        call_command(*command)

    assert f"--confirm {' '.join(keys_of(sent))}" in str(refused.value)
    assert "feuille lue\u00a0: «\u00a0Exigences\u00a0»" in capsys.readouterr().out
    call_command(*command, "--confirm", *keys_of(sent))
    assert JournalEntry.objects.filter(act="workbook.confirmed").count() == 1


# -- many problems ---------------------------------------------------------------------------------------------------


def letters(number: int) -> str:
    """A number without a digit, that no other sentence says alike."""
    return "".join(chr(ord("A") + int(digit)) for digit in str(number))


def test_page_of_300_problems_is_light(client: Client, administrateur: Compte) -> None:
    rows = [
        a_row(id=f"EX{n}", exigence=None, numero_scenario=f"SC{n}", numero=f"PR{n}", preuve="À dire.", profil=f"Q{n}")
        for n in map(letters, range(100))
    ]
    sent = a_sent_rem(a_colleague(), rows)

    page = page_of(client, sent)

    reading = reading_of(sent)
    assert sum(problem.count for problem in reading.problems) >= 300
    assert len(page.encode()) < 40_000
    assert page.count('data-label="Problème"') == 50
    assert 'href="?problemes=2#problemes"' in page
    assert page_of(client, sent, problemes="2").count('data-label="Problème"') == 50


def test_what_is_said_of_many_cells_is_said_once(client: Client, administrateur: Compte) -> None:
    sent = a_sent_rem(a_colleague(), [row | {"Périmètre": None} for row in rows_of(*range(1, 231))])

    [problem] = [problem for problem in reading_of(sent).problems if problem.blocks]

    assert (problem.cell, problem.count, problem.more[:2]) == ("A2", 230, ("A3", "A4"))
    assert "A3, A4, A5" in page_of(client, sent)
    assert "et 209 autres" in page_of(client, sent)


def test_duplicates_are_named_by_their_two_cells(administrateur: Compte) -> None:
    rows = rows_of(*range(1, 9))
    for row in rows[4:]:
        row["N° preuve"] = "MAT.01.01.01"

    [problem] = [problem for problem in reading_of(a_sent_rem(a_colleague(), rows)).problems if problem.blocks]

    assert problem.sentence.startswith("Le N° preuve MAT.01.01.01 est déjà en J2, sous le scénario MAT.01.01.")
    assert (problem.cell, problem.there, problem.more) == ("J6", "J2", ("J7 et J2", "J8 et J2", "J9 et J2"))
