"""A dispositif's file is checked whole: every mistake at once, each with its line and its key; editors see the same."""

import re
import tomllib
from collections.abc import Iterator
from copy import deepcopy
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from candidatures.catalogue.champs import NUMERO
from candidatures.catalogue.coherence import READ, VARIABLES
from candidatures.catalogue.dispositifs import file_of, open_codes
from candidatures.catalogue.faults import DispositifFileError
from candidatures.catalogue.places import Path
from candidatures.catalogue.reading import faults_of, read_dispositif
from candidatures.catalogue.shape import SCHEMA, faults_of_shape, plain, schema
from candidatures.catalogue.volets import CHOICES, NATURES

DUI = "ms-dui-va2"
TEXTS = {code: file_of(code).read_text(encoding="utf-8") for code in open_codes()}
JUDGE = Draft202012Validator(schema())
CIVIL = "une heure civile de Paris, sans fuseau"
WRONG_TYPES: tuple[Any, ...] = ("", "x" * 400, -1, True, [3], {"inconnue": 1})


def mistakes_of(*changes: tuple[str, str], code: str = DUI) -> list[tuple[str, str, str]]:
    """Change the text of a dispositif; give, of each mistake, the line as it is written, the key and the sentence."""
    text = TEXTS[code]
    for before, after in changes:
        assert before in text, before
        text = text.replace(before, after, 1)
    written = text.splitlines()
    with pytest.raises(DispositifFileError) as refused:
        read_dispositif(text)
    return [(written[mistake.line - 1], mistake.key, mistake.sentence) for mistake in refused.value.mistakes]


@pytest.mark.parametrize(
    ("before", "after", "line", "key", "sentence"),
    [
        ("instant = 2027-10-01", "instant = 2026-09-30", "instant = 2026-09-30T12:00:00", "echeances.date-2.instant",
         "cette date vient avant celle de date-1."),
        ("instant = 2027-10-01T12:00:00", "instant = 2027-10-01T12:00:00Z", "instant = 2027-10-01T12:00:00Z",
         "echeances.date-2.instant",
         f"«\u00a02027-10-01T12:00:00+00:00\u00a0» ne convient pas\u00a0: il faut {CIVIL}."),
        ("instant = 2027-10-01T12:00:00", 'instant = "2027-10-01T12:00:00"', 'instant = "2027-10-01T12:00:00"',
         "echeances.date-2.instant", "une heure s’écrit sans guillemets."),
        ("Le référencement porte sur la version technique {version}", "Le {prix} de {version}", 'texte = """',
         "convention.articles[2].texte",
         f"la variable «\u00a0prix\u00a0» n’existe pas\u00a0; il y a {', '.join(VARIABLES)}."),
        ("{editeur} déclare", "{editeur déclare", 'texte = """', "convention.articles[3].texte",
         "une accolade est ouverte et pas fermée, ou fermée et pas ouverte."),
        ('sans-profils = ["AHI"]', 'sans-profils = ["XYZ"]', 'sans-profils = ["XYZ"]',
         "guichets.edc_psc.sans-profils[1]",
         "«\u00a0XYZ\u00a0» n’est pas l’un des profils, PA, PH, DOM, PDE, PDS, AHI."),
        ('defaut = ["INSI", "DMP"]', 'defaut = ["INSI", "ORDO"]', 'defaut = ["INSI", "ORDO"]',
         "guichets.cnda.teleservices.defaut[2]", "«\u00a0ORDO\u00a0» n’est pas l’un des téléservices, INSI, DMP."),
        ('defaut = ["INSI", "DMP"]', 'XYZ = ["DMP"]', 'XYZ = ["DMP"]', "guichets.cnda.teleservices.XYZ",
         "«\u00a0XYZ\u00a0» n’est ni «\u00a0defaut\u00a0», ni l’un des profils, PA, PH, DOM, PDE, PDS, AHI."),
        ('couloir = "Médico-social"\n', "", "#:schema ./dispositif.schema.json", "couloir",
         "cette clé manque\u00a0: le couloir."),
        ('[recours]', '[recour]', "[recour]", "recour",
         "cette clé n’existe pas ici\u00a0; peut-être «\u00a0recours\u00a0»."),
        ("obligatoire = false", "obligatoir = false", "obligatoir = false",
         "volets.administratif.sections[3].champs[7].obligatoir",
         "cette clé n’existe pas ici\u00a0; peut-être «\u00a0obligatoire\u00a0»."),
        ('nature = "immatriculation"', 'nature = "nombre"', 'nature = "nombre"',
         "volets.administratif.sections[3].champs[1].nature",
         f"«\u00a0nombre\u00a0» n’est pas l’un de {', '.join(NATURES)}."),
        ('code = "nil"', 'code = "nill"', "[volets.eligibilite]", "volets.eligibilite",
         "le portail lit la réponse au champ «\u00a0nil\u00a0», et aucun champ ne la demande."),
        ('liste = "profils"', "", "[[volets.administratif.sections.champs.colonnes]]",
         "volets.administratif.sections[4].champs[3].colonnes[3].liste",
         "un choix se fait dans une liste\u00a0: laquelle ?"),
        ('seulement-si = { champ = "proxy"', 'seulement-si = { champ = "autre"',
         'seulement-si = { champ = "autre", vaut = "tiers" }',
         "volets.eligibilite.sections[2].champs[2].seulement-si.champ",
         "aucun champ de ce volet n’a le code «\u00a0autre\u00a0»."),
        ('distinct = "immatriculation"', 'distinct = "numero"', 'distinct = "numero"',
         "volets.eligibilite.sections[4].champs[1].distinct", "«\u00a0numero\u00a0» n’est pas l’une de ses colonnes."),
        ('sans-objet-si-dispense-de = "edc_psc"', 'sans-objet-si-dispense-de = "mairie"',
         'sans-objet-si-dispense-de = "mairie"', "volets.eligibilite.sections[2].champs[1].sans-objet-si-dispense-de",
         "«\u00a0mairie\u00a0» n’est pas l’un des guichets de ce dispositif."),
        ('[volets.eligibilite]\nversion = "3"', '[volets.eligibilite]\nversion = ""', 'version = ""',
         "volets.eligibilite.version", "ce texte est vide\u00a0: il faut une version, de 1 à 20 signes."),
        ("jours-pour-repondre = 30", "jours-pour-repondre = 0", "jours-pour-repondre = 0",
         "referencement.jours-pour-repondre", "il en faut au moins 1\u00a0: un nombre de jours, de 1 à 365."),
    ],
)  # fmt: skip
def test_mistake_is_named_with_its_line_and_its_key(
    before: str, after: str, line: str, key: str, sentence: str
) -> None:
    assert (line, key, sentence) in mistakes_of((before, after))


