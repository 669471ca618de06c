"""The public archives, in a folder that explains itself."""

import hashlib
import json
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from candidatures.models import Candidature
from comptes.enums import Role
from comptes.models import JournalEntry
from tests.factories import candidatures as make

pytestmark = pytest.mark.django_db(transaction=True)


def test_archives_are_whole_and_their_manifest_tells_each_file(tmp_path: Path) -> None:
    make.a_dispositif()
    editeur = make.an_editeur()
    mandataire = make.a_person(editeur, Role.MANDATAIRE)
    candidature = make.a_candidature(make.a_produit(editeur, mandataire), mandataire)
    piece = make.a_piece(candidature, mandataire)
    folder = tmp_path / "archives"

    call_command("export_archives", str(folder), stdout=StringIO())

    manifest = json.loads((folder / "manifeste.json").read_text())
    kept = {file["path"]: file for file in manifest["files"]}
    written = {str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file()} - {"manifeste.json"}
    assert set(kept) == written
    for path, file in kept.items():
        content = (folder / path).read_bytes()
        assert (hashlib.sha256(content).hexdigest(), len(content)) == (file["sha256"], file["size"])
    assert kept["journal/JournalEntry.json"]["rows"] == JournalEntry.objects.count() > 0
    assert kept["dossiers/Candidature.json"]["rows"] == Candidature.objects.count() == 1
    assert kept[f"dossiers/fichiers/{piece.file.name}"]["sha256"] == piece.sha256


def test_archives_are_written_in_an_empty_folder_alone(tmp_path: Path) -> None:
    (tmp_path / "déjà.txt").write_text("là")

    with pytest.raises(CommandError, match="not empty"):
        call_command("export_archives", str(tmp_path))
