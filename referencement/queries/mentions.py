"""What a message may mention: the champs of the volets and the exigences of the REM."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from django.urls import reverse

from candidatures.enums import VoletKind
from candidatures.models import Candidature
from candidatures.queries.volets import spec_at
from preuves.models import DossierDePreuves
from preuves.queries.dossier import latest_version, rem_of


@dataclass(frozen=True)
class Mention:
    """Something that a message may be about.

    :param group: the heading under which it is listed, in French
    :param href: the page that shows it; empty when it exists no more
    :param word: the word that stands for it in a text; empty when there is none
    """

    address: str
    label: str
    group: str
    href: str
    word: str = ""


def mentions_of(candidature: Candidature, *, fills: bool) -> dict[str, Mention]:
    """Return everything that may be mentioned about a candidature, by address; three queries at most.

    :param fills: whether the links lead to the pages of the éditeur, who fills, or to those of the ANS, which reads
    """
    return {mention.address: mention for mention in (*_champs(candidature, fills), *_exigences(candidature, fills))}


def named(mentions: Mapping[str, Mention], addresses: Iterable[str]) -> list[Mention]:
    """Return the mentions of a message; one that exists no more shows its key, without a link."""
    return [mentions.get(address) or Mention(address, address.partition(":")[2], "", "") for address in addresses]


def _champs(candidature: Candidature, fills: bool) -> Iterator[Mention]:
    page = "candidatures:volet" if fills else "candidatures:volet_review"
    for volet in candidature.volets.order_by("kind"):
        kind = VoletKind(volet.kind)
        href = reverse(page, args=[candidature.nru, kind])
        for code, champ in spec_at(candidature.dispositif_id, kind, volet.formulaire).by_code.items():
            yield Mention(f"champ:{kind.value}.{code}", champ.label, str(kind.label), f"{href}#champ-{code}")


def _exigences(candidature: Candidature, fills: bool) -> Iterator[Mention]:
    row = DossierDePreuves.objects.filter(candidature=candidature).select_related("version").first()
    version = row.version if row else latest_version(candidature.dispositif_id)
    page = "preuves:chapitre" if fills else "preuves:examen"
    for chapitre in rem_of(version).spec.chapitres if version else ():
        href = reverse(page, args=[candidature.nru, chapitre.code])
        for exigence in chapitre.exigences:
            name = exigence.identifiant
            yield Mention(f"exigence:{name}", f"{name} – {exigence.fonction}", chapitre.label, href, word=name)
