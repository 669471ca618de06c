"""Refusing passwords that are easy to guess: only common words, repetitions, or rows of keys."""

import re
import unicodedata

# How many different characters must remain once the common words are removed.
LEAST = 6

_WORDS = """
    motdepasse motsdepasse motdepass mdp password passwd passe pass mot secret sesame code acces access compte
    login user utilisateur admin administrateur administrator root invite guest test tests essai demo exemple
    temporaire provisoire changer changeme change changezmoi nouveau nouvelle ancien defaut default bienvenue
    bonjour bonsoir salut hello coucou welcome azerty azertyuiop qwerty qwertz qwertyuiop asdf asdfgh qsdf
    qsdfgh wxcv wxcvbn zxcv zxcvbn abc abcd abcdef soleil chouchou doudou loulou amour jetaime iloveyou love
    chocolat marseille paris lyon lille bretagne france francais liberte egalite fraternite football sport
    musique maison famille vacances ordinateur internet informatique janvier fevrier mars avril mai juin juillet
    aout septembre octobre novembre decembre lundi mardi mercredi jeudi vendredi samedi dimanche printemps ete
    automne hiver summer winter spring autumn dragon monkey letmein master segur portail portal ans esante sante
    numerique agence ministere etat public logiciel logiciels editeur editeurs solution produit dossier usager
    informatise dui medicosocial social medico vague referencement reference candidature convention college
    instruction instructeur instructrice guichet preuve chapitre homologation industriel industriels cnda
    gazelle psc hopital clinique ehpad patient medecin
"""
_JOINERS = """
    le la les l de du des d un une mon ma mes ton ta tes son sa ses nos vos notre votre et ou a au aux en pour
    the my
"""
_COMMON = sorted({*_WORDS.split(), *_JOINERS.split()}, key=len, reverse=True)
_LEET = str.maketrans(
    {"@": "a", "0": "o", "1": "i", "!": "i", "3": "e", "4": "a", "5": "s", "$": "s", "7": "t", "€": "e"}
)
_ROWS = (
    "azertyuiop",
    "qsdfghjklm",
    "wxcvbn",
    "qwertyuiop",
    "asdfghjkl",
    "zxcvbnm",
    "abcdefghijklmnopqrstuvwxyz",
    "01234567890",
)

# Every space of Unicode (RFC 8265): on a Mac, Option and the space bar type one that does not break.
_SPACES = re.compile("[\u00a0\u1680\u2000-\u200a\u202f\u205f\u3000]")

TOO_COMMON = "Ce mot de passe est trop facile à deviner. Ajoutez des mots sans rapport entre eux."


def normalised(password: str) -> str:
    """The form under which a password is hashed: accents and spaces typed on a Mac or on a PC give the same one."""
    return unicodedata.normalize("NFC", _SPACES.sub(" ", password))


def other_forms(password: str) -> tuple[str, ...]:
    """The forms under which an older hash may have been made: as it was typed then, composed or decomposed."""
    typed = (password, *(unicodedata.normalize(form, password) for form in ("NFC", "NFD")))
    return tuple(form for form in dict.fromkeys(typed) if form != normalised(password))


def why_too_common(password: str) -> str:
    """Say why the password is too easy to guess; empty when enough of it is not common."""
    plain = "".join(s for s in unicodedata.normalize("NFKD", password).casefold() if not unicodedata.combining(s))
    readings = {plain, plain.translate(_LEET)}
    return TOO_COMMON if any(_own_part(reading) < LEAST for reading in readings) else ""


def _own_part(plain: str) -> int:
    """How many different signs are left once common words, years, rows of keys and repetitions are out."""
    remaining = re.sub(r"(19|20)\d\d", " ", plain)
    remaining = re.sub(r"[\W_]+", " ", remaining)
    glued = remaining.replace(" ", "")
    return min(_left(remaining), _left(glued))


def _left(text: str) -> int:
    for word in _COMMON:
        text = text.replace(word, " ") if len(word) > 3 else re.sub(rf"(?<!\S){word}(?!\S)", " ", text)
    for _ in range(2):  # what stood between two of them is a word of its own now
        text = re.sub(rf"(?<!\S)({'|'.join(map(re.escape, _COMMON))})(?!\S)", " ", text)
    left = re.sub(r"(.+?)\1+", r"\1", text.replace(" ", ""))
    return 0 if any(left in row or left in row[::-1] for row in _ROWS) else len(set(left))
