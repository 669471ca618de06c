"""One run: batches of éditeurs, each in a transaction of its own, so that memory stays constant."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from random import Random

from django.db import connection, transaction

from candidatures.catalogue.specs import DispositifSpec
from candidatures.operations import load_dispositif
from candidatures.queries import charte_of
from comptes import journal, queries
from comptes.models import FRANCE, Editeur
from guichets.catalogue.guichets import every_guichet
from guichets.operations import load_guichet
from preuves.queries import latest_version, rem_of

from .copying import Tables, numbers_of
from .dossiers import add_candidature
from .files import store_files
from .people import Team, add_produit, add_team, open_comptes_ans, sizes
from .preuves import Due, add_dossier
from .world import World

BATCH = 200


@dataclass(frozen=True)
class Wanted:
    """What a run makes.

    :param at: the portal's present instant, after the opening of the démarche
    :param seed: the same one, on a database just migrated and at the same instant, makes the same data
    :param preuves: whether the dossiers de preuves are made too; the dispositif then has a published REM
    :param finished: whether every candidature went to the end of what the instructeurs decide: chapitres approved
    """

    spec: DispositifSpec
    candidatures: int
    at: datetime
    seed: int = 0
    preuves: bool = True
    finished: bool = False


def populate(wanted: Wanted, *, say: Callable[[int], None] = lambda done: None) -> dict[str, int]:
    """Make what is wanted, beside what is there; return the number of rows by table.

    :param say: told how many candidatures are made, after each batch
    """
    for guichet in every_guichet():
        load_guichet(spec=guichet)
    dispositif = load_dispositif(spec=wanted.spec, at=wanted.at)
    version = latest_version(dispositif.pk) if wanted.preuves else None
    assert version or not wanted.preuves, "The REM is published first."
    world = World(
        tables=Tables(),
        dice=Random(wanted.seed),
        spec=wanted.spec,
        charte=charte_of(dispositif),
        at=wanted.at,
        nru=numbers_of("candidatures_nru"),
        instructeurs=open_comptes_ans(wanted.at),
        files=store_files(),
        finished=wanted.finished,
    )
    due = Due(rem_of(version)) if version else None
    _make(world, wanted.candidatures, due, say)
    _tidy(world.tables)
    return {table.name: table.count for table in world.tables}


def _tidy(tables: Tables) -> None:
    """Do at once what the autovacuum does within a minute; in a test, where all is one transaction, only its half."""
    verb = "ANALYZE" if connection.in_atomic_block else "VACUUM ANALYZE"
    with connection.cursor() as cursor:
        for table in tables:
            cursor.execute(f'{verb} "{table.name}"')


def _make(world: World, count: int, due: Due | None, say: Callable[[int], None]) -> None:
    taken = set(Editeur.objects.filter(country=FRANCE).values_list("identifier", flat=True))
    done, waiting = 0, 0
    for size in sizes(world, count):
        _add_editeur(world, size, due, taken)
        done, waiting = done + size, waiting + size
        if waiting >= BATCH or done == count:
            with transaction.atomic():
                world.tables.send()
                journal.register_chains(dict.fromkeys(queries.chains_not_registered(), world.at))
            say(done)
            waiting = 0


def _add_editeur(world: World, size: int, due: Due | None, taken: set[str]) -> None:
    team = add_team(world, taken)
    for rank in range(1, size + 1):
        _add_solution(world, team, rank, due)
    team.chain.write(world.tables)


def _add_solution(world: World, team: Team, rank: int, due: Due | None) -> None:
    created_at = world.instant(world.opening, world.until_date_1, 0.1, 0.6)
    produit = add_produit(world, team, rank, created_at)
    made = add_candidature(world, team, produit, world.instant(created_at, world.until_date_1, 0, 0.1))
    if due:
        add_dossier(world, made, due)
    made.chain.write(world.tables)
