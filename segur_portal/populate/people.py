"""Éditeurs, their people and their products."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache

from candidatures.enums import Act as CandidaturesAct
from candidatures.models import AccesProduit, Produit
from comptes import journal
from comptes.enums import Act, Role, RoleANS
from comptes.models import Compte, Editeur, Rattachement
from comptes.operations import open_compte_ans

from . import words
from .chains import Chain
from .world import World

ANS = tuple(f"instruction-{number}@populate.example" for number in range(1, 7))
LARGE = 25
SIZES = (1, 1, 1, 2, 2, 3, 4, 6)


@dataclass
class Team:
    """One éditeur and its people: ids of comptes, the mandataire first; `seats` are the rattachements of salariés."""

    editeur: int
    words: dict[str, str]
    people: list[int]
    names: list[tuple[str, str, str]]
    seats: list[tuple[int, int]]
    registered_at: datetime
    chain: Chain


def open_comptes_ans(at: datetime) -> tuple[int, ...]:
    """Give the agency its instructeurs, unless they are there; return their ids."""
    for number, email in enumerate(ANS):
        if not Compte.objects.filter(email=email).exists():
            roles = [RoleANS.INSTRUCTEUR] if number else [RoleANS.RESPONSABLE_INSTRUCTION, RoleANS.INSTRUCTEUR]
            name = {"first_name": words.FIRST_NAMES[number], "last_name": words.LAST_NAMES[-number - 1]}
            open_compte_ans(email=email, **name, roles=roles, by=None, at=at)
    return tuple(Compte.objects.filter(email__in=ANS).order_by("email").values_list("pk", flat=True))


def sizes(world: World, count: int) -> Iterator[int]:
    """Share that many candidatures between éditeurs: a large one first, then small ones."""
    size = min(LARGE, count)
    while count > 0:
        yield size
        count -= size
        size = min(world.dice.choice(SIZES), count)


def add_team(world: World, taken: set[str]) -> Team:
    """Make an éditeur with a mandataire, a représentant and two salariés."""
    number = world.tables[Editeur].reserve()
    said = _words(world, number, taken)
    registered_at = world.instant(world.opening, world.until_date_1, 0, 0.05)
    columns = {("identifier" if name == "siren" else name): value for name, value in said.items()}
    world.tables[Editeur].add(id=number, **columns, registered_at=registered_at)
    name = journal.chain_of_editeur(number)
    team = Team(number, said, [], [], [], registered_at, Chain(name))
    team.chain.tell(Act.EDITEUR_REGISTERED, on=name, by=world.instructeurs[0], at=registered_at, editeur=number)
    for role in (Role.MANDATAIRE, Role.REPRESENTANT, Role.SALARIE, Role.SALARIE):
        _add_person(world, team, role)
    return team


def _words(world: World, number: int, taken: set[str]) -> dict[str, str]:
    dice = world.dice
    code_postal, commune = dice.choice(words.TOWNS)
    siren = next(one for one in (_siren(number + step * 1_000_003) for step in range(50)) if one not in taken)
    taken.add(siren)
    return {
        "raison_sociale": f"{dice.choice(words.WINDS)} {dice.choice(words.TRADES)} {number}",
        "siren": siren,
        "adresse": f"{dice.randint(1, 120)} {dice.choice(words.STREETS)}",
        "code_postal": code_postal,
        "commune": commune,
    }


@cache
def _siren(number: int) -> str:
    """Return nine digits whose Luhn key holds."""
    body = f"{(70_000_000 + number) % 100_000_000:08d}"
    doubled = [int(digit) * (2 if place % 2 else 1) for place, digit in enumerate(body)]
    return f"{body}{-sum(one - 9 if one > 9 else one for one in doubled) % 10}"


def _add_person(world: World, team: Team, role: Role) -> None:
    dice = world.dice
    number = world.tables[Compte].reserve()
    first, last = dice.choice(words.FIRST_NAMES), dice.choice(words.LAST_NAMES)
    email = f"personne-{number}@editeur-{team.editeur}.example"
    # « ! » begins a password that opens nothing.
    password = f"!{dice.getrandbits(160):040x}"
    world.tables[Compte].add(id=number, email=email, first_name=first, last_name=last, password=password)
    at = team.registered_at + timedelta(hours=len(team.people) + 1)
    engages = role == Role.MANDATAIRE or (role == Role.REPRESENTANT and world.luck(0.5))
    seat = world.tables[Rattachement].add(
        compte_id=number, editeur_id=team.editeur, role=role.value, may_engage=engages, attached_at=at
    )
    team.chain.tell(
        Act.RATTACHEMENT_OPENED,
        on=f"rattachement:{seat}",
        by=number,
        at=at,
        compte=number,
        role=str(role.label),
    )
    team.people.append(number)
    team.names.append((first, last, email))
    if role == Role.SALARIE:
        team.seats.append((seat, number))


def add_produit(world: World, team: Team, rank: int, at: datetime) -> tuple[int, str]:
    """Make a product of that éditeur and give it to its salariés; return its id and its name."""
    wind, place = world.dice.choice(words.WINDS), world.dice.choice(words.PLACES)
    nom = f"{wind} {place}" if rank == 1 else f"{wind} {place} {rank}"
    by = team.people[0]
    number = world.tables[Produit].add(editeur_id=team.editeur, nom=nom, created_at=at, created_by_id=by)
    on = f"produit:{number}"
    team.chain.tell(CandidaturesAct.PRODUIT_CREATED, on=on, by=by, at=at, produit=number)
    for seat, compte in team.seats:
        world.tables[AccesProduit].add(produit_id=number, rattachement_id=seat, given_at=at, given_by_id=by)
        team.chain.tell(CandidaturesAct.ACCES_GIVEN, on=on, by=by, at=at, produit=number, compte=compte)
    return number, nom
