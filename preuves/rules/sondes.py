"""What a file is found to be once it was opened, and what is said of it."""

from collections.abc import Iterable, Mapping
from typing import Any

from candidatures.rules.formats import SENTENCES
from preuves.enums import EnvoiState, Reception, SondeState

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
    "image_codec": "Cette image n’a pas pu être convertie pour la lecture : enregistrez-la en JPEG ou en PNG.",
    "pdf_broken": "Ce PDF ne s’ouvre pas\u00a0: il est coupé ou abîmé. Exportez-le de nouveau.",
    "pdf_locked": "Ce PDF demande un mot de passe\u00a0: déposez-le sans protection, l’ANS doit pouvoir le lire.",
    "pdf_xfa": (
        "Ce PDF est un formulaire XFA, que les navigateurs n’affichent pas\u00a0: ouvrez-le dans Acrobat, et "
        "imprimez-le en PDF."
    ),
    "pdf_portfolio": (
        "Ce PDF est un porte-documents, que les navigateurs n’affichent pas\u00a0: déposez les fichiers qu’il contient."
    ),
    "pdf_joined": (
        "Rien n’est écrit sur les pages de ce PDF\u00a0: il ne porte que des fichiers joints, que les navigateurs "
        "n’affichent pas. Déposez ces fichiers."
    ),
    "archive": "{sentence}",
    "office_broken": "Ce document ne s’ouvre pas\u00a0: il est coupé ou abîmé. Enregistrez-le de nouveau.",
    "office_locked": "Ce document demande un mot de passe\u00a0: enregistrez-le sans, l’ANS doit pouvoir le lire.",
    "office_macros": "Ce document contient des macros\u00a0: enregistrez-le sans elles.",
    "office_template": "Ce document est un modèle\u00a0: enregistrez-le comme un document, en .docx, .xlsx ou .pptx.",
    "office_outside": (
        "Une partie de ce document est sur Internet («\u00a0{address}\u00a0»)\u00a0: enregistrez-le en PDF."
    ),
    "text_broken": "Ce texte n’est pas lisible : enregistrez-le de nouveau en UTF-8.",
    "text_blank": SENTENCES["empty"],
    "huge": "Ce fichier est trop grand une fois ouvert : réduisez-le.",
}
"""Why a file does not open, with what to do: by the code that `preuves.connectors.probe_child` gives."""
QUARANTINE = (
    "L’antivirus a refusé ce fichier\u00a0: il est en quarantaine, et personne ne l’ouvre. Déposez-en un autre, "
    "exporté de nouveau depuis un poste sain."
)

CODECS = {
    "hevc": "H.265 (HEVC)",
    "mpeg4": "MPEG-4 partie 2 (DivX)",
    "h264": "H.264 à 10 bits, 4:2:2 ou 4:4:4",
    "prores": "ProRes",
    "dnxhd": "DNxHD",
    "mjpeg": "Motion JPEG",
    "mpeg1video": "MPEG-1",
    "mpeg2video": "MPEG-2",
    "h263": "H.263",
    "vp8": "VP8",
    "vc1": "VC-1",
    "pcm_s16le": "PCM",
    "pcm_s16be": "PCM",
    "pcm_s24le": "PCM",
    "alac": "Apple Lossless",
    "ac3": "Dolby Digital (AC-3)",
    "eac3": "Dolby Digital (E-AC-3)",
    "mp2": "MPEG couche 2",
}
# What a browser does not show, but that a copy shows, and what is said when the copy cannot be made.
TO_COPY = {"video_to_copy": "video_codec", "sound_to_copy": "sound_codec", "image_to_copy": "image_codec"}


WORST_FIRST = (
    *(Reception.REFUSED, Reception.TRAVELLING, Reception.UNREADABLE),
    *(Reception.IN_VERIFICATION, Reception.NOT_VERIFIED),
)
BADGES: Mapping[Reception, str] = {
    Reception.REFUSED: "danger",
    Reception.TRAVELLING: "pending",
    Reception.UNREADABLE: "danger",
    Reception.IN_VERIFICATION: "pending",
    Reception.NOT_VERIFIED: "attention",
}


def reception_of(states: Iterable[str | None]) -> Reception | None:
    """Say what keeps a deposit of files from being known to open, the worst first; None when nothing does.

    :param states: of the content of each file; None while it was not opened
    """
    receptions = {_reception_of_file(state) for state in states} or {Reception.IN_VERIFICATION}
    return next((reception for reception in WORST_FIRST if reception in receptions), None)


def _reception_of_file(state: str | None) -> Reception | None:
    if state is None:
        return Reception.IN_VERIFICATION
    match SondeState(state):
        case SondeState.UNREADABLE:
            return Reception.UNREADABLE
        case SondeState.NOT_PROBED:
            return Reception.NOT_VERIFIED
        case SondeState.READABLE | SondeState.TO_COPY:
            return None


def reception_of_envoi(state: str) -> Reception | None:
    """Say the same of a deposit that awaits a declared file; None once the file is kept."""
    match EnvoiState(state):
        case EnvoiState.REFUSED:
            return Reception.REFUSED
        case EnvoiState.TRAVELLING:
            return Reception.TRAVELLING
        case EnvoiState.ARRIVED:
            return Reception.IN_VERIFICATION
        case EnvoiState.KEPT:
            return None


def state_of(fault: str) -> SondeState:
    """Say what a fault makes of a file."""
    if not fault:
        return SondeState.READABLE
    return SondeState.TO_COPY if fault in TO_COPY else SondeState.UNREADABLE


def sentence_of(fault: str, facts: Mapping[str, Any]) -> str:
    """Say a fault in French, with what to do; empty without one."""
    sentence = FAULTS.get(TO_COPY.get(fault, fault), "")
    codec = str(facts.get("codec", ""))
    return sentence.format_map({**facts, "codec": CODECS.get(codec, codec.upper())}) if sentence else ""


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
            parts.append("sans texte qui puisse être cherché")
    if joined := facts.get("joined"):
        parts.append(
            f"{joined}\u00a0fichier{'s' if joined > 1 else ''} joint{'s' if joined > 1 else ''} à ce PDF, hors de vue"
        )
    return ", ".join(parts)
