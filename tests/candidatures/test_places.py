"""Where each key of a TOML text stands."""

import tomllib
from collections.abc import Iterator
from typing import Any

import pytest

from candidatures.catalogue.dispositifs import file_of, open_codes
from candidatures.catalogue.places import Path, in_words, line_of, lines_of

TEXT = '''# A comment with [brackets] and a = sign
nom = "Un # qui n’en est pas un" # [non]
"clé avec . point" = 1
a.b . c = 2

[table]
longue = """
[pas.une.table]
cle = "non" \\"""
fin""""
brute = \'\'\'
x = 1
\'\'\'\'
liste = [
  "un", # premier
  ["deux", { trois = 3 }],
]
dans = { champ = "proxy", "vaut" = { plus.loin = [1, 2] } }
instant = 2026-06-03T00:00:00

[[groupe]]
titre = 'a'

[[groupe.champs]]
code = "x"

[[groupe.champs]]
code = "y"

[groupe.champs.suite]
z = true

[[groupe]]
titre = "b"
[[groupe.champs]]
code = "z"
'''


def paths_of(value: Any, path: Path = ()) -> Iterator[Path]:
    """Every path of what `tomllib` read."""
    if path:
        yield path
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for step, held in items:
        yield from paths_of(held, (*path, step))


@pytest.mark.parametrize(
    ("path", "line"),
    [
        (("nom",), 2),
        (("clé avec . point",), 3),
        (("a", "b", "c"), 4),
        (("a",), 4),
        (("table",), 6),
        (("table", "longue"), 7),
        (("table", "brute"), 11),
        (("table", "liste"), 14),
        (("table", "liste", 0), 15),
        (("table", "liste", 1, 1, "trois"), 16),
        (("table", "dans", "vaut", "plus", "loin", 1), 18),
        (("table", "instant"), 19),
        (("groupe", 0, "titre"), 22),
        (("groupe", 0, "champs", 0, "code"), 25),
        (("groupe", 0, "champs", 1), 27),
        (("groupe", 0, "champs", 1, "suite", "z"), 31),
        (("groupe", 1), 33),
        (("groupe", 1, "champs", 0, "code"), 36),
    ],
)
def test_line_of_each_way_of_writing_a_key(path: Path, line: int) -> None:
    assert lines_of(TEXT)[path] == line


@pytest.mark.parametrize("text", [TEXT, TEXT.replace("\n", "\r\n"), TEXT.rstrip("\n"), "", "# rien"])
def test_every_path_has_a_line_and_nothing_else_has(text: str) -> None:
    assert set(lines_of(text)) == set(paths_of(tomllib.loads(text)))


@pytest.mark.parametrize("code", open_codes())
def test_every_path_of_a_dispositif_has_the_line_where_its_key_is_written(code: str) -> None:
    text = file_of(code).read_text(encoding="utf-8")
    written, lines = text.splitlines(), lines_of(text)

    assert set(lines) == set(paths_of(tomllib.loads(text)))
    for path, line in lines.items():
        keys = [step for step in path if isinstance(step, str)]
        assert keys[-1] in written[line - 1], path


def test_what_is_missing_is_looked_for_where_it_would_stand() -> None:
    lines = lines_of(TEXT)

    assert line_of(lines, ("groupe", 1, "champs", 0, "libelle")) == 35
    assert line_of(lines, ("charte", "texte")) == 1
    assert in_words(("groupe", 1, "champs", 0, "code")) == "groupe[2].champs[1].code"
