from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from candidatures.catalogue.dispositifs import FOLDER, spec_of
from candidatures.catalogue.faults import DispositifFileError
from candidatures.catalogue.reading import read_dispositif
from guichets.catalogue.guichets import FOLDER as DESKS
from guichets.catalogue.guichets import every_guichet, spec_of_guichet
from guichets.catalogue.reading import GuichetFileError, read_guichet
from guichets.enums import RoleEdcPsc
from guichets.rules.architecture import Additionnel, Architecture, requis
from guichets.rules.cadence import age_in_words, is_stale, jitter_of, next_pull, next_try

AT = datetime(2026, 11, 3, 9, 0, tzinfo=UTC)
CNDA, EDC_PSC = spec_of_guichet("cnda"), spec_of_guichet("edc_psc")
DUI = spec_of("ms-dui-va2")
OWN = Architecture(frozenset({"PA"}), "propre", "NIL-1", "EDC-U", "EDC-P")


# -- the pieces -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("role", "architecture", "codes"),
    [
        (RoleEdcPsc.UTILISATEUR, "propre", ["documentaires", "bas_psc", "outil_conformite", "intrusion"]),
        (RoleEdcPsc.UTILISATEUR, "tiers", ["documentaires", "bas_psc", "intrusion"]),
        (RoleEdcPsc.PROXY, "propre", ["documentaires", "bas_psc", "outil_conformite", "intrusion"]),
        (RoleEdcPsc.PROXY, "tiers", []),
    ],
)
def test_pieces_are_those_of_the_webinar(role, architecture, codes):
    assert [piece.code for piece in EDC_PSC.pieces[role, architecture]] == codes


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("[matrice.proxy]", "[matrice.greffier]"),
        ('"bas_psc", "intrusion"]', '"bas_psc", "serment"]'),
        ("tiers = []", ""),
        ("[pieces]", "[pieces"),
    ],
)
def test_matrix_that_says_something_else_is_refused(old, new):
    text = (DESKS / "edc_psc.toml").read_text()
    assert old in text

    with pytest.raises(GuichetFileError):
        read_guichet(text.replace(old, new))


# -- what is required -----------------------------------------------------------------------------------------------


def test_own_proxy_asks_for_both_habilitations_and_both_teleservices():
    demandes = requis(OWN, DUI)

    assert [(requise.objet.role, requise.numero, requise.is_third_party) for requise in demandes.of("edc_psc")] == [
        (RoleEdcPsc.UTILISATEUR, "EDC-U", False),
        (RoleEdcPsc.PROXY, "EDC-P", False),
    ]
    assert [(requise.objet.key, requise.nil) for requise in demandes.of("cnda")] == [
        ("cnda:/INSI", "NIL-1"),
        ("cnda:/DMP", "NIL-1"),
    ]


def test_third_party_proxy_is_required_and_asks_no_piece_of_the_candidate():
    user, proxy = requis(replace(OWN, proxy="tiers"), DUI).of("edc_psc")

    assert (proxy.is_third_party, proxy.numero, proxy.pieces) == (True, "EDC-P", ())
    assert [piece.code for piece in user.pieces] == ["documentaires", "bas_psc", "intrusion"]


@pytest.mark.parametrize(("profils", "concerned"), [({"AHI"}, False), ({"AHI", "PA"}, True), ({"PA"}, True)])
def test_ahi_is_out_of_the_edc_psc_only_alone(profils, concerned):
    demandes = requis(replace(OWN, profils=frozenset(profils)), DUI)

    assert bool(demandes.of("edc_psc")) is concerned
    assert [requise.objet.teleservice for requise in demandes.of("cnda")] == ["INSI", "DMP"]


