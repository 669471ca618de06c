"""What a file is found to be once it was opened, and what is said of it."""

from collections.abc import Iterable, Mapping
from typing import Any

from candidatures.rules.formats import SENTENCES
from preuves.enums import EnvoiState, SondeState

MP4 = "Exportez-la de nouveau en MP4 (H.264), et regardez-la avant de la déposer."
FAULTS: Mapping[str, str] = {
    "video_broken": f"Cette vidéo ne s’ouvre pas\u00a0: elle est coupée ou abîmée. {MP4}",
    "video_cut": f"Cette vidéo s’arrête à {{ends}}\u00a0s sur {{seconds}}\u00a0s\u00a0: elle est coupée. {MP4}",
    "video_cut_short": f"Cette vidéo est coupée avant sa fin. {MP4}",
    "video_sound_only": "Ce fichier n’a que du son, sans image. Filmez l’écran, et exportez la vidéo en MP4 (H.264).",
    "video_huge": "Cette vidéo mesure {width} × {height} pixels\u00a0: exportez-la en MP4 (H.264), en 1080p.",
    "video_codec": "Cette vidéo est en {codec}, que les navigateurs ne lisent pas\u00a0: exportez-la en MP4 (H.264).",
    "sound_codec": "Le son de cette vidéo est en {codec}, que les navigateurs ne lisent pas\u00a0: exportez-la en MP4.",
    "image_broken": "Cette image ne s’ouvre pas\u00a0: elle est coupée ou abîmée. Enregistrez-la de nouveau en PNG.",
    "image_huge": "Cette image mesure {width} × {height} pixels\u00a0: réduisez-la sous 8\u00a0000 pixels de côté.",
    "image_codec": "Cette photo n’a pas pu être convertie pour la lecture\u00a0: enregistrez-la en JPEG ou en PNG.",
    "pdf_broken": "Ce PDF ne s’ouvre pas\u00a0: il est coupé ou abîmé. Exportez-le de nouveau.",
    "pdf_locked": "Ce PDF demande un mot de passe\u00a0: déposez-le sans protection, l’ANS doit pouvoir le lire.",
    "archive": "{sentence}",
    "office_locked": "Ce document demande un mot de passe\u00a0: enregistrez-le sans, l’ANS doit pouvoir le lire.",
    "office_macros": "Ce document contient des macros\u00a0: enregistrez-le sans elles.",
    "text_broken": "Ce texte ne se lit pas\u00a0: enregistrez-le de nouveau en UTF-8.",
    "text_blank": SENTENCES["empty"],
    "huge": "Ce fichier est démesuré une fois ouvert\u00a0: réduisez-le.",
}
"""Why a file does not open, with what to do: by the code that `preuves.connectors.probe_child` gives."""

CODECS = {
    "hevc": "H.265 (HEVC)",
    "mpeg4": "MPEG-4 partie 2 (DivX)",
    "h264": "H.264 à 10 bits ou 4:4:4",
    "prores": "ProRes",
    "mjpeg": "Motion JPEG",
}
PENDING = "pending"
# What a browser does not show, but that a copy shows, and what is said when the copy cannot be made.
TO_COPY = {"video_to_copy": "video_codec", "sound_to_copy": "sound_codec", "image_to_copy": "image_codec"}


# What a deposit is called until all its files were found to open: its badge, and its words.
READINGS: Mapping[str, tuple[str, str]] = {
    EnvoiState.REFUSED: ("danger", "Fichier refusé"),
    EnvoiState.TRAVELLING: ("pending", "Fichiers en route"),
    SondeState.UNREADABLE: ("danger", "Ne s’ouvre pas"),
    PENDING: ("pending", "Reçue, en cours de vérification"),
    SondeState.NOT_PROBED: ("attention", "Déposée, non vérifiée"),
}


def reading_of(states: Iterable[str | None]) -> str:
    """Say what keeps a deposit of files from being known to open, the worst first; empty when nothing does.

    :param states: of the content of each file; None while it was not opened
    """
    found = {state or PENDING for state in states} or {PENDING}
    return next((reading for reading in READINGS if reading in found), "")


def state_of(fault: str) -> SondeState:
    """Say what a fault makes of a file."""
    if not fault:
        return SondeState.READABLE
    return SondeState.TO_COPY if fault in TO_COPY else SondeState.UNREADABLE


def sentence_of(fault: str, facts: Mapping[str, Any]) -> str:
    """Say a fault in French, with what to do; empty without one."""
    said = FAULTS.get(TO_COPY.get(fault, fault), "")
    codec = str(facts.get("codec", ""))
    return said.format_map({**facts, "codec": CODECS.get(codec, codec.upper())}) if said else ""


def facts_in_words(facts: Mapping[str, Any]) -> str:
    """Say what was seen in a file that opens: « 1 min 20 s, 1280 × 720 pixels »."""
    parts = []
    if seconds := round(facts.get("seconds", 0)):
        parts.append(f"{seconds // 60}\u00a0min {seconds % 60:02}\u00a0s" if seconds >= 60 else f"{seconds}\u00a0s")
    if facts.get("width"):
        parts.append(f"{facts['width']} × {facts['height']} pixels")
    if pages := facts.get("pages"):
        parts.append(f"{pages}\u00a0pages" if pages > 1 else "une page")
        if not facts.get("has_text"):
            parts.append("sans texte que l’on puisse chercher")
    return ", ".join(parts)
