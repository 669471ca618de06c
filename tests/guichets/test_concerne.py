"""Whether a démarche concerns somebody: the answer, in words, for each thing that they may say."""

import pytest

from guichets.rules.concerne import Verdict, verdict


@pytest.mark.parametrize(
    ("role", "profils", "expected"),
    [
        ("editeur", ["PA"], Verdict.YES),
        ("", ["PA"], Verdict.YES_IF_EDITEUR),
        ("ne-sait-pas", ["PA", "AHI"], Verdict.YES_IF_EDITEUR),
        ("editeur", ["aucun"], Verdict.NO_PROFIL),
        ("editeur", ["ne-sait-pas"], Verdict.ASK),
        ("ne-sait-pas", ["ne-sait-pas"], Verdict.ASK),
        ("distributeur", [], Verdict.NO_DISTRIBUTEUR),
        ("distributeur", ["PA"], Verdict.NO_DISTRIBUTEUR),
        ("utilisateur", ["ne-sait-pas"], Verdict.NO_UTILISATEUR),
    ],
)
def test_what_is_answered(role: str, profils: list[str], expected: Verdict) -> None:
    assert verdict(role=role, profils=profils) is expected


def test_desks_follow_a_yes_alone() -> None:
    assert [answer for answer in Verdict if answer.shows_desks] == [Verdict.YES, Verdict.YES_IF_EDITEUR]
