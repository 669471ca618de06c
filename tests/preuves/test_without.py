"""What is off, absent, or hangs: preuves are deposited, submitted and approved all the same, and pages say so."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from html import unescape
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django import Settings

from comptes import clock
from preuves import effects, sweeps
from preuves.catalogue.rem import ChapitreSpec, RemSpec
from preuves.connectors import probe
from preuves.enums import AnalyseState, ChapitreState, LectureState, Nature, SondeState
from preuves.models import Analyse, Chapitre, LectureDeMachine, Revision, Sonde
from tests.candidatures.conftest import Team, make_team
from tests.factories import fichiers as some
from tests.factories import lectures, videos
from tests.factories import preuves as make
from tests.ground import standing

CAPTURE, FORM, VIDEO = (f"PRE.01.01.0{rank}" for rank in range(1, 4))
NATURES = {CAPTURE: Nature.CNDA, FORM: Nature.PENTEST, VIDEO: Nature.VIDEO}
GIVEN = {"evidence_date": "2026-10-20", "version_technique": "4.2.1", "seen": "0", "comment": ""}
CHILD = Path(probe.__file__).with_name("probe_child.py")
SignIn = Callable[..., Client]
Arrange = Callable[[Settings, pytest.MonkeyPatch, Path], None]

NOT_PROBED, NOT_SCANNED = "Fichier non vérifié", "Fichier non analysé : l’antivirus n’est pas activé."
NOT_READ = "Lecture automatique : <mark>non lu : elle n’est pas activée</mark>"
READ = "présente (« Société Bise ») et intacte"
NOT_READ_NOW = "Lecture automatique : <mark>non lu</mark>"
SHUT = "Il s’ouvrira une fois l’antivirus du portail activé, et vous n’avez rien à faire."


def team_to_examine() -> Team:
    specs = [make.a_preuve_spec(numero, nature) for numero, nature in NATURES.items()]
    make.a_rem(RemSpec((ChapitreSpec("PRE", "Prérequis", (make.an_exigence("PRE.01", *specs),)),)))
    team = make_team()
    team.candidature = make.a_candidature_to_prove(team.candidature, team.mandataire, team.instructeur)
    return team


team = standing(team_to_examine)


@pytest.fixture(autouse=True)
def it_is_autumn() -> Iterator[None]:
    with clock.travel(make.AUTUMN):
        yield


# -- what is at fault -----------------------------------------------------------------------------------------------


def nothing(settings: Settings, monkeypatch: pytest.MonkeyPatch, folder: Path) -> None:
    settings.TESSERACT = ""  # this machine may have none


def no_tesseract(settings: Settings, monkeypatch: pytest.MonkeyPatch, folder: Path) -> None:
    settings.TESSERACT = str(folder / "tesseract")


def probes_off(settings: Settings, monkeypatch: pytest.MonkeyPatch, folder: Path) -> None:
    settings.PROBES = False


def no_pyav(settings: Settings, monkeypatch: pytest.MonkeyPatch, folder: Path) -> None:
    """The library of videos is not installed: to import it fails."""
    settings.TESSERACT = ""
    lines = ["import runpy, sys", "sys.modules['av'] = None", f"sys.argv[0] = {str(CHILD)!r}"]
    lines += [f"sys.path.insert(0, {str(CHILD.parents[2])!r})", f"runpy.run_path({str(CHILD)!r}, run_name='__main__')"]
    (folder / "child.py").write_text("\n".join(lines))
    monkeypatch.setattr(probe, "CHILD", folder / "child.py")


def probes_hang(settings: Settings, monkeypatch: pytest.MonkeyPatch, folder: Path) -> None:
    (folder / "child.py").write_text("import time\ntime.sleep(60)\n")
    monkeypatch.setattr(probe, "CHILD", folder / "child.py")
    for act in (probe.look, probe.read):
        monkeypatch.setitem(act.__kwdefaults__, "seconds", 0.3)


def no_antivirus_by_choice(settings: Settings, monkeypatch: pytest.MonkeyPatch, folder: Path) -> None:
    """As in the demonstration."""
    settings.TESSERACT, settings.CLAMD_URL = "", "none"


def no_antivirus(settings: Settings, monkeypatch: pytest.MonkeyPatch, folder: Path) -> None:
    """As in a production where nobody gave its address."""
    settings.TESSERACT, settings.CLAMD_URL = "", ""


@dataclass(frozen=True)
class Case:
    """What is at fault, and what the pages of each preuve then say.

    :param sentences: by preuve, to both sides
    :param to_the_ans: by preuve, to whoever verifies it
    :param never: what no page says
    :param opens: whether the files can be downloaded
    """

    arrange: Arrange
    sentences: Mapping[str, str]
    to_the_ans: Mapping[str, str] = field(default_factory=dict)
    never: tuple[str, ...] = ()
    opens: bool = True


EACH = dict.fromkeys(NATURES, NOT_PROBED)
CASES = [
    Case(nothing, {FORM: READ}, {CAPTURE: NOT_READ}, (NOT_PROBED, SHUT)),
    Case(no_tesseract, {FORM: READ}, {CAPTURE: NOT_READ}, (NOT_PROBED, SHUT)),
    Case(probes_off, EACH, dict.fromkeys((CAPTURE, FORM), NOT_READ), (READ, SHUT)),
    Case(no_pyav, {VIDEO: NOT_PROBED, FORM: READ}, {CAPTURE: NOT_READ}, (SHUT,)),
    Case(probes_hang, EACH, dict.fromkeys((CAPTURE, FORM), NOT_READ_NOW), (READ, SHUT)),
    Case(no_antivirus_by_choice, dict.fromkeys(NATURES, NOT_SCANNED), {CAPTURE: NOT_READ}, (NOT_PROBED, SHUT)),
    Case(no_antivirus, dict.fromkeys(NATURES, SHUT), {CAPTURE: NOT_READ}, (NOT_SCANNED, "est en cours"), opens=False),
]


# -- the walk -------------------------------------------------------------------------------------------------------


def text_of(response: Any) -> str:
    assert response.status_code == 200
    return " ".join(unescape(response.content.decode()).replace("\u00a0", " ").split())


def page_of(team: Team, numero: str) -> str:
    return reverse("preuves:preuve", args=[team.candidature.nru, numero])


def review_of(team: Team, numero: str) -> str:
    return reverse("preuves:examen", args=[team.candidature.nru, "PRE"], query={"preuve": numero})


def act(team: Team, name: str) -> str:
    return reverse(f"preuves:{name}", args=[team.candidature.nru, "PRE"])


def deposit_all(team: Team, client: Client) -> None:
    files = {CAPTURE: ("a.png", lectures.a_desk_page()), FORM: ("a.pdf", lectures.a_signed_form())}
    files[VIDEO] = ("a.mp4", videos.a_video_of(seconds=1))
    for numero, (name, content) in files.items():
        sent = client.post(page_of(team, numero), GIVEN | {"fichiers": some.an_upload(name, content)})
        assert sent.status_code == 302, text_of(sent)
    for piece in team.candidature.pieces.order_by("pk"):
        for effect in (effects.scan_piece, effects.probe_piece, effects.draw_pages, effects.read_piece):
            effect(piece.pk)


LIKE_THE_OTHERS = pytest.mark.long(
    "tests/preuves/test_lectures.py::test_without_ocr_or_when_it_does_not_open_nothing_is_read"
)
RARE = (no_tesseract, no_pyav, no_antivirus_by_choice)


def mostly(cases: Iterable[Any], arrange: Callable[[Any], Arrange]) -> list[Any]:
    return [pytest.param(case, marks=LIKE_THE_OTHERS if arrange(case) in RARE else ()) for case in cases]


@pytest.mark.parametrize("case", mostly(CASES, lambda case: case.arrange), ids=lambda case: case.arrange.__name__)
def test_whatever_is_off_a_preuve_is_approved_and_pages_say_so(
    team: Team, sign_in: SignIn, settings: Settings, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, case: Case
) -> None:
    case.arrange(settings, monkeypatch, tmp_path)
    salarie, instructeur = sign_in(team.salarie), sign_in(team.instructeur)
    deposit_all(team, salarie)
    pages = {numero: text_of(salarie.get(page_of(team, numero))) for numero in NATURES}
    assert {numero: sentence in pages[numero] for numero, sentence in case.sentences.items()} == dict.fromkeys(
        case.sentences, True
    )
    assert salarie.post(act(team, "chapitre_submit")).status_code == 302
    chapitre = Chapitre.objects.get()
    assert chapitre.state == ChapitreState.SUBMITTED

    instructeur.post(act(team, "examen_claim"))
    reviews = {numero: text_of(instructeur.get(review_of(team, numero))) for numero in NATURES}
    told = [*case.sentences.items(), *case.to_the_ans.items()]
    assert [(numero, sentence) for numero, sentence in told if sentence not in reviews[numero]] == []
    assert [
        sentence for sentence in case.never for page in (*pages.values(), *reviews.values()) if sentence in page
    ] == []
    piece = team.candidature.pieces.order_by("pk")[0]
    download = instructeur.get(reverse("preuves:fichier", args=[team.candidature.nru, piece.pk]))
    assert (download.status_code == 200) is case.opens
    b"".join(download)  # closes the file
    for revision in Revision.objects.select_related("preuve").order_by("pk"):
        draft = {"numero": revision.preuve.numero, "sha256": revision.sha256, "avis": "accepted", "reason": ""}
        assert instructeur.post(act(team, "avis"), draft).status_code == 302
    chapitre.refresh_from_db()
    instructeur.post(act(team, "conclure"), {"version": chapitre.version})
    chapitre.refresh_from_db()
    assert chapitre.state == ChapitreState.APPROVED


@pytest.mark.parametrize(
    "arrange",
    mostly((probes_off, no_pyav, no_antivirus), lambda arrange: arrange),
    ids=lambda arrange: arrange.__name__,
)
def test_what_comes_back_takes_up_what_was_left(
    team: Team, sign_in: SignIn, settings: Settings, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, arrange: Arrange
) -> None:
    with monkeypatch.context() as meanwhile:
        before = settings.PROBES, settings.CLAMD_URL
        arrange(settings, meanwhile, tmp_path)
        deposit_all(team, sign_in(team.salarie))
    settings.PROBES, settings.CLAMD_URL = before[0], "none"
    for effect in (effects.scan_piece, effects.probe_piece, effects.read_piece):  # a broker hands them out
        monkeypatch.setattr(effect, "apply_async", lambda args, effect=effect, **_: effect(*args))
    with clock.travel(make.AUTUMN + sweeps.OLD):
        for sweep in (sweeps.take_up_pieces, sweeps.take_up_probes, sweeps.take_up_readings):
            sweep()

    assert set(Sonde.objects.values_list("state", flat=True).order_by("pk")) == {SondeState.READABLE}
    assert set(Analyse.objects.values_list("state", flat=True).order_by("pk")) == {AnalyseState.NOT_SCANNED}
    assert LectureDeMachine.objects.get(text__contains="Bise").state == LectureState.READ
