"""The name under which a file is kept: only a label."""

import re
import unicodedata

# What a browser writes for what a name may not hold in a form (HTML, « multipart/form-data »).
_WRITTEN_FOR = {"%22": '"', "%0D": " ", "%0A": " "}
LONGEST, LONGEST_ENDING = 150, 10


class NotAPiece(ValueError):
    """This file cannot be deposited; the message is the French reason."""


def tidy_name(name: str) -> str:
    """Return a name that is safe to show and to save under: no folder, nothing invisible, 150 characters at most."""
    for written, meant in _WRITTEN_FOR.items():
        name = name.replace(written, meant)
    name = unicodedata.normalize("NFC", name).replace("\\", "/").rpartition("/")[2]
    name = re.sub(r"\s", " ", name)
    name = "".join(character for character in name if unicodedata.category(character)[0] != "C")
    name = re.sub(r" +", " ", name).rstrip(" .").strip()
    stem, dot, ending = name.rpartition(".")
    stem, ending = stem.strip(" ."), ending.strip()
    if not dot or len(ending) > LONGEST_ENDING:
        return name.strip(" .")[:LONGEST] or "fichier"
    return f"{stem[: LONGEST - 1 - len(ending)] or 'fichier'}.{ending}"
