"""The steps of the coordinated path of one candidature, in their order. Pure functions; see `graphe`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from candidatures.enums import ExigenceDEcheance, VoletKind
from candidatures.rules.deadlines import Deadline
from candidatures.rules.exigences import first_asking
from guichets.catalogue.specs import GuichetSpec
from guichets.enums import Owner, Portee
from guichets.rules.gates import DemandeFacts, owner_of
from referencement.enums import ObjetDAttente, Seuil

from .blocages import Blocage, after_a_refusal, blocages
from .facts import DossierFacts

SEGUR = "segur"
COLLEGE = "college"
ELIGIBILITE = f"volet:{VoletKind.ELIGIBILITE.value}"
PREPARED, SIGNED = "convention:ans", "convention"


@dataclass(frozen=True, slots=True)
class Step:
    """One step of the path.

    :param key: such as `chapitre:INS` for what the éditeur does, and `chapitre:INS:ans` for what the ANS does
    :param kind: what its duration is found by: a key of `durees` in the file of the dispositif
    :param lane: the code of the desk where it is done; `segur` for the portal itself
    :param phase: 1 to 3, as the source numbers them
    :param label: in French, without its owner
    :param after: the keys of the steps that it waits for
    :param address: what it is about, as in `Blocage.address`
    :param since: when its owner could begin (aware); None when nobody knows, or before
    :param done_at: when it was done (aware); None while it is not, or when nobody knows
    :param deadline: what binds it; None when nothing does, or once it is done
    :param objet: what is waited for there, once it can be done; None otherwise, and at the other desks
    :param is_complete: nothing is left to write or deposit: only the submission is missing
    :param fixed_at: when it takes place, whatever it waits for (aware); None while no date is fixed
    """

    key: str
    kind: str
    lane: str
    phase: int
    label: str
    owner: Owner
    is_done: bool
    after: tuple[str, ...]
    address: str
    since: datetime | None = None
    done_at: datetime | None = None
    deadline: Deadline | None = None
    objet: ObjetDAttente | None = None
    is_complete: bool = False
    fixed_at: datetime | None = None


@dataclass(frozen=True)
class GrapheFacts:
    """What the path of one candidature is made of.

    :param demandes: the required ones, by a key of their own
    :param prerequis: the code of the chapitre that opens the tests of the CNDA; empty when there is none
    :param attributed_at: when the collège attributed the référencement (aware); None otherwise
    :param seance_at: when the séance on whose agenda it stands is held (aware); None when it is on none
    :param charte_accepted_at: when the charte was accepted (aware); None when it is not
    :param reached: when a demande reached a stage (aware), by its key and the code of the stage, where it is known
    """

    dossier: DossierFacts
    demandes: Mapping[str, DemandeFacts] = field(default_factory=dict)
    prerequis: str = ""
    attributed_at: datetime | None = None
    charte_accepted_at: datetime | None = None
    reached: Mapping[tuple[str, str], datetime] = field(default_factory=dict)
    seance_at: datetime | None = None


def steps_of(facts: GrapheFacts, *, at: datetime) -> Iterator[Step]:
    """Yield every step of what concerns a candidature, and no others; all are done once it is attributed."""
    dossier = facts.dossier
    missing: dict[str, Blocage] = {}
    for blocage in blocages(dossier, seuil=Seuil.COLLEGE, at=at) if facts.attributed_at is None else ():
        missing.setdefault(blocage.address, blocage)
    charte = missing.get("charte:")
    accepted_at = facts.charte_accepted_at
    yield _step("charte", "charte", 1, "Charte", Owner.EDITEUR, charte, address="charte:", moved_at=accepted_at)
    for volet in dossier.volets:
        yield from _both(f"volet:{volet.kind}", "volet", 1, volet.label, ("charte",), missing, volet.moved_at)
    for chapitre in dossier.chapitres or ():
        address = f"chapitre:{chapitre.code}"
        yield from _both(address, "chapitre", 2, chapitre.label, (ELIGIBILITE,), missing, chapitre.moved_at)
    for key, demande in facts.demandes.items():
        yield from _stages(key, demande, facts)
    yield from _convention(dossier, missing)
    yield _college(facts, is_ready=not missing)


def _college(facts: GrapheFacts, *, is_ready: bool) -> Step:
    """Return the decision; once nothing is missing, it is awaited since the last thing that was."""
    is_attributed, convention, demandes = facts.attributed_at is not None, facts.dossier.convention, facts.demandes
    moves = [convention.moved_at if convention else None, *(demande.since for demande in demandes.values())]
    return Step(
        COLLEGE,
        "college",
        SEGUR,
        3,
        "Collège technique",
        Owner.ANS,
        is_attributed,
        (SIGNED, *(_granted(key, demande) for key, demande in demandes.items())),
        "college:",
        since=max(filter(None, moves), default=None) if is_ready and not is_attributed else None,
        done_at=facts.attributed_at,
        fixed_at=None if is_attributed else facts.seance_at,
    )


def _both(
    address: str,
    kind: str,
    phase: int,
    label: str,
    after: tuple[str, ...],
    missing: Mapping[str, Blocage],
    moved_at: datetime | None,
) -> Iterator[Step]:
    """Yield what the éditeur submits, then what the ANS says of it."""
    blocage = missing.get(address)
    yield _step(
        address,
        kind,
        phase,
        label,
        Owner.EDITEUR,
        blocage,
        address=address,
        after=after,
        then=Owner.ANS,
        moved_at=moved_at,
    )
    label = f"Examen\u00a0: {label}"
    yield _step(
        f"{address}:ans",
        f"examen-{kind}",
        phase,
        label,
        Owner.ANS,
        blocage,
        address=address,
        after=(address,),
        moved_at=moved_at,
    )


def _convention(dossier: DossierFacts, missing: Mapping[str, Blocage]) -> Iterator[Step]:
    blocage = missing.get("convention:")
    is_ready = missing.keys() <= {"convention:", "guichets:"}
    volets = tuple(f"volet:{volet.kind}:ans" for volet in dossier.volets)
    chapitres = tuple(f"chapitre:{chapitre.code}:ans" for chapitre in dossier.chapitres or ())
    moved_at = dossier.convention.moved_at if dossier.convention else None
    yield _step(
        PREPARED,
        "convention",
        3,
        "Préparation de la convention",
        Owner.ANS,
        blocage,
        address="convention:",
        after=(*volets, *chapitres),
        then=Owner.EDITEUR,
        moved_at=moved_at or (blocage.since if blocage and is_ready else None),
    )
    yield _step(
        SIGNED,
        "signature",
        3,
        "Signature de la convention",
        Owner.EDITEUR,
        blocage,
        address="convention:",
        after=(PREPARED, *((*volets, *chapitres) if blocage and blocage.owner == Owner.EDITEUR else ())),
        moved_at=moved_at,
    )


def _step(
    key: str,
    kind: str,
    phase: int,
    label: str,
    owner: Owner,
    blocage: Blocage | None,
    *,
    address: str,
    after: tuple[str, ...] = (),
    then: Owner | None = None,
    moved_at: datetime | None = None,
) -> Step:
    """Return a step of the portal.

    :param blocage: what is missing at its address; without any, it is done
    :param then: the side that acts after it at that address: once it is waited for, this step is done
    :param moved_at: when what it is about came to its state (aware)
    """
    is_done = blocage is None or blocage.owner == then
    is_awaited = blocage is not None and blocage.owner == owner
    return Step(
        key,
        kind,
        SEGUR,
        phase,
        label,
        owner,
        is_done,
        after,
        address,
        since=moved_at if is_awaited else None,
        done_at=moved_at if is_done else None,
        deadline=blocage.deadline if blocage and is_awaited else None,
        objet=blocage.objet if blocage and is_awaited else None,
        is_complete=blocage is not None and is_awaited and blocage.is_complete,
    )


# -- at the other desks ----------------------------------------------------------------------------------------------


def _stages(key: str, demande: DemandeFacts, facts: GrapheFacts) -> Iterator[Step]:
    """Yield the stages that lead to the grant of a demande; whoever must act now does the next one."""
    guichet = demande.guichet
    every = (guichet.initial.code, *_way(guichet, guichet.initial.code))
    to_come = _to_come(demande, every) if facts.attributed_at is None else ()
    before = ""
    for code in every:
        is_ahead = code in to_come
        owner = _owner_of_stage(guichet, before)
        if to_come and code == to_come[0]:
            owner = owner_of(demande) or owner
        yield Step(
            f"demande:{key}:{code}",
            "etape-guichet" if owner == guichet.owner else "etape-editeur",
            guichet.code,
            2,
            f"{demande.label}\u00a0: {guichet.etape(code).label if before else 'à déclarer'}",
            owner,
            not is_ahead,
            _awaited(key, code, before, guichet, facts),
            "guichets:",
            since=demande.since if demande.recorded and to_come and code == to_come[0] else None,
            done_at=None if is_ahead else facts.reached.get((key, code)),
            deadline=_binding(demande, facts.dossier) if is_ahead and code == guichet.repute_complet_des else None,
        )
        before = code


def _way(guichet: GuichetSpec, start: str) -> tuple[str, ...]:
    return guichet.way(start, guichet.accord.code) or ()


def _to_come(demande: DemandeFacts, every: tuple[str, ...]) -> tuple[str, ...]:
    """Return the stages that are not reached: all of them when nothing is declared, or after a refusal."""
    if not demande.recorded or demande.guichet.is_refused(demande.etape):
        return every
    return tuple(code for code in _way(demande.guichet, demande.etape) if code in every)


def _owner_of_stage(guichet: GuichetSpec, before: str) -> Owner:
    """Return who makes a demande leave the stage `before`; the éditeur declares it."""
    return guichet.owner if before and of_the_desk(guichet, before) else Owner.EDITEUR


def of_the_desk(guichet: GuichetSpec, etape: str) -> bool:
    """Whether the desk makes a demande leave this stage; else the éditeur does."""
    return guichet.etape(etape).attend == "guichet"


def _awaited(key: str, code: str, before: str, guichet: GuichetSpec, facts: GrapheFacts) -> tuple[str, ...]:
    """Return what a stage waits for: the one before; the tests, to leave the first; other desks, to be granted."""
    awaited: tuple[str, ...] = (f"demande:{key}:{before}",) if before else ()
    concerned = {chapitre.code for chapitre in facts.dossier.chapitres or ()}
    if before == guichet.initial.code and guichet.portee is Portee.COMPOSANT and facts.prerequis in concerned:
        awaited += (f"chapitre:{facts.prerequis}:ans",)
    if code == guichet.accord.code:
        others = facts.demandes.items()
        awaited += tuple(_granted(other, demande) for other, demande in others if demande.guichet.code in guichet.apres)
    return awaited


def _granted(key: str, demande: DemandeFacts) -> str:
    return f"demande:{key}:{demande.guichet.accord.code}"


def _binding(demande: DemandeFacts, dossier: DossierFacts) -> Deadline | None:
    first = dossier.echeances.get(first_asking(dossier.echeances, ExigenceDEcheance.DEMANDES_AVANCEES))
    return after_a_refusal(demande.refused, first, dossier.to_answer)
