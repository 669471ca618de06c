"""One run: replay the stories that are missing, then copy each, in batches of one transaction each."""

import secrets
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from io import StringIO
from pathlib import Path
from tempfile import TemporaryDirectory

from django.conf import settings
from django.core.management import call_command
from django.db import connection, transaction
from django.test.utils import override_settings

from candidatures.catalogue.dispositifs import every_spec
from candidatures.models import Dispositif
from comptes import clock, journal, queries
from comptes.models import Editeur

from .acts import Actors
from .agency import open_agency
from .candidate import siren_of
from .family import family_of
from .identities import Names
from .laws import broken
from .multiply import Multiplier
from .stories import DOSSIERS, STORIES, Story

BATCH = 250


class NotPopulated(Exception):
    """Nothing could be made, or a copy is wrong; the message gives the reason, in French."""


@dataclass(frozen=True)
class Wanted:
    """The options of a run.

    :param candidatures: how many copies to make; the stories themselves come in addition
    :param seed: of the names; the same seed makes the same names
    :param histoires: names of the stories to copy; all when empty
    :param preuves: whether to copy the stories that go beyond the dossier administratif
    """

    candidatures: int
    seed: int = 0
    histoires: Collection[str] = ()
    preuves: bool = True


def populate(wanted: Wanted, *, say: Callable[[int], None] = lambda done: None) -> int:
    """Add what is wanted to the database; return the number of rows.

    :param say: called after each batch with the number of candidatures copied
    :raises NotPopulated: when no story is possible, or when a copy breaks a rule of `laws`
    """
    told, names = _told(wanted), Names(wanted.seed)
    with unhurried(), a_seal():
        models = _models(told, names)
        return _multiply(told, models, names, wanted.candidatures, say)


def _multiply(told: list[Story], models: dict[str, int], names: Names, count: int, say: Callable[[int], None]) -> int:
    """Copy each story according to its share, and check the copies."""
    told = [story for story in told if story.name in models]
    rows = done = 0
    for story, copies in zip(told, _shares(told, count), strict=True):
        family = family_of([models[story.name]])
        replaced = names.words_of(family)
        multiplier = Multiplier(family, [word.text for word in replaced])
        for size in _batches(copies):
            with transaction.atomic():
                rows += multiplier.copy([names.own(replaced) for _ in range(size)])
                _register()
            done += size
            say(done)
    _tidy()
    if faults := broken():
        raise NotPopulated(f"Des copies ne tiennent pas\u00a0: {faults}")
    return rows


@contextmanager
def unhurried() -> Iterator[None]:
    """Lift the limit of time of a statement: a batch is one statement for each table."""
    with connection.cursor() as cursor:
        cursor.execute("SET statement_timeout = 0")
        yield
        cursor.execute("RESET statement_timeout")


@contextmanager
def a_seal() -> Iterator[None]:
    """Use a temporary seal when the settings name none."""
    if settings.SIGNATURE["pkcs12"]:
        yield
        return
    with TemporaryDirectory() as folder:
        seal = {"pkcs12": str(Path(folder) / "sceau.p12"), "password": secrets.token_hex(16), "provider_url": ""}
        with override_settings(SIGNATURE=settings.SIGNATURE | seal):
            call_command("make_seal", verbosity=0, stdout=StringIO())
            yield


def _told(wanted: Wanted) -> list[Story]:
    """Return the stories to copy, among those of the open dispositifs."""
    known = set(Dispositif.objects.values_list("pk", flat=True)) & {spec.code for spec in every_spec()}
    told = [
        story
        for story in (STORIES if wanted.preuves else DOSSIERS)
        if story.dispositif in known and story.name in (wanted.histoires or [story.name])
    ]
    if not told:
        raise NotPopulated(f"Aucune histoire à raconter\u00a0: il y a {', '.join(story.name for story in STORIES)}.")
    return told


def _models(told: list[Story], names: Names) -> dict[str, int]:
    """Replay the stories that are missing, up to the present instant; return the pk of the éditeur of each."""
    needed = {story.name for story in told}
    for story in reversed(STORIES):
        if story.name in needed and story.after:
            needed.add(story.after)
    models: dict[str, int] = {}
    for number, story in enumerate(STORIES, start=1):
        if story.name in needed:
            with transaction.atomic():
                key = _there(number) or _play(story, number, models, names)
            if key:
                models[story.name] = key
    if not models:
        raise NotPopulated("Aucune démarche n’est encore ouverte\u00a0: aucune candidature ne peut y être.")
    return models


def _there(number: int) -> int | None:
    editeur = Editeur.objects.filter(identifier=siren_of(number)).first()
    return editeur and editeur.pk


def _play(story: Story, number: int, models: dict[str, int], names: Names) -> int | None:
    """Play a story up to the present instant; return the pk of its éditeur, None when it has not begun."""
    now = clock.now()
    acts = [act for act in story.acts if act.at <= now]
    if not (acts or story.after in models):
        return None
    base = STORIES[_rank(story.after)] if story.after else story
    while base.after:
        base = STORIES[_rank(base.after)]
    actors = Actors(
        f"Histoire {number}",
        number,
        base.dispositif,
        list(base.profils),
        open_agency(number, at=acts[0].at if acts else now),
    )
    if story.after:
        _copy_once(models[story.after], actors, names)
        actors.go_on()
    for act in acts:
        with clock.travel(act.at):
            getattr(actors, act.verb)(*act.args, **act.params, at=act.at)
    return _there(number)


def _rank(name: str) -> int:
    return next(rank for rank, story in enumerate(STORIES) if story.name == name)


def _copy_once(editeur: int, actors: Actors, names: Names) -> None:
    """Copy a story once, with the name and the SIREN of the story that continues it."""
    former = Editeur.objects.get(pk=editeur)
    own = {former.identifier: actors.siren, former.raison_sociale: f"{actors.nom} Éditions"}
    family = family_of([editeur])
    replaced = names.words_of(family)
    own |= dict.fromkeys(former.produits.order_by("pk").values_list("nom", flat=True), actors.nom)
    new = [own.get(word.text, made) for word, made in zip(replaced, names.own(replaced), strict=True)]
    Multiplier(family, [word.text for word in replaced]).copy([new])
    _register()


def _register() -> None:
    journal.register_chains(dict.fromkeys(queries.chains_not_registered(), clock.now()))


def _shares(stories: list[Story], count: int) -> list[int]:
    """Divide the copies between the stories by their shares; the remainder goes to the largest shares."""
    whole = max(1, sum(story.share for story in stories))
    given = [count * story.share // whole for story in stories]
    most = sorted(range(len(stories)), key=lambda rank: -stories[rank].share)[: count - sum(given)]
    return [share + (rank in most) for rank, share in enumerate(given)]


def _batches(count: int) -> list[int]:
    return [min(BATCH, count - start) for start in range(0, count, BATCH)]


def _tidy() -> None:
    """Run VACUUM ANALYZE, as the autovacuum would soon; only ANALYZE inside a transaction, as in a test."""
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE" if connection.in_atomic_block else "VACUUM ANALYZE")
