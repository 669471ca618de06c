"""The French that people read, taken from the sources: templates, strings of the code, catalogues, scripts.

What measures it and what refuses a word read the same phrases (docs/redaction.md).
"""

from __future__ import annotations

import ast
import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from html import unescape
from pathlib import Path
from typing import Any

from django.conf import settings

ROOT = Path(settings.BASE_DIR)
CODE = ("comptes", "candidatures", "preuves", "guichets", "referencement", "segur_portal")
UNREAD = {"migrations", "management", "models", "demo", "sentences.py"}
FILLED = "…"  # where a value comes

COMMENT = re.compile(r"{% comment %}.*?{% endcomment %}|{#.*?#}|<!--.*?-->|<(script|style)\b.*?</\1>", re.DOTALL)
BLOCK = re.compile(
    r"</?(?:address|article|aside|blockquote|body|br|button|caption|dd|details|dialog|div|dl|dt|fieldset|figcaption|"
    r"footer|form|h[1-6]|head|header|hr|html|label|legend|li|link|main|meta|nav|ol|option|p|section|select|summary|"
    r"table|tbody|td|tfoot|th|thead|title|tr|ul)\b(?:{%.*?%}|{{.*?}}|\"[^\"]*\"|'[^']*'|[^>])*>",
    re.DOTALL | re.IGNORECASE,
)
INLINE = re.compile(r"<(?:{%.*?%}|{{.*?}}|\"[^\"]*\"|'[^']*'|[^>])*>", re.DOTALL)
TAG = re.compile(r"{%.*?%}", re.DOTALL)
BREAKING = re.compile(r"{%-?\s*(?:block|endblock|include|for|empty|endfor|partialdef|endpartialdef|partial|with)\b")
TERM = re.compile(r"{%\s*terme \"([\w-]+)\"(?: words=\"([^\"]*)\")?\s*%}")
VALUE = re.compile(r"{{.*?}}", re.DOTALL)
READ_ATTRIBUTE = re.compile(
    r"\s(?:aria-label|alt|title|placeholder|content|data-(?:confirm|label|words?|text|said|door|[a-z-]*sentence))="
    r"\"((?:{%.*?%}|{{.*?}}|[^\"])*)\"",
    re.DOTALL,
)
PLACE = re.compile(r"\{[\w.!:%]*\}")
ITEM = re.compile(r"\s*\n\s*(?:\n|(?=[-*#|]|\d+\.))\s*")  # between the paragraphs and the items of a help page
QUOTED = re.compile(r"\"([^\"]*)\"|'([^']*)'")
NOT_WORDS = re.compile(r"[a-z0-9_:./#?=&%{}<>\[\]|\\*+$^()@,;-]*", re.IGNORECASE)

ACCENTED = re.compile(r"[àâäçéèêëîïôöùûüœæÀÂÇÉÈÊËÎÏÔŒÙÛÜ«»’\u00a0\u202f]")
SMALL_WORDS = re.compile(
    r"\b(?:le|la|les|un|une|des|du|de|et|ou|vous|votre|vos|pour|au|aux|en|sur|par|est|sont|non|aucune?|mes|ce|cette|qui"
    r"|que|pas|avec|sans)\b",
    re.IGNORECASE,
)
ENGLISH = re.compile(r"\b(?:the|of|is|are|an|to|with|by|for|and|was|its|this|not|at)\b", re.IGNORECASE)
TITLE = re.compile(r"[A-ZÀ-Ý][a-zà-ÿ]+")


@dataclass(frozen=True)
class Phrase:
    """A text that people read; `path` is relative to the root."""

    path: str
    line: int
    text: str


def every_phrase() -> Iterator[Phrase]:
    """Yield what people read, file by file."""
    for path in sources():
        yield from phrases_of(path)


def sources() -> list[Path]:
    """List the files that hold sentences for people.

    Nobody reads what a model says of itself (the labels of states are in `enums`); the cast of the demonstration
    writes as people write; an earlier version of a document is printed again as it was issued.
    """
    templates = [*(ROOT / "templates").rglob("*.html"), *(ROOT / "templates").rglob("*.txt")]
    code = [path for app in CODE for path in (ROOT / app).rglob("*.py")]
    ours = [path for path in code if not UNREAD & set(path.relative_to(ROOT).parts)]
    catalogues = [*(ROOT / "catalogue").rglob("*.toml")]
    printed = [path for path in templates if "documents" in path.parts and not is_latest(path)]
    return sorted({*templates, *ours, *catalogues, *(ROOT / "static").glob("*.js")} - set(printed))


def is_latest(path: Path) -> bool:
    """Tell whether the template of a document, `documents/2/accuse.html`, is its latest version."""
    versions = path.parent.parent.glob(f"[0-9]*/{path.name}")
    return int(path.parent.name) == max(int(version.parent.name) for version in versions)


