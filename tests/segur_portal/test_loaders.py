"""How templates of pages are read."""

import pytest

from segur_portal.loaders import without_indentation


@pytest.mark.parametrize(
    ("source", "read"),
    [
        ("<p>\n    mot\n\n</p>\n", "<p>\nmot\n</p>\n"),
        (
            "<b>un</b>\n  {% if x %}\n    <b>deux</b>\n  {% endif %}\n<b>trois</b>",
            "<b>un</b>\n{% if x %}<b>deux</b>\n{% endif %}<b>trois</b>",
        ),
        ("{# what #}\n{% load dates %}\n<p>", "{# what #}\n{% load dates %}<p>"),
        ("<b>un</b>\n{{ x }}\n{% include 'x' %}\n<b>", "<b>un</b>\n{{ x }}\n{% include 'x' %}\n<b>"),
        ("<b>un</b>\n{% if x %}y{% endif %}\n<b>", "<b>un</b>\n{% if x %}y{% endif %}\n<b>"),
        (
            "<tr>\n  <td>\n    un\n  </td>\n  <td>deux</td>\n</tr>\n<track>",
            "<tr><td>\nun</td><td>deux</td></tr>\n<track>",
        ),
    ],
)
def test_one_line_break_stays_between_words_and_none_between_cells(source: str, read: str) -> None:
    assert without_indentation(source) == read
