"""The code of a page as HTML 5 asks for it: what a parser had to guess, and ids that are there twice."""

from collections import Counter
from collections.abc import Iterator

from lxml import html
from tinyhtml5.parser import HTMLParser


def faults_of(source: str) -> Iterator[str]:
    parser = HTMLParser()
    parser.parse(source)
    yield from (f"line {place[0]}: {error} {details or ''}".strip() for place, error, details in parser.errors)
    ids = Counter(html.document_fromstring(source).xpath("//@id"))
    yield from (f"id twice: {name}" for name, count in ids.items() if count > 1)