def phrases_of(path: Path) -> Iterator[Phrase]:
    """Yield the phrases of one file, in order."""
    text, name = path.read_text(), str(path.relative_to(ROOT))
    for line, phrase in sorted(set(READERS[path.suffix](text))):
        tidy = " ".join(unescape(phrase).split(" "))
        tidy = re.sub(r"[ \n\t]+", " ", tidy).strip()
        if re.search(r"[^\W\d_]{2}", tidy):
            yield Phrase(name, line, tidy)


def in_template(text: str) -> Iterator[tuple[int, str]]:
    """Yield the texts between tags of blocks, the attributes that are read, the strings given to components."""
    text = COMMENT.sub(lambda match: "\n" * match[0].count("\n"), text)
    text = TERM.sub(lambda match: match[2] or match[1], text)
    for match in READ_ATTRIBUTE.finditer(text):
        yield line_of(text, match.start()), filled(match[1])
    for match in TAG.finditer(text):
        for quoted in QUOTED.finditer(match[0]):
            phrase = quoted[1] or quoted[2] or ""
            if not NOT_WORDS.fullmatch(phrase) or TITLE.fullmatch(phrase):
                yield line_of(text, match.start()), phrase
    bare = BLOCK.sub(lambda match: "\0" + "\n" * match[0].count("\n"), text)
    bare = TAG.sub(lambda match: ("\0" if BREAKING.match(match[0]) else " ") + "\n" * match[0].count("\n"), bare)
    bare = INLINE.sub(lambda match: "\n" * match[0].count("\n"), VALUE.sub(FILLED, bare))
    yield from pieces(bare)


def in_letter(text: str) -> Iterator[tuple[int, str]]:
    """Yield the lines of a letter."""
    bare = COMMENT.sub(lambda match: "\n" * match[0].count("\n"), text)
    yield from pieces(VALUE.sub(FILLED, TAG.sub(" ", bare)).replace("\n", "\0\n"))


def in_code(text: str) -> Iterator[tuple[int, str]]:
    """Yield the French literals, but docstrings."""
    for line, phrase in literals(ast.parse(text)):
        if is_french(phrase):
            yield line, PLACE.sub(FILLED, phrase)


def in_catalogue(text: str) -> Iterator[tuple[int, str]]:
    """Yield the values that are texts."""
    for phrase in texts(tomllib.loads(text)):
        if not NOT_WORDS.fullmatch(phrase) or TITLE.fullmatch(phrase):
            yield from ((line_of(text, max(0, text.find(item))), item) for item in ITEM.split(phrase))


def in_script(text: str) -> Iterator[tuple[int, str]]:
    """Yield the French strings of a script."""
    bare = re.sub(r"^\s*//.*$", "", text, flags=re.MULTILINE)
    for match in re.finditer(r"\"((?:\\.|[^\"\\\n])*)\"|`((?:\\.|[^`\\])*)`", bare):
        phrase = re.sub(r"\$\{[^}]*\}", FILLED, match[1] or match[2] or "")
        if is_french(phrase):
            yield line_of(bare, match.start()), phrase


def is_french(text: str) -> bool:
    """Tell a French text from an English one, a code or a pattern."""
    if TITLE.fullmatch(text):
        return True
    if NOT_WORDS.fullmatch(text) or "\\" in text:
        return False
    return bool(ACCENTED.search(text) or (SMALL_WORDS.search(text) and not ENGLISH.search(text)))


def literals(tree: ast.Module) -> Iterator[tuple[int, str]]:
    """Yield the line and the text of each literal but docstrings, by line; a value that is filled in reads « … »."""
    inside: set[int] = set()
    texts_by_line: list[tuple[int, str]] = []
    for node in ast.walk(tree):
        if isinstance(node, ast.Expr):
            inside.add(id(node.value))
        if isinstance(node, ast.JoinedStr):
            inside |= {id(part) for part in node.values}
            parts = [str(part.value) if isinstance(part, ast.Constant) else FILLED for part in node.values]
            texts_by_line.append((node.lineno, "".join(parts)))
        elif isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in inside:
            texts_by_line.append((node.lineno, node.value))
    yield from sorted(texts_by_line)


def texts(value: Any) -> Iterator[str]:
    """Yield every text of a catalogue, however deep."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict | list):
        for inner in value.values() if isinstance(value, dict) else value:
            yield from texts(inner)


def pieces(text: str) -> Iterator[tuple[int, str]]:
    line = 1
    for piece in text.split("\0"):
        lead = len(piece) - len(piece.lstrip())
        yield line + piece[:lead].count("\n"), piece
        line += piece.count("\n")


def filled(text: str) -> str:
    return VALUE.sub(FILLED, TAG.sub(" ", text))


def line_of(text: str, start: int) -> int:
    return text.count("\n", 0, start) + 1


READERS = {".html": in_template, ".txt": in_letter, ".py": in_code, ".toml": in_catalogue, ".js": in_script}
