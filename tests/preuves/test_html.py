import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from preuves.catalogue.html import cleaned, html_of, plain, plain_text


@pytest.mark.parametrize(
    ("cell", "html"),
    [
        ("Une phrase.", "<p>Une phrase.</p>"),
        ("Une ligne.\r\nUne autre.\r\rLa fin.", "<p>Une ligne.</p><p>Une autre.</p><p>La fin.</p>"),
        ("Une ligne._x000D_\nUne autre.", "<p>Une ligne.</p><p>Une autre.</p>"),
        ("délai < 5 min & <patient>", "<p>délai &lt; 5 min &amp; &lt;patient&gt;</p>"),
        ("d&eacute;lai&nbsp;: 5&nbsp;min", "<p>délai\u00a0: 5\u00a0min</p>"),
        ("<p>d&eacute;lai&nbsp;: 5\u00a0min</p>", "<p>délai\u00a0: 5\u00a0min</p>"),
        ("  <p> Une\n  ligne. </p>\r\n<p>&nbsp;</p><p></p>  ", "<p>Une ligne.</p>"),
        ("Une ligne.<br />Une <b>autre</b>.", "<p>Une ligne.</p><p>Une <b>autre</b>.</p>"),
        ("<p>Une ligne.<br />Une autre.</p>", "<p>Une ligne.<br>Une autre.</p>"),
        ("Une <em>ligne</em>.\nUne autre.", "<p>Une <em>ligne</em>.</p><p>Une autre.</p>"),
        ("<ul>\n<li> un </li>\n<li>deux</li></ul>", "<ul><li>un</li><li>deux</li></ul>"),
        ("<p>a</p><script>alert(1)</script>", "<p>a</p>"),
        ('<p onclick="x()" style="color:red">a<img src=x onerror=y()></p>', "<p>a</p>"),
        ("<div>a <span>b</span></div>", "<p>a b</p>"),
        ("&lt;script&gt;alert(1)&lt;/script&gt;", "<p>&lt;script&gt;alert(1)&lt;/script&gt;</p>"),
        ("zéro\x00 et _x0000_ et _xD800_", "<p>zéro et et</p>"),
        ("", ""),
        (" \u00a0\n", ""),
    ],
)
def test_cell_becomes_safe_html(cell: str, html: str) -> None:
    assert html_of(cell) == html


@pytest.mark.parametrize(
    ("href", "kept"),
    [
        ("https://esante.gouv.fr/x", True),
        ("HTTPS://esante.gouv.fr/x", True),
        ("http://esante.gouv.fr", False),
        ("//esante.gouv.fr", False),
        ("/produits/", False),
        ("javascript:alert(1)", False),
        ("java\nscript:alert(1)", False),
        ("data:text/html,x", False),
    ],
)
def test_link_is_kept_only_to_https(href: str, kept: bool) -> None:
    html = html_of(f'<p><a href="{href}" target="_blank">ici</a></p>')

    assert ("href" in html) is kept
    assert 'rel="noopener noreferrer"' in html
    assert "target" not in html


def test_emphasis_goes_on_through_the_lines_of_a_cell() -> None:
    assert html_of("<b>Un\ndeux</b> trois") == "<p><b>Un</b></p><p><b>deux</b> trois</p>"


@example("<a>\r")
@given(st.text(alphabet="<>&;/abp \n\r\u00a0\"'=éx_0D", max_size=60))
def test_cleaning_again_changes_nothing(cell: str) -> None:
    html = html_of(cell)

    assert cleaned(html).replace("&nbsp;", "\u00a0") == html


def test_label_is_words_on_one_line() -> None:
    assert plain(" <b>DMP</b>\u00a0/ Mon \n espace &amp; sant&eacute;\u00a0") == "DMP / Mon espace & santé"


def test_words_of_html_keep_its_lines() -> None:
    assert (
        plain_text("<p>Une &lt;ligne&gt;.<br>Une <b>autre</b>.</p><ul><li>un</li></ul>")
        == "Une <ligne>.\nUne autre.\nun"
    )
