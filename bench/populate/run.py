"""One run: replay the stories that are not there, then multiply each, a batch of copies in a transaction of its own."""

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
    """The reason, in French."""


@dataclass(frozen=True)
class Wanted:
    """What a run makes.

    :param candidatures: how many copies; the stories themselves come beside, once
    :param seed: the same one makes the same names
    :param histoires: the stories that are told, by name; all when none is
    :param preuves: whether they go on once the dossier administratif is admitted
    """

    candidatures: int
    seed: int = 0
    histoires: Collection[str] = ()
    preuves: bool = True


def populate(wanted: Wanted, *, say: Callable[[int], None] = lambda done: None) -> int:
    """Make what is wanted beside what is there; return the number of rows.

    :param say: told how many candidatures are copied, after each batch
    :raises NotPopulated: when no story may be told, or when a copy breaks a law
    """
    told, names = _told(wanted), Names(wanted.seed)
    with unhurried(), a_seal():
        models = _models(told, names)
        return _multiply(told, models, names, wanted.candidatures, say)


def _multiply(told: list[Story], models: dict[str, int], names: Names, count: int, say: Callable[[int], None]) -> int:
    """Copy each story as often as its share says, and look whether all holds."""
    told = [story for story in told if story.name in models]
    rows = done = 0
    for story, copies in zip(told, _shares(told, count), strict=True):
        family = family_of([models[story.name]])
        words = names.words_of(family)
        multiplier = Multiplier(family, [word.text for word in words])
        for size in _batches(copies):
            with transaction.atomic():
                rows += multiplier.copy([names.own(words) for _ in range(size)])
                _register()
            done += size
            say(done)
    _tidy()
    if faults := broken():
        raise NotPopulated(f"Des copies ne tiennent pas\u00a0: {faults}")
    return rows


@contextmanager
def unhurried() -> Iterator[None]:
    """A batch is one statement a table: longer than what a page may ask."""
    with connection.cursor() as cursor:
        cursor.execute("SET statement_timeout = 0")
        yield
        cursor.execute("RESET statement_timeout")


@contextmanager
def a_seal() -> Iterator[None]:
    """Sign with a seal of the moment where the portal has none."""
    if settings.SIGNATURE["pkcs12"]:
        yield
        return
    with TemporaryDirectory() as folder:
        given = {"pkcs12": str(Path(folder) / "sceau.p12"), "password": secrets.token_hex(16), "provider_url": ""}
        with override_settings(SIGNATURE=settings.SIGNATURE | given):
            call_command("make_seal", verbosity=0, stdout=StringIO())
            yield


def _told(wanted: Wanted) -> list[Story]:
    """The stories that are copied: those of the dispositifs that are open here."""
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
    """Replay what is not there, as far as the present instant; give the éditeur of each story that is needed."""
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
    """Play a story until the present instant; give its éditeur, None when it has not begun."""
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
    """Have one more of a story's rows, under the name and the SIREN of the story that goes on."""
    former = Editeur.objects.get(pk=editeur)
    own = {former.identifier: actors.siren, former.raison_sociale: f"{actors.nom} Éditions"}
    family = family_of([editeur])
    words = names.words_of(family)
    own |= dict.fromkeys(former.produits.order_by("pk").values_list("nom", flat=True), actors.nom)
    new = [own.get(word.text, made) for word, made in zip(words, names.own(words), strict=True)]
    Multiplier(family, [word.text for word in words]).copy([new])
    _register()


def _register() -> None:
    journal.register_chains(dict.fromkeys(queries.chains_not_registered(), clock.now()))


def _shares(stories: list[Story], count: int) -> list[int]:
    """Share the copies between the stories, in proportion; what is left over goes to those that have most of them."""
    whole = max(1, sum(story.share for story in stories))
    given = [count * story.share // whole for story in stories]
    most = sorted(range(len(stories)), key=lambda rank: -stories[rank].share)[: count - sum(given)]
    return [share + (rank in most) for rank, share in enumerate(given)]


def _batches(count: int) -> list[int]:
    return [min(BATCH, count - start) for start in range(0, count, BATCH)]


def _tidy() -> None:
    """Do at once what the autovacuum does within a minute; in a test, where all is one transaction, only its half."""
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE" if connection.in_atomic_block else "VACUUM ANALYZE")
