"""The workbook and the annotations of a dispositif's REM, where the catalogue holds them."""

from dataclasses import dataclass
from pathlib import Path

from candidatures.catalogue.dispositifs import file_of

FOLDER = Path(__file__).resolve().parents[2] / "catalogue" / "rem"


@dataclass(frozen=True)
class RemFiles:
    """:param annotations: their text, empty when nothing was written"""

    workbook: Path
    annotations: str
    annotations_name: str


def rem_files_of(dispositif: str) -> RemFiles | None:
    """Find the REM of a dispositif: with the others, or beside its file; None when the catalogue holds none.

    :raises DispositifFileError: when no file describes that dispositif
    """
    for folder in (FOLDER, file_of(dispositif).parent):
        workbook, annotations = folder / f"{dispositif}.xlsx", folder / f"{dispositif}.annotations.toml"
        if workbook.is_file():
            text = annotations.read_text(encoding="utf-8") if annotations.is_file() else ""
            return RemFiles(workbook, text, annotations.name)
    return None
