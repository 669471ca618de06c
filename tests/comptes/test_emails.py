"""E-mail addresses, the same at every door."""

import pytest

from comptes.rules.emails import AROUND, DOTS, INCOMPLETE, MISSHAPEN, REFUSAL, TOO_LONG, address
from comptes.rules.texts import NotAText


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("", ""),
        ("\u200b \ufeff", ""),
        ("lea@sirocco.example", "lea@sirocco.example"),
        ("  Lea@SIROCCO.Example\u00a0", "lea@sirocco.example"),
        ("le\u200ba@siro\u00adcco.example", "lea@sirocco.example"),
        ("lea+segur@sirocco.example", "lea+segur@sirocco.example"),
        ("l'ea@sirocco.example", "l'ea@sirocco.example"),
        ("lea@société.example", "lea@xn--socit-esab.example"),
        ("lea@straße.example", "lea@xn--strae-oqa.example"),
        ("LEA@STRA\u1e9eE.example", "lea@xn--strae-oqa.example"),
        ("LEA@SOCIE\u0301TE\u0301.example", "lea@xn--socit-esab.example"),
        ("lea@xn--socit-esab.example", "lea@xn--socit-esab.example"),
        ("lea@\u043f\u0440\u0438\u043c\u0435\u0440.example", "lea@xn--e1afmkfd.example"),
    ],
)
def test_address_is_kept_in_one_form(typed: str, kept: str) -> None:
    assert address(typed) == kept


@pytest.mark.parametrize(
    ("typed", "reason"),
    [
        ("moi.@sirocco.example", DOTS),
        (".moi@sirocco.example", DOTS),
        ("a..b@sirocco.example", DOTS),
        ("a@sirocco..example", DOTS),
        ("a@sirocco.example.", DOTS),
        ("jean,paul@sirocco.example", AROUND.format(sign=",")),
        ("a@sirocco.example; b@sirocco.example", AROUND.format(sign=";")),
        ("<jean@sirocco.example>", AROUND.format(sign="<")),
        ("mailto:jean@sirocco.example", AROUND.format(sign="mailto:")),
        ("jean@[127.0.0.1]", AROUND.format(sign="[")),
        ('"jean"@sirocco.example', AROUND.format(sign='"')),
        ("jean paul@sirocco.example", REFUSAL.format(sign="une espace")),
        ("Jean Dupont <jean@sirocco.example>", AROUND.format(sign="<")),
        ("jean", INCOMPLETE),
        ("jean@", INCOMPLETE),
        ("@sirocco.example", INCOMPLETE),
        ("jean@localhost", INCOMPLETE),
        ("jean@10.0.0.1", MISSHAPEN),
        ("jean@sirocco.f", MISSHAPEN),
        ("jean@-sirocco.example", MISSHAPEN),
        ("jean@si_rocco.example", MISSHAPEN),
        ("j@e@sirocco.example", MISSHAPEN),
        ("j" * 65 + "@sirocco.example", TOO_LONG),
        ("j@" + ".".join(["s" * 60] * 5), TOO_LONG),
        ("léa@sirocco.example", None),
        ("nad\u0131a@sirocco.example", None),
        ("lea@\u017firocco.example", None),
        ("lea@sir\u043ecco.example", REFUSAL.format(sign="«\u00a0\u043e\u00a0»")),
        ("lea@soci\u00e9t\u0435.example", None),
    ],
)
def test_address_that_no_mail_reaches_is_refused_in_words(typed: str, reason: str | None) -> None:
    with pytest.raises(NotAText) as refused:
        address(typed)
    if reason:
        assert str(refused.value) == reason
    else:
        assert "un caractère interdit" in str(refused.value)
