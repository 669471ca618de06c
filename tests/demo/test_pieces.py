import pytest

from segur_portal.demo.pieces import a_letter, a_space

NO_FONT_HAS_IT = "\ue000"


@pytest.mark.parametrize("letter", "éÉèôç’")
def test_french_is_drawn_and_no_box_in_its_place(letter):
    drawn, box = (a_space("EDC PSC", {"Demande": text}).read() for text in (letter, NO_FONT_HAS_IT))

    assert drawn != box


def test_space_is_an_image_and_letter_a_pdf():
    rows = {"Demande": "EDC-2026-119"}

    assert a_space("EDC PSC", rows).read().startswith(b"\x89PNG")
    assert a_letter("EDC PSC", rows).read().startswith(b"%PDF-")
