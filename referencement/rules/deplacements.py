"""What moving an échéance changes, in French, before anybody approves it."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from candidatures.rules.deadlines import Deadline, spell


@dataclass(frozen=True)
class Effect:
    """What moving an échéance would do at this moment. The counts are numbers of candidatures.

    :param former: the instant in force (aware)
    :param to: the new one (aware)
    :param late: those that still owe something and are late today
    :param pending: those that still owe something and are not late
    :param extended: those that have a dérogation to the new instant or later: the move changes nothing for them
    :param foreclosed: those that were foreclosed for that échéance
    :param messages: how many people will be told
    """

    former: datetime
    to: datetime
    late: int
    pending: int
    extended: int
    foreclosed: int
    messages: int


def effect_in_words(effect: Effect) -> tuple[tuple[str, str], ...]:
    """Return each consequence: its tone (`success`, `warning`, `info`) and its sentence in French."""
    return tuple(_consequences(effect))


def opening_in_words(former: datetime, to: datetime, *, first: Deadline | None) -> tuple[tuple[str, str], ...]:
    """Return each consequence of moving the opening of a démarche: its tone and its sentence in French.

    :param first: its first échéance
    """
    later, more = to > former, spell(abs(to - former))
    sentences = [("info", "Aucune candidature n’est encore ouverte dans cette démarche. Aucun e-mail n’est envoyé.")]
    if first is not None:
        left = f"Entre l’ouverture et la {first.nom}, les éditeurs auront {spell(first.at - to)}\u00a0: "
        sentences.append(("warning" if later else "success", f"{left}{more} de {'moins' if later else 'plus'}."))
    return tuple(sentences)


def _consequences(effect: Effect) -> Iterator[tuple[str, str]]:
    if effect.late:
        yield (
            "success",
            f"{_candidatures(effect.late)} en retard\u00a0: {_they_will_be(effect.late)} de nouveau dans les délais.",
        )
    if effect.pending and effect.to > effect.former:
        more = spell(effect.to - effect.former)
        yield "success", f"{_candidatures(effect.pending)} incomplète{_plural(effect.pending)} : {more} de plus."
    if effect.pending and effect.to < effect.former:
        less = spell(effect.former - effect.to)
        lacking = f"{_candidatures(effect.pending)} incomplète{_plural(effect.pending)} : {less} de moins."
        yield "warning", f"{lacking} Sans soumission d’ici là, elles seront en retard."
    if not effect.late and not effect.pending:
        yield "info", "Aucune candidature ne change d’état."
    if effect.extended:
        yield "info", f"{_candidatures(effect.extended)} avec une dérogation plus tardive\u00a0: aucun changement."
    if effect.foreclosed:
        closed = f"{_candidatures(effect.foreclosed)} déjà close{_plural(effect.foreclosed)} pour dépôt hors délai"
        yield "info", f"{closed} (forclusion)\u00a0: seule une dérogation peut les rouvrir."


def _candidatures(count: int) -> str:
    return f"{count} candidature{_plural(count)}"


def _plural(count: int) -> str:
    return "s" if count > 1 else ""


def _they_will_be(count: int) -> str:
    return "elles seront" if count > 1 else "elle sera"
