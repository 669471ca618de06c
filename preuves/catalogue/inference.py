"""The nature of a preuve, inferred from its text: the workbook does not give it (domain page)."""

import re

from preuves.enums import Nature

from .headers import folded
from .html import plain_text

# The first word that matches gives the nature: « Vidéo montrant l'attestation » is a video.
STRONG: tuple[tuple[Nature, str], ...] = (
    (Nature.PENTEST, r"tests? d'intrusions?|pentests?|passi\b"),
    (Nature.MOTCO2, r"motco ?2|numeros? d'execution"),
    (Nature.GAZELLE, r"gazelle|liens? permanents?"),
    (Nature.ARCHIVE_XDM, r"ihe[ _-]?xdm|archives? xdm"),
    (Nature.CNDA, r"cnda\b|homologation"),
    (Nature.EDC_PSC, r"habilitations?\b|edc[ _-]?psc|espace de confiance"),
    (Nature.ATTESTATION, r"sur l'honneur"),
    (Nature.ENGAGEMENT, r"engagements? ecrits?|lettres? d'engagement|s'engage"),
    (Nature.VIDEO, r"videos?\b|enregistrements? d'ecran"),
    (Nature.CAPTURE, r"(?:copies?|captures?|impressions?) d'ecrans?|captures?\b"),
)
# Words so common that they count only when no strong word matches.
WEAK: tuple[tuple[Nature, str], ...] = (
    (Nature.ATTESTATION, r"attestations?\b"),
    (Nature.ENGAGEMENT, r"engagements?\b"),
    (Nature.DOCUMENT, r"documents?\b|documentations?\b|rapports?\b|procedures?\b|manuels?\b|guides?\b|notes?\b|pdf\b"),
    (Nature.TEXTE, r"texte libre|reponse redigee|explications?\b|descriptions?\b"),
)


def _compiled(table: tuple[tuple[Nature, str], ...]) -> re.Pattern[str]:
    """One pattern, whose group of the same name as its nature matches."""
    return re.compile(rf"\b(?:{'|'.join(f'(?P<{nature.name}>{pattern})' for nature, pattern in table)})")


TABLES = (_compiled(STRONG), _compiled(WEAK))


def inferred_nature(texte: str) -> Nature | None:
    """Return the kind of evidence that a text asks for; None when it does not tell."""
    text = folded(plain_text(texte)).replace("’", "'")
    for table in TABLES:
        if match := table.search(text):
            return Nature[str(match.lastgroup)]
    return None
