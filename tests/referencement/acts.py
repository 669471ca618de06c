"""What the pages of an éditeur say of its next acts, compared with each other."""

from collections.abc import Callable
from typing import Any

from django.urls import reverse

from referencement.rules.lignes import PHASES
from referencement.views.lignes import LATE, MINE

Read = Callable[[str], Any]


def assert_pages_agree(read: Read, nru: str) -> int:
    """Compare the start page, the page of the candidature and the picture; return how many acts they name.

    :param read: answers with the page of an address, as somebody of the éditeur reads it
    """
    home = read(reverse("referencement:accueil")).context
    solution = next(each for each in (*home["solutions"], *home["others"]) if each.nru == nru)
    if not solution.goes_on:
        return 0
    path = reverse("referencement:parcours", args=[nru])
    acts, candidature = list(solution.acts), read(reverse("referencement:candidature", args=[nru])).context
    assert read(path).context["acts"] == acts

    told = [act.href for act in candidature["then"]]
    if candidature["turn"] and candidature["turn"].get("href") in {act.href for act in acts}:
        told.insert(0, candidature["turn"]["href"])
    assert told == [act.href for act in acts]

    led = {row.href for phase in PHASES for row in rows_of(read, f"{path}?phase={phase}") if row.mark in (MINE, LATE)}
    assert {act.href for act in acts} <= led
    return len(acts)


def rows_of(read: Read, address: str) -> Any:
    return read(address).context["drawn"]["rows"]
