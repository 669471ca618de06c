"""What a line of a chapitre says of a preuve."""

import pytest

from preuves.queries.lignes import after_nature, title_of


@pytest.mark.parametrize(
    ("nature", "text", "rest"),
    [
        ("Copies d’écran", "Copies d’écran commentées des étapes.", " commentées des étapes."),
        ("Vidéo", "vidéo : le scénario entier.", " : le scénario entier."),
        ("Vidéo", "Vidéos du scénario.", " – Vidéos du scénario."),
        ("Document du CNDA", "Justificatif d’homologation.", " – Justificatif d’homologation."),
        ("Vidéo", "", " – "),
    ],
)
def test_text_does_not_say_the_nature_twice(nature: str, text: str, rest: str) -> None:
    assert after_nature(nature, text) == rest


def test_no_line_of_a_title_ends_with_an_opening_quotation_mark() -> None:
    assert title_of("<p>Habilitation « Éditeur de proxy ».</p>") == "Habilitation «\u00a0Éditeur de proxy\u00a0»"
