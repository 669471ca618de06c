"""The texts that must differ in each copy: names, numbers, addresses, tokens."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import count
from random import Random
from typing import Any

from django.db import connection

from candidatures.models import AbonnementCalendrier, Accuse, Candidature, Produit
from candidatures.rules import accuse
from candidatures.rules.nru import make_nru
from comptes.catalogue.countries import FRANCE
from comptes.models import Compte, Editeur, Identite, Invitation
from guichets.models import DemandeAuGuichet
from referencement.models import EvenementDeSignature, ProcedureDeSignature

from .family import Rows, Table

WINDS = ("Alizé", "Autan", "Bise", "Brise", "Galerne", "Noroît", "Suroît", "Tramontane", "Zéphyr", "Embrun", "Estran")
TRADES = ("Logiciels", "Santé", "Informatique", "Systèmes", "Numérique", "Éditions", "Technologies", "Services")
PLACES = ("Résidence", "Domicile", "Foyer", "Horizon", "Accueil", "Parcours", "Usager", "Dossier", "Lien", "Équipe")
BLOCK = 1000
SERIAL = "\x02"  # in no text


@dataclass(frozen=True)
class Word:
    """A text of the model that each copy replaces, and the function that makes the replacement."""

    text: str
    make: Callable[[str], str]


class Names:
    """Makes texts that no other row has. The same seed makes the same names."""

    def __init__(self, seed: int) -> None:
        self.dice = Random(seed)
        self.serials = count(1 + Editeur.objects.count())
        self.taken = set(Editeur.objects.filter(country=FRANCE).values_list("identifier", flat=True))
        self.numbers = numbers_of("candidatures_nru")

    def words_of(self, rows: Rows) -> list[Word]:
        """Return the texts of these rows that each copy replaces, without duplicates; the serial number first."""
        made: dict[str, Word] = {SERIAL: Word(SERIAL, lambda text: str(self.serial))}
        for model, fields in self._makers().items():
            for name, make in fields.items():
                for text in _values(model, name, rows.get(model, [])):
                    made.setdefault(text, Word(text, make))
        return list(made.values())

    def own(self, replaced: list[Word]) -> list[str]:
        """Return the texts of one more copy, in the order of `replaced`."""
        self.serial = next(self.serials)
        return [word.make(word.text) for word in replaced]

    def _makers(self) -> dict[Table, dict[str, Callable[[str], str]]]:
        return {
            Candidature: {"nru": self._nru},
            Editeur: {"identifier": self._siren, "raison_sociale": self._named(TRADES)},
            Produit: {"nom": self._named(PLACES)},
            Compte: {"email": self._email},
            Invitation: {"email": self._email, "token": self._hidden},
            DemandeAuGuichet: {"numero": self._numbered, "nil": self._numbered},
            Accuse: {"numero": self._accuse},
            AbonnementCalendrier: {"token": self._hidden},
            Identite: {"subject": self._numbered},
            ProcedureDeSignature: {"reference": self._numbered},
            EvenementDeSignature: {"event_id": self._numbered},
        }

    def _nru(self, text: str) -> str:
        prefix, year, _ = text.split("-", 2)
        return make_nru(prefix, year=int(year), number=next(self.numbers))

    def _siren(self, text: str) -> str:
        self.taken.add(siren := text)
        while siren in self.taken:
            siren = with_its_key(f"{self.dice.randrange(10**7, 10**8):08d}")
        self.taken.add(siren)
        return siren

    def _named(self, nouns: tuple[str, ...]) -> Callable[[str], str]:
        return lambda text: f"{self.dice.choice(WINDS)} {self.dice.choice(nouns)} {self.serial}"

    def _email(self, text: str) -> str:
        person, _, place = text.partition("@")
        return f"{person}.{self.serial}@{place}"

    def _numbered(self, text: str) -> str:
        return f"{text}.{self.serial}"

    def _hidden(self, text: str) -> str:
        return f"{self.dice.getrandbits(4 * len(text)):0{len(text)}x}"

    def _accuse(self, text: str) -> str:
        return accuse.make_numero("".join(self.dice.choices(accuse.ALPHABET, k=accuse.LENGTH)))


def with_its_key(body: str) -> str:
    """Return these eight digits followed by their Luhn check digit."""
    doubled = [int(digit) * (2 if place % 2 else 1) for place, digit in enumerate(body)]
    return f"{body}{-sum(digit - 9 if digit > 9 else digit for digit in doubled) % 10}"


def _values(model: Table, name: str, keys: list[int]) -> Iterator[str]:
    known: Any = model._base_manager.filter(pk__in=keys).order_by("pk").values_list(name, flat=True)
    return (text for text in known if text)


def numbers_of(sequence: str) -> Iterator[int]:
    """Yield the next numbers of a database sequence, taken by blocks; two concurrent runs never get the same."""
    while True:
        with connection.cursor() as cursor:
            cursor.execute("SELECT nextval(%s::regclass) FROM generate_series(1, %s)", [sequence, BLOCK])
            taken = [row[0] for row in cursor.fetchall()]
        yield from taken