def test_module_of_a_third_party_brings_its_nil_and_what_it_calls():
    module = Additionnel("Agenda", "NIL-M", True, ("DMP",))

    last = requis(replace(OWN, additionnels=(module,)), DUI).of("cnda")[-1]

    assert (last.objet.key, last.nil, last.is_third_party) == ("cnda:Agenda/DMP", "NIL-M", True)
    assert last.label == "Homologation CNDA DMP, Agenda"


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('sans-profils = ["AHI"]', 'sans-profils = ["XYZ"]'),
        ('defaut = ["INSI", "DMP"]', 'defaut = ["ORDO"]'),
        ('defaut = ["INSI", "DMP"]', 'XYZ = ["DMP"]'),
    ],
)
def test_dispositif_that_names_what_does_not_exist_is_refused(old, new):
    text = (FOLDER / "ms-dui-va2.toml").read_text()
    assert old in text

    with pytest.raises(DispositifFileError, match="n’est (pas l’un des|ni «\u00a0defaut\u00a0», ni l’un des)"):
        read_dispositif(text.replace(old, new))


def test_profil_may_ask_for_its_own_teleservices():
    text = (FOLDER / "ms-dui-va2.toml").read_text()

    spec = read_dispositif(text.replace('defaut = ["INSI", "DMP"]', 'defaut = ["INSI", "DMP"]\nPH = ["INSI"]'))

    assert (spec.guichets["cnda"].teleservices["PH"], spec.guichets["cnda"].teleservices["PA"]) == (
        ("INSI",),
        ("INSI", "DMP"),
    )


# -- the cadence ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("minutes = 240", "minutes = 0"),
        ("minutes = 240", 'minutes = "240"'),
        ("minutes = 240\n", ""),
        ("perime-minutes = 2880", "perime-minutes = true"),
    ],
)
def test_cadence_that_is_no_number_or_misses_a_stage_is_refused(old, new):
    text = (DESKS / "cnda.toml").read_text()
    assert old in text

    with pytest.raises(GuichetFileError):
        read_guichet(text.replace(old, new, 1))


@pytest.mark.parametrize("guichet", every_guichet(), ids=lambda spec: spec.code)
def test_every_stage_has_its_interval(guichet):
    assert set(guichet.cadence.every) == set(guichet.labels)


@pytest.mark.parametrize(("days", "hours"), [(-1, 4), (0, 1), (14, 1), (15, 4)])
def test_pulls_are_faster_near_an_echeance(days, hours):
    echeance = AT + timedelta(days=days)

    due = next_pull(CNDA.cadence, "pre_examen", at=AT, echeances=[echeance], jitter=0)

    assert due - AT == timedelta(hours=hours)


def test_jitter_is_between_0_and_1_and_spreads():
    drawn = [jitter_of(number, AT) for number in range(1000)]

    assert 0 <= min(drawn) < 0.01
    assert 0.99 < max(drawn) < 1
    assert next_pull(CNDA.cadence, "pre_examen", at=AT, echeances=[], jitter=1) == AT + timedelta(hours=3.2)


@pytest.mark.parametrize(("failures", "minutes"), [(1, 2), (2, 4), (6, 64), (7, 120), (500, 120)])
def test_tries_space_out(failures, minutes):
    assert next_try(at=AT, failures=failures, retry_after=None, jitter=0) == AT + timedelta(minutes=minutes)


@pytest.mark.parametrize(
    ("age", "sentence"),
    [
        (None, "jamais vérifié"),
        (timedelta(seconds=59), "vérifié à l’instant"),
        (timedelta(minutes=12), "vérifié il y a 12 minutes"),
        (timedelta(days=2, hours=3), "vérifié il y a 2 jours et 3 heures"),
    ],
)
def test_age_is_said_in_french(age, sentence):
    assert age_in_words(AT - age if age else None, at=AT) == sentence


@pytest.mark.parametrize(("seconds", "stale"), [(-1, False), (0, False), (1, True)])
def test_information_grows_old_after_two_days(seconds, stale):
    assert is_stale(AT, CNDA.cadence, at=AT + timedelta(days=2, seconds=seconds)) is stale
    assert is_stale(None, CNDA.cadence, at=AT)
