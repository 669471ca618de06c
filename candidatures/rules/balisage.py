"""The markup of the help: a short list of Markdown's constructions, and nothing of HTML.

Paragraphs, `##` titles, lists, tables, **strong**, *emphasis* and links. A link goes to `https://…`, to `mailto:…`, to
a fiche of the help (`aide:its-code`) or to a page of the portal (`portail:its-name`). Pure functions.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from functools import cache, lru_cache

from markdown_it import MarkdownIt
from markdown_it.token import Token

NBSP = "\u00a0"
# Each of these is one rule of the library; what is not named here stays plain text.
ALLOWED = ("heading", "list", "table", "emphasis", "link", "escape")
_LINK = re.compile(r"(?:aide:[a-z0-9-]+|portail:[a-z_]+|https://[^\s<>\"]+|mailto:[^\s<>\"]+)")
_WITHIN = re.compile(r"(?:aide|portail):")
_AFTER_A_SIGN = re.compile(r"(?<=\u00ab) ")
_BEFORE_A_SIGN = re.compile(r"(?<=[\w»)*\]]) (?=»|[:;!?]+(?:\s|[)*|\]]|$))")
_BETWEEN_LETTERS = re.compile(r"(?<=[^\W\d_])'(?=[^\W\d_])")
_HOURS = re.compile(r"(?<=\d) (?=h\b)|(?<=\dh) (?=\d)|(?<=\bh) (?=\d)")
FIRST_TITLE, LAST_TITLE = 2, 4

# The address of what a link names; None when nothing public is there.
Resolve = Callable[[str], str | None]


def typeset(text: str) -> str:
    """Put the apostrophes and the non-breaking spaces of French where a keyboard has none."""
    for pattern in (_AFTER_A_SIGN, _BEFORE_A_SIGN, _HOURS):
        text = pattern.sub(NBSP, text)
    return _BETWEEN_LETTERS.sub("’", text)


def render(text: str, resolve: Resolve, *, deeper: int = 0) -> str:
    """Return the HTML of a text. A link that leads nowhere is left out, and its words stay.

    :param deeper: how many levels under the page's own title its titles stand
    """
    tokens = _parser().parse(text)
    _lower_titles(tokens, deeper)
    _name_cells(tokens)
    for token in tokens:
        if token.children:
            token.children = list(_with_known_links(token.children, resolve))
    html: str = _parser().renderer.render(tokens, _parser().options, {})
    return html


def render_line(text: str, resolve: Resolve) -> str:
    """Return the HTML of one line, without a paragraph around it."""
    tokens = _parser().parseInline(text)
    for token in tokens:
        token.children = list(_with_known_links(token.children or [], resolve))
    html: str = _parser().renderer.render(tokens, _parser().options, {})
    return html


def links_within(text: str) -> tuple[str, ...]:
    """Return what a text names of the help and of the portal, once each, in order."""
    inline = (child for token in _parser().parse(text) for child in token.children or ())
    hrefs = (str(child.attrs["href"]) for child in inline if child.type == "link_open")
    return tuple(dict.fromkeys(href for href in hrefs if _WITHIN.match(href)))


@lru_cache(maxsize=512)
def plain_text(text: str) -> str:
    """Return the words of a text, without its markup."""
    inline = (token for token in _parser().parse(text) if token.type == "inline")
    return "\n".join("".join(child.content or " " for child in token.children or ()) for token in inline)


@cache
def _parser() -> MarkdownIt:
    parser = MarkdownIt("zero", {"html": False}).enable(list(ALLOWED))
    parser.validateLink = lambda url: _LINK.fullmatch(url) is not None  # type: ignore[method-assign]  # its documented way
    return parser


def _lower_titles(tokens: Sequence[Token], deeper: int) -> None:
    for token in tokens:
        if token.type in ("heading_open", "heading_close"):
            level = max(int(token.tag[1:]), FIRST_TITLE) + deeper
            token.tag = f"h{min(level, LAST_TITLE)}"


def _name_cells(tokens: Sequence[Token]) -> None:
    """Give each cell the name of its column, which a narrow screen shows beside it; the first one names its row."""
    names: list[str] = []
    column = 0
    for token, following in zip(tokens, [*tokens[1:], None], strict=True):
        if token.type == "table_open":
            token.attrSet("class", "ps-table")
            names = []
        elif token.type == "tr_open":
            column = 0
        elif token.type == "th_open":
            token.attrSet("scope", "col")
            names.append(words_of(following))
        elif token.type == "td_open":
            token.attrSet("data-label", names[column] if column < len(names) else "")
            if column == 0:
                token.tag = "th"
                token.attrSet("scope", "row")
            column += 1
        elif token.type == "td_close" and column == 1:
            token.tag = "th"


def words_of(token: Token | None) -> str:
    return "".join(child.content for child in (token.children if token else None) or ())


def _with_known_links(children: Sequence[Token], resolve: Resolve) -> Iterator[Token]:
    left_out = 0
    for token in children:
        if token.type == "link_open":
            href = str(token.attrs["href"])
            address = resolve(href) if _WITHIN.match(href) else href
            if address is None:
                left_out += 1
                continue
            token.attrSet("href", address)
            if href.startswith("https://"):
                token.attrSet("rel", "noopener noreferrer")
        elif token.type == "link_close" and left_out:
            left_out -= 1
            continue
        yield token
