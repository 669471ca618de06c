"""What of a page cannot be seen, reached or pressed: the questions of reach.js, to evaluate in a browser."""

from pathlib import Path

_SOURCE = Path(__file__).with_name("reach.js").read_text(encoding="utf-8")

# WCAG 1.4.12: what a reader may set without losing anything.
TEXT_SPACING = """
  * { line-height: 1.5 !important; letter-spacing: 0.12em !important; word-spacing: 0.16em !important; }
  p { margin-bottom: 2em !important; }
"""
TWICE_THE_LETTERS = "html { font-size: 200% !important; }"
# The width of a sheet of A4 without its margins (static/styles/print.css), in pixels.
A4 = 703


def question(name: str) -> str:
    """Return a function of JavaScript that answers with the faults of a page, each in words."""
    return f"() => {{ {_SOURCE}\n return reach.{name}(); }}"


CUT = question("cut")
EVERYWHERE = {
    "too wide": question("tooWide"),
    "cut": CUT,
    "clipped": question("clipped"),
    "unreached": question("unreached"),
}
IN_HAND = {"focus": question("unfocused"), "small": question("tooSmall")}
PAPER = {"paper": question("onPaper")}