def test_every_mistake_is_said_at_once() -> None:
    mistakes = mistakes_of(
        ("vague = 2", 'vague = "2"'),
        ("instant = 2027-10-01", "instant = 2026-09-30"),
        ("{jours} jours", "{prix} jours"),
        ('sans-profils = ["AHI"]', 'sans-profils = ["XYZ", "AHI", "ZZZ"]'),
        ('code = "responsable_nom"\nlibelle = "Nom"', 'code = "responsable_nom"'),
        ('code = "nie"', 'code = "nil"'),
    )

    assert [key for _, key, _ in mistakes] == [
        "vague",
        "volets.administratif.sections[1].champs[2].libelle",
        "echeances.date-2.instant",
        "guichets.edc_psc.sans-profils[1]",
        "guichets.edc_psc.sans-profils[3]",
        "convention.articles[7].texte",
        "volets.eligibilite.sections[3].champs[2].code",
        "volets.eligibilite",
    ]


def test_text_that_is_no_toml_says_where() -> None:
    with pytest.raises(DispositifFileError, match=r"^ce n’est pas du TOML.*line 2"):
        read_dispositif('code = "x"\nnom = \n')


# -- the schema that editors read --------------------------------------------------------------------------------------


@pytest.mark.parametrize("code", TEXTS)
def test_editor_finds_the_schema_and_nothing_wrong(code: str) -> None:
    first, *_ = TEXTS[code].splitlines()
    raw = tomllib.loads(TEXTS[code])

    assert (file_of(code).parent / first.removeprefix("#:schema ")).resolve() == SCHEMA
    assert list(JUDGE.iter_errors(plain(raw))) == []
    assert faults_of(raw) == []


def test_schema_is_one_and_lists_what_the_code_reads() -> None:
    Draft202012Validator.check_schema(schema())
    champ = schema()["$defs"]["champ"]["properties"]

    assert champ["nature"]["enum"] == list(NATURES)
    assert set(champ["liste"]["enum"]) == {
        *CHOICES, "profils", "profils_architecture", "teleservices", "dispositifs_vague_1"
    }  # fmt: skip
    assert NUMERO in champ["propose"]["enum"]
    assert set(schema()["properties"]["volets"]["properties"]) == set(READ)
    assert {**champ, "colonnes": None} == {**schema()["$defs"]["colonne"]["properties"], "colonnes": None}


def changed(raw: Any, path: Path, change: Any) -> Any:
    """A copy where what is at that path is replaced; or taken out, when `change` is absent."""
    whole = deepcopy(raw)
    *parents, last = path
    held = whole
    for step in parents:
        held = held[step]
    if change is ...:
        del held[last]
    else:
        held[last] = change
    return whole


def short(value: Any) -> Any:
    """The same file with two items at most in each list: the others have the same shape."""
    match value:
        case dict():
            return {key: short(held) for key, held in value.items()}
        case list():
            return [short(held) for held in value[-2:]]
        case _:
            return value


def paths_of(value: Any, path: Path = ()) -> Iterator[Path]:
    if path:
        yield path
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for step, held in items:
        yield from paths_of(held, (*path, step))


def test_reader_sees_what_the_schema_sees_and_nothing_else_of_the_shape() -> None:
    """Each key in turn is taken out, renamed, and given each wrong type."""
    raw = short(plain(tomllib.loads(TEXTS[DUI])))
    judged = 0
    for path in paths_of(raw):
        *parents, last = path
        others = [changed(raw, path, ...), *(changed(raw, path, value) for value in WRONG_TYPES)]
        if isinstance(last, str):
            others.append(changed(raw, (*parents, f"{last}É"), "en trop"))
        for other in others:
            theirs = {tuple(error.absolute_path) for error in JUDGE.iter_errors(other)}
            ours = {fault for fault, _ in faults_of_shape(other)}
            # The schema reports a missing or unknown key at its table; our reader reports it at the key itself.
            assert {fault for fault in ours if fault in theirs or fault[:-1] in theirs} == ours, path
            assert {
                fault for fault in theirs if any(path_of_ours[: len(fault)] == fault for path_of_ours in ours)
            } == theirs, path
            judged += bool(theirs)
    assert judged > 1000


@pytest.mark.parametrize("shape", [schema(), *schema()["$defs"].values()])
def test_what_is_asked_is_described(shape: dict[str, Any]) -> None:
    """Whoever writes the file reads, under the cursor, what each key means; mistakes quote it."""
    for name, asked in shape["properties"].items():
        assert "$ref" in asked or re.search(r"\S", asked["description"]), name
