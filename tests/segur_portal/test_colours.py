"""The colours of tokens.css, in the light and in the dark: what is read on what, and the contrast that it needs."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import settings

TOKENS = (Path(settings.BASE_DIR) / "static" / "styles" / "tokens.css").read_text(encoding="utf-8")
COLOUR = re.compile(r"--(ps-[\w-]+):\s*(#[0-9a-f]{3,6});")
TEXT, LABEL, LINE = 7.0, 4.5, 3.0
STATES = ("neutral", "info", "desk", "attention", "success", "danger")
GUICHETS = ("segur", "cnda", "edc")


def pairs() -> Iterator[tuple[str, str, float]]:
    """Yield what is drawn, what it is drawn on, and the least contrast between both."""
    for ground in ("paper", "ground", "action-ground"):
        yield from ((word, ground, TEXT) for word in ("ink", "title"))
    yield from (("ink-soft", ground, LABEL) for ground in ("paper", "ground", "ground-strong", "action-ground"))
    yield from (("ink", "ground-strong", TEXT), ("on-night", "night", TEXT), ("on-night-soft", "night", TEXT))
    yield from (("on-night-soft", "night-deep", TEXT), ("on-night-accent", "night", LABEL))
    yield from (("night-deep", ground, LABEL) for ground in ("on-night", "on-night-soft", "on-night-accent"))
    for act, strong in (("action", "action-strong"), ("danger", "danger-strong")):
        yield from ((f"on-{act}", ground, LABEL) for ground in (act, strong))
        yield from ((word, ground, LABEL) for word in (act, strong) for ground in ("paper", "ground"))
    yield from ((word, "action-ground", LABEL) for word in ("action", "action-strong"))
    yield from (("line-strong", ground, LINE) for ground in ("paper", "ground"))
    yield from (("focus", ground, LINE) for ground in ("paper", "ground", "ground-strong", "focus-halo"))
    for state in STATES:
        yield (f"{state}-text", f"{state}-ground", TEXT)
        yield from ((f"{state}-line", ground, LINE) for ground in ("paper", f"{state}-ground"))
        yield (f"{state}-text", "paper", LABEL)
    for guichet in GUICHETS:
        yield (f"{guichet}-on-light", f"{guichet}-light", TEXT)
        yield (f"{guichet}-on-dark", f"{guichet}-dark", LABEL)
        yield (f"{guichet}-line", "paper", LINE)
        yield (f"{guichet}-light", f"{guichet}-dark", LINE)


def colours(theme: str) -> dict[str, str]:
    """Return the colours of a theme; those that the dark does not name are the light's."""
    light, _, dark = TOKENS.partition("@media screen and (prefers-color-scheme: dark)")
    dark = dark.partition("\n}\n")[0]
    named = dict(COLOUR.findall(light))
    return named | dict(COLOUR.findall(dark)) if theme == "dark" else named


def contrast(first: str, other: str) -> float:
    high, low = sorted((luminance(first), luminance(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


def luminance(colour: str) -> float:
    digits = colour.removeprefix("#")
    digits = "".join(digit * 2 for digit in digits) if len(digits) == 3 else digits
    channels = (int(digits[place : place + 2], 16) / 255 for place in (0, 2, 4))
    red, green, blue = (value / 12.92 if value <= 0.04045 else ((value + 0.055) / 1.055) ** 2.4 for value in channels)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_each_colour_is_read_on_what_it_is_drawn_on(theme: str) -> None:
    known = colours(theme)
    faint = [
        f"{drawn} on {ground}: {ratio:.2f}, {least} at least"
        for drawn, ground, least in pairs()
        if (ratio := contrast(known[f"ps-{drawn}"], known[f"ps-{ground}"])) < least
    ]

    assert faint == []


def test_the_dark_names_again_every_colour_that_is_not_of_the_night() -> None:
    same = {name for name, value in colours("dark").items() if colours("light")[name] == value}

    assert same == {"ps-night", "ps-night-deep", "ps-on-night", "ps-on-night-soft", "ps-on-night-accent"}


def test_no_style_sheet_names_a_colour_by_itself() -> None:
    """A video has black behind it and a QR code white, whatever the theme; shadows and veils are see-through."""
    own = {"#000", "#fff"}
    below = {
        f"{sheet.name}: {colour}"
        for sheet in sorted((Path(settings.BASE_DIR) / "static" / "styles").glob("*.css"))
        if sheet.name != "tokens.css"
        for colour in re.findall(r"#[0-9a-f]{3,8}\b", sheet.read_text(encoding="utf-8"))
        if colour not in own and not sheet.name.startswith("print")
    }

    assert below == {"shell.css: #a9c8f5", "shell.css: #f0bf2d", "shell.css: #f08a45"}  # the mark
