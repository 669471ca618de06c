"""The rules of phase 1, without a database."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from candidatures.catalogue.champs import Champ, ChampKind
from candidatures.catalogue.dispositifs import FOLDER, recours_of, spec_of
from candidatures.catalogue.faults import DispositifFileError
from candidatures.catalogue.reading import read_dispositif
from candidatures.rules import submission
from candidatures.rules.answers import NotAnAnswer, answer
from candidatures.rules.deadlines import Deadline, spell
from candidatures.rules.nru import is_nru, make_nru

ADMINISTRATIF = spec_of("ms-dui-va2").volets["administratif"]

DIGITS_AND_LETTERS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
NOON = datetime(2026, 10, 1, 10, 0, tzinfo=UTC)
DATE_1 = Deadline("Date 1", "Dépôt du dossier administratif", NOON, "1er octobre 2026 à 12 h")
CHOICES = {
    "profils": {"PA": "Personnes âgées", "PDS": "Personnes"},
    "dispositifs_vague_1": {"MS1": "MS1", "MS2": "MS2"},
}

FRENCH = {"pays": "FR", "identifiant": "552008443"}
BELGIAN = {"pays": "BE", "identifiant": "0403170701"}
COMPLETE: dict[str, Any] = {
    champ.code: {"aucun": True} if champ.kind is ChampKind.LIST else "rempli"
    for champ in ADMINISTRATIF.by_code.values()
    if champ.required
} | {"entreprise_immatriculation": FRENCH}


def facts(**changes: Any) -> submission.VoletFacts:
    given = {
        "spec": ADMINISTRATIF,
        "state": "draft",
        "answers": COMPLETE,
        "charte_accepted": True,
        "candidature_open": True,
        "first_submitted_at": None,
    }
    return submission.VoletFacts(**(given | changes))


def codes(at: datetime = NOON, **changes: Any) -> list[str]:
    obstacles = submission.obstacles_to_submit(facts(**changes), deadline=DATE_1, at=at)
    return [obstacle.code for obstacle in obstacles]


def test_dispositif_dates_are_noon_in_paris() -> None:
    spec = spec_of("ms-dui-va2")

    assert [echeance.at.astimezone(UTC) for echeance in spec.echeances] == [
        datetime(2026, 10, 1, 10, 0, tzinfo=UTC),
        datetime(2027, 10, 1, 10, 0, tzinfo=UTC),
        datetime(2028, 3, 15, 11, 0, tzinfo=UTC),
    ]


@pytest.mark.parametrize("code", ["inconnu", "../secret", ""])
def test_dispositif_unknown_is_refused(code: str) -> None:
    with pytest.raises(DispositifFileError):
        spec_of(code)


def test_dispositif_file_with_dates_out_of_order_is_refused() -> None:
    text = (FOLDER / "ms-dui-va2.toml").read_text(encoding="utf-8")
    text = text.replace("ouverture = 2026-06-03", "ouverture = 2026-12-01")

    with pytest.raises(
        DispositifFileError,
        match="ligne 16, .*\u00a0: cette date vient avant celle de l’ouverture",
    ):
        read_dispositif(text)


def test_recours_are_said_by_the_dispositif_and_await_counsel() -> None:
    recours = recours_of("ms-dui-va2")

    assert recours.is_draft is True
    assert [part.partition(" ")[0] for part in recours.paragraphs] == ["Vous", "Recours", "Recours"]
    assert "deux mois" in recours.paragraphs[0]


def test_editeur_has_at_least_a_day_to_answer() -> None:
    text = (
        (FOLDER / "ms-dui-va2.toml").read_text("utf-8").replace("jours-pour-repondre = 30", "jours-pour-repondre = 0")
    )

    with pytest.raises(DispositifFileError, match="referencement.jours-pour-repondre\u00a0: il en faut au moins 1"):
        read_dispositif(text)


@pytest.mark.parametrize("days", ["0", "-1", "91", "true", "15.0", '"15"'])
def test_dispositif_file_with_a_delai_that_is_no_number_of_days_is_refused(days: str) -> None:
    text = (FOLDER / "ms-dui-va2.toml").read_text(encoding="utf-8")
    written = "retour-avant-echeance-jours = 15"
    assert written in text

    with pytest.raises(DispositifFileError, match=r"delais.retour-avant-echeance-jours.*un nombre de jours, de 1 à 90"):
        read_dispositif(text.replace(written, f"retour-avant-echeance-jours = {days}"))


@pytest.mark.parametrize(
    ("offset", "in_time"),
    [
        (timedelta(seconds=-1), True),
        (timedelta(microseconds=-1), True),
        (timedelta(0), True),
        (timedelta(microseconds=1), False),
        (timedelta(seconds=1), False),
    ],
)
def test_deadline_at_noon(offset: timedelta, in_time: bool) -> None:
    assert DATE_1.is_met(NOON + offset) is in_time
    assert codes(at=NOON + offset) == ([] if in_time else ["late"])


def test_deadline_binds_the_first_submission_only() -> None:
    assert codes(at=NOON + timedelta(days=9), first_submitted_at=NOON - timedelta(days=1)) == []


def test_obstacles_of_the_whole_come_all_at_once() -> None:
    later = NOON + timedelta(seconds=1)
    assert codes(at=later, candidature_open=False, charte_accepted=False, state="submitted") == [
        "candidature_closed",
        "charte",
        "state",
        "late",
    ]


def test_obstacles_name_each_missing_champ_once() -> None:
    obstacles = submission.obstacles_to_submit(facts(answers={}), deadline=DATE_1, at=NOON)

    assert [obstacle.champ for obstacle in obstacles] == [
        champ.code for champ in ADMINISTRATIF.by_code.values() if champ.required
    ]


def test_obstacles_name_the_incomplete_line_of_a_list() -> None:
    lines = {"lignes": [{"identifiant": "W-1", "dispositif": "MS1", "profils": ["PA"]}, {"identifiant": "W-2"}]}
    obstacles = submission.obstacles_to_submit(
        facts(answers=COMPLETE | {"references_vague_1": lines}), deadline=DATE_1, at=NOON
    )

    assert [(obstacle.champ, "ligne 2" in obstacle.sentence) for obstacle in obstacles] == [
        ("references_vague_1", True)
    ] * 2


def test_progress_counts_required_champs() -> None:
    assert submission.progress(facts()) == (len(COMPLETE), len(COMPLETE))
    assert submission.progress(facts(answers={})) == (0, len(COMPLETE))


def test_fingerprint_ignores_order_and_silence() -> None:
    sha256 = submission.fingerprint_of_answers({"a": "1", "b": None, "c": "é"})

    assert sha256 == submission.fingerprint_of_answers({"c": "é", "a": "1"})
    assert sha256 != submission.fingerprint_of_answers({"c": "e", "a": "1"})


@pytest.mark.parametrize(
    ("kind", "typed", "value"),
    [
        (ChampKind.TEXT, "  Cap Autonomie ", "Cap Autonomie"),
        (ChampKind.TEXT, "", None),
        (ChampKind.TEXT, "e\u0301diteur", "éditeur"),
        (ChampKind.EMAIL, "Lea@Exemple.FR", "lea@exemple.fr"),
        (ChampKind.PHONE, "01 23 45 67 89", "0123456789"),
        (ChampKind.PHONE, "+33 (1) 23-45-67-89", "+33123456789"),
        (ChampKind.SIREN, "552 008 443", "552008443"),
        (ChampKind.SIREN, "732 829 320 00074", "732829320"),
        (ChampKind.POSTAL_CODE, " 35 000 ", "35000"),
        (ChampKind.POSTAL_CODE, "L-1855", "L-1855"),
        (ChampKind.POSTAL_CODE, "", None),
        (ChampKind.COMPANY, None, None),
        (ChampKind.COMPANY, {"pays": "FR", "identifiant": "552 008 443"}, FRENCH),
        (ChampKind.COMPANY, {"pays": "RE", "identifiant": "552008443"}, FRENCH),
        (ChampKind.COMPANY, FRENCH, FRENCH),
        (ChampKind.COMPANY, {"pays": "BE", "identifiant": "BE 0403.170.701"}, BELGIAN),
        (ChampKind.COMPANY, BELGIAN, BELGIAN),
        (ChampKind.COMPANY, {"pays": "BE", "identifiant": ""}, {"pays": "BE", "identifiant": ""}),
        (ChampKind.IDENTIFIER, "wiin-12/A  3", "wiin-12/A 3"),
        (ChampKind.YES_NO, "oui", True),
        (ChampKind.YES_NO, "non", False),
        (ChampKind.TEXT, "a\x00b\u202ec\nd", "abc d"),
        (ChampKind.TEXT, "\u200b\ufeff", None),
        (ChampKind.PARAGRAPH, "a\x00\r\n\u200bb", "a\nb"),
        (ChampKind.IDENTIFIER, "NIL\u2011\u200b1\u00a02", "NIL-1 2"),
        (ChampKind.YES_NO, "", None),
    ],
)
def test_answer_is_tidied(kind: ChampKind, typed: str, value: object) -> None:
    assert answer(Champ("x", "X", kind), typed, choices=CHOICES) == value


@pytest.mark.parametrize(
    ("kind", "typed", "sentence"),
    [
        (ChampKind.TEXT, "x" * 10_000_000, "pour 200 au maximum"),
        (ChampKind.EMAIL, "lea@", "pas complète"),
        (ChampKind.PHONE, "12", "dix chiffres"),
        (ChampKind.SIREN, "552008444", "clé de contrôle"),
        (ChampKind.SIREN, "55200844", "neuf chiffres"),
        (ChampKind.SIREN, "٥٥٢٠٠٨٤٤٣", "neuf chiffres"),
        (ChampKind.POSTAL_CODE, "35042 CEDEX 9", "CEDEX"),
        (ChampKind.POSTAL_CODE, "x" * 10_000_000, "10 signes au plus"),
        (ChampKind.COMPANY, {"pays": "FR", "identifiant": "000000000"}, "de personne"),
        (ChampKind.COMPANY, {"pays": "BE", "identifiant": "0403170702"}, "clé de contrôle"),
        (ChampKind.COMPANY, {"pays": "ZZ", "identifiant": ""}, "de la liste"),
        (ChampKind.COMPANY, {"pays": "US", "identifiant": "1" * 10_000_000}, "trois à 30"),
        (ChampKind.COMPANY, {"pays": "ZZ", "identifiant": "12345"}, "de la liste"),
        (ChampKind.IDENTIFIER, "<script>", "lettres"),
    ],
)
def test_answer_refused_says_why(kind: ChampKind, typed: str, sentence: str) -> None:
    with pytest.raises(NotAnAnswer, match=sentence):
        answer(Champ("x", "X", kind), typed, choices=CHOICES)


REFERENCES = ADMINISTRATIF.by_code["references_vague_1"]


@pytest.mark.parametrize(
    ("typed", "value"),
    [
        (None, None),
        ({"lignes": []}, None),
        ({"lignes": [{"identifiant": " "}]}, None),
        ({"aucun": True, "lignes": []}, {"aucun": True}),
        (
            {"lignes": [{"identifiant": "W-1", "dispositif": "MS1", "profils": ["PDS", "PA"]}, {}]},
            {"lignes": [{"identifiant": "W-1", "dispositif": "MS1", "profils": ["PA", "PDS"]}]},
        ),
    ],
)
def test_list_has_three_states(typed: Any, value: Any) -> None:
    assert answer(REFERENCES, typed, choices=CHOICES) == value


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ({"aucun": True, "lignes": [{"identifiant": "W-1"}]}, "Gardez l’un ou l’autre"),
        ({"lignes": [{"identifiant": "W-1"}, {"dispositif": "MS9"}]}, "Ligne 2, «\u00a0Dispositif\u00a0»"),
        ({"lignes": [{"profils": ["XX"]}]}, "n’est pas dans la liste"),
    ],
)
def test_list_refused_says_which_line(typed: Any, sentence: str) -> None:
    with pytest.raises(NotAnAnswer, match=sentence):
        answer(REFERENCES, typed, choices=CHOICES)


def test_nru_is_readable() -> None:
    assert make_nru("DUI", year=2026, number=42) == "DUI-2026-00042-B"


@given(number=st.integers(1, 99_999), place=st.integers(0, 13), other=st.sampled_from(DIGITS_AND_LETTERS))
def test_nru_with_one_wrong_character_is_refused(number: int, place: int, other: str) -> None:
    good = make_nru("DUI", year=2026, number=number)
    body = good.replace("-", "")
    place %= len(body)
    wrong = body[:place] + other + body[place + 1 :]
    if wrong == body:
        return

    assert is_nru(good)
    assert not is_nru(f"{wrong[:3]}-{wrong[3:7]}-{wrong[7:-1]}-{wrong[-1]}")


@pytest.mark.parametrize(
    ("duration", "sentence"),
    [
        (timedelta(0), "moins d’une minute"),
        (timedelta(minutes=1), "1 minute"),
        (timedelta(hours=24, minutes=30), "1 jour et 30 minutes"),
        (timedelta(days=12, hours=3, minutes=4), "12 jours et 3 heures"),
        (timedelta(days=365), "365 jours"),
    ],
)
def test_duration_in_words(duration: timedelta, sentence: str) -> None:
    assert spell(duration) == sentence
