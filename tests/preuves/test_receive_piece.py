"""A file is received: read, refused in words, or kept once."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from candidatures.models import Piece
from candidatures.operations.candidatures import withdraw_candidature
from comptes import journal
from preuves.enums import Nature
from preuves.operations.fichiers import FichierNotReceivable, receive_piece
from tests.candidatures.conftest import Team, make_team
from tests.factories import candidatures as make
from tests.factories import fichiers as some
from tests.ground import standing
from tests.preuves.conftest import make_team_with_eligibilite

team = standing(make_team_with_eligibilite)


def receive(team: Team, name: str, content: bytes, nature: Nature = Nature.CAPTURE) -> Piece:
    return receive_piece(
        candidature_id=team.candidature.pk,
        upload=SimpleUploadedFile(name, content),
        nature=nature,
        by=team.salarie,
        at=make.SUMMER,
    )


def test_file_is_kept_with_what_it_is(team: Team) -> None:
    piece = receive(team, "../écran\u202e d’accueil.PNG", some.PNG)

    assert (piece.name, piece.content_type, piece.size) == ("écran d’accueil.PNG", "image/png", len(some.PNG))
    assert b"".join(piece.read()) == some.PNG
    assert list(journal.verify()) == []


def test_same_file_is_the_same_piece(team: Team) -> None:
    first = receive(team, "a.pdf", some.PDF)

    assert receive(team, "a.pdf", some.PDF, Nature.PENTEST) == first
    assert receive(team, "b.pdf", some.PDF) != first
    assert Piece.objects.count() == 2


@pytest.mark.parametrize(
    ("name", "content", "nature", "sentence"),
    [
        ("a.pdf", some.LOCKED_PDF, Nature.PENTEST, "Ce PDF est protégé par un mot de passe"),
        ("a.pdf", b"<html>", Nature.PENTEST, "est une page web"),
        ("a.pdf", b"", Nature.PENTEST, "Ce fichier est vide."),
        ("a.docx", some.DOCM, Nature.DOCUMENT, "macros"),
        ("a.docx", some.DOCX[:60], Nature.DOCUMENT, "endommagée ou incomplète"),
        ("a.docx", some.DOCX[:-60] + some.DOCX[-22:], Nature.DOCUMENT, "endommagée ou incomplète"),
        ("a.zip", some.ZIP, Nature.DOCUMENT, "est une archive ZIP. Ici se déposent des images"),
        ("a.txt", b"a" * 9000 + b"\0", Nature.DOCUMENT, "son contenu n’est pas un texte"),
    ],
)
def test_file_refused_is_not_kept(team: Team, name: str, content: bytes, nature: Nature, sentence: str) -> None:
    with pytest.raises(FichierNotReceivable, match=sentence):
        receive(team, name, content, nature)
    assert Piece.objects.count() == 0


@pytest.mark.parametrize(
    ("name", "content", "content_type"),
    [
        ("a.docx", some.DOCX, "application/vnd.openxmlformats-officedocument.wordprocessingml.document"),
        ("a.ods", some.ODS, "application/vnd.oasis.opendocument.spreadsheet"),
        ("a.csv", "né;décédé\n".encode("cp1252"), "text/csv"),
        ("a.pdf", make.PDF, "application/pdf"),
    ],
)
def test_document_is_looked_into(team: Team, name: str, content: bytes, content_type: str) -> None:
    assert receive(team, name, content, Nature.DOCUMENT).content_type == content_type


def test_nothing_is_received_before_the_eligibilite_is_submitted(db: None) -> None:
    with pytest.raises(FichierNotReceivable, match="Soumettez d’abord le formulaire d’éligibilité"):
        receive(make_team(), "a.png", some.PNG)


def test_nothing_is_received_once_the_candidature_is_withdrawn(team: Team) -> None:
    withdraw_candidature(candidature_id=team.candidature.pk, by=team.mandataire, at=make.SUMMER)

    with pytest.raises(FichierNotReceivable, match="n’est plus ouverte"):
        receive(team, "a.png", some.PNG)
