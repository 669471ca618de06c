"""The one rule of a postal code, in France, overseas and elsewhere."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from comptes.rules.addresses import LONGEST, NotAPostalCode, postal_code


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("35000", "35000"),
        ("35 000", "35000"),
        ("35\u00a0000", "35000"),
        ("35\u202f000\u200b", "35000"),
        ("01000", "01000"),
        ("20090", "20090"),
        ("97410", "97410"),
        ("97133", "97133"),
        ("98000", "98000"),
        ("MC 98000", "MC 98000"),
        ("MC\u201198000", "MC-98000"),
        ("98800", "98800"),
        ("98714", "98714"),
        ("98600", "98600"),
        ("1000", "1000"),
        ("B-1000", "B-1000"),
        ("L-1855", "L-1855"),
        ("l \u2013 1855", "L-1855"),
        ("CH-1201", "CH-1201"),
        ("SW1A 1AA", "SW1A 1AA"),
        ("sw1a  1aa", "SW1A 1AA"),
        ("111 22", "111 22"),
        ("1234-567", "1234-567"),
        ("00-950", "00-950"),
        ("K1A 0B1", "K1A 0B1"),
        ("D02 AF30", "D02 AF30"),
        ("1012 AB", "1012 AB"),
        ("35000.", "35000"),
        ("(35000),", "35000"),
        ("〒100-0001", "100-0001"),
    ],
)
def test_postal_code_is_kept_as_its_country_writes_it(typed, kept):
    assert postal_code(typed) == kept
    assert postal_code(kept) == kept


@pytest.mark.parametrize(
    ("typed", "reason"),
    [
        ("35042 CEDEX 9", "Le CEDEX s’écrit avec la commune : ne laissez ici que le code, comme 35042."),
        ("75700 Cedex", "Le CEDEX s’écrit avec la commune : ne laissez ici que le code, comme 75700."),
        ("cedex", "Le CEDEX s’écrit avec la commune : ne laissez ici que le code, comme 35042."),
        ("", "Un code postal compte 10 signes au plus"),
        ("Rennes", "Un code postal compte 10 signes au plus"),
        ("35042 Rennes Cedex", "Le CEDEX s’écrit avec la commune : ne laissez ici que le code, comme 35042."),
        ("35000 Rennes", "La commune s’écrit dans son champ : ne laissez ici que le code, comme 35000."),
        ("98 714 Papeete", "La commune s’écrit dans son champ : ne laissez ici que le code, comme 98714."),
        ("L-1855 Luxembourg", "La commune s’écrit dans son champ : ne laissez ici que le code, comme L-1855."),
        ("1000 Bruxelles", "La commune s’écrit dans son champ : ne laissez ici que le code, comme 1000."),
        ("٣٥٠٠٠", "Un code postal compte 10 signes au plus"),
        ("<35000>", "Un code postal compte 10 signes au plus"),
        ("--1", "Un code postal compte 10 signes au plus"),
    ],
)
def test_what_is_no_postal_code_is_refused_in_words(typed, reason):
    with pytest.raises(NotAPostalCode) as refused:
        postal_code(typed)

    assert str(refused.value).replace("\u00a0", " ").startswith(reason)


@given(st.text(max_size=20))
def test_any_text_is_a_postal_code_or_refused(typed):
    try:
        kept = postal_code(typed)
    except NotAPostalCode:
        return
    assert postal_code(kept) == kept
    assert 0 < len(kept) <= LONGEST
