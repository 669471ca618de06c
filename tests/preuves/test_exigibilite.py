from dataclasses import replace
from datetime import UTC, datetime, timedelta

from hypothesis import assume, given
from hypothesis import strategies as st

from preuves.catalogue.rem import GENERAL
from preuves.enums import ExigibiliteKind as Kind
from preuves.rules.exigibilite import (
    Attendue,
    ContestedDispense,
    Equivalent,
    FallenEquivalent,
    Presentation,
    Reference,
    Unsettled,
    count,
    exigibilites,
    is_its_own,
)

MORNING = datetime(2027, 2, 1, 8, 0, tzinfo=UTC)
METIERS = ["PA", "PH", "DOM", "PDE", "PDS", "AHI"]
ARCHITECTURES = ["HEB", "MOB", "USAGERS"]


def attendue(numero: str = "X.01.01.01", **changes: object) -> Attendue:
    given = {"chapitre": "X", "perimetre": "vague_2", "profils": {GENERAL}, "profils_historiques": ()} | changes
    for name in ("profils", "profils_historiques", "sauf_profils"):
        given[name] = frozenset(given.get(name, ()))
    return Attendue(numero=numero, **given)


def presentation(*profils: str, **changes: object) -> Presentation:
    return Presentation(profils=frozenset(profils), **changes)


def the_one(preuve: Attendue, presented: Presentation) -> tuple[Kind, str]:
    exigibilite = exigibilites([preuve], presented)[preuve.numero]
    return exigibilite.kind, exigibilite.reason


def test_general_is_required_of_everybody() -> None:
    assert the_one(attendue(), presentation("PA")) == (Kind.REQUIRED, "Demandée à toutes les solutions.")


def test_profil_is_required_of_who_presents_it() -> None:
    preuve = attendue(profils=["PA", "PH"])

    assert the_one(preuve, presentation("PH", "AHI")) == (Kind.REQUIRED, "Demandée pour le profil PH.")
    assert the_one(preuve, presentation("AHI")) == (
        Kind.NOT_CONCERNED,
        "Demandée seulement pour les profils PA et PH.",
    )


def test_architecture_asks_like_a_profil() -> None:
    preuve = attendue(profils=["MOB"])

    assert the_one(preuve, presentation("PA"))[0] is Kind.NOT_CONCERNED
    assert the_one(preuve, presentation("PA", architecture=frozenset({"MOB"})))[0] is Kind.REQUIRED


def test_exception_holds_only_if_every_profil_is_excepted() -> None:
    preuve = attendue(sauf_profils=["AHI"])

    assert the_one(preuve, presentation("AHI"))[0] is Kind.NOT_CONCERNED
    assert the_one(preuve, presentation("AHI", "PA"))[0] is Kind.REQUIRED


def test_preconisation_asks_nothing() -> None:
    assert the_one(attendue(force="preconisation"), presentation("PA"))[0] is Kind.NOT_CONCERNED


LGC = Equivalent("L.01", "LGC-2026-00001-A", "Logiciel de gestion", MORNING)
MS1_PA = Reference("W-1", "MS1", frozenset({"PA"}))
MS2_PDS = Reference("W-2", "MS2", frozenset({"PDS"}))


def test_vague_1_is_inherited_from_the_profil_that_was_referenced() -> None:
    preuve = attendue(perimetre="vague_1", profils=["PDS"], profils_historiques=["PDS"])
    presented = presentation("PA", "PDS", references=(MS1_PA, MS2_PDS))

    assert the_one(preuve, presented) == (
        Kind.INHERITED,
        "Reprise de la vague 1\u00a0: référence W-2 (MS2, le profil PDS).",
    )


def test_general_of_vague_1_is_inherited_from_any_reference() -> None:
    preuve = attendue(perimetre="vague_1", profils_historiques=[GENERAL])

    assert the_one(preuve, presentation("PH", references=(MS1_PA,)))[0] is Kind.INHERITED
    assert the_one(preuve, presentation("PH"))[0] is Kind.REQUIRED


def test_vague_2_is_never_inherited() -> None:
    preuve = attendue(profils_historiques=[GENERAL])

    assert the_one(preuve, presentation("PA", references=(MS1_PA,)))[0] is Kind.REQUIRED


def test_equivalent_is_not_deposited_again() -> None:
    presented = presentation("PA", equivalents={"X.01.01.01": LGC})

    assert the_one(attendue(), presented) == (
        Kind.EQUIVALENT,
        "Équivalence avec la preuve L.01, acceptée sous le numéro LGC-2026-00001-A.",
    )


def test_equivalence_under_condition_holds_for_who_presents_nothing_else() -> None:
    equivalents = {"X.01.01.01": replace(LGC, profils=frozenset({"PA", "PH"}))}

    assert the_one(attendue(), presentation("PA", equivalents=equivalents))[0] is Kind.EQUIVALENT
    assert the_one(attendue(), presentation("PA", "PDS", equivalents=equivalents))[0] is Kind.REQUIRED


def test_equivalence_that_fell_is_due_since_it_did_and_says_why() -> None:
    fallen = {"X.01.01.01": FallenEquivalent(LGC, MORNING, "la candidature est retirée")}
    (exigibilite,) = exigibilites([attendue()], presentation("PA", fallen=fallen)).values()

    assert exigibilite.kind == Kind.REQUIRED
    assert (exigibilite.asked_at, exigibilite.fallen) == (MORNING, fallen["X.01.01.01"])
    assert exigibilite.reason == (
        "L’équivalence avec la preuve L.01 de LGC-2026-00001-A ne s’applique plus\u00a0: la candidature est retirée."
    )


def test_equivalence_that_fell_is_not_said_where_it_never_held() -> None:
    former = FallenEquivalent(replace(LGC, profils=frozenset({"PH"})), MORNING, "la table change")
    (exigibilite,) = exigibilites([attendue()], presentation("PA", fallen={"X.01.01.01": former})).values()

    assert (exigibilite.reason, exigibilite.asked_at) == ("Demandée à toutes les solutions.", None)


def test_contested_equivalence_that_falls_stays_due_since_it_was_contested() -> None:
    contestations = {"X.01.01.01": ContestedDispense("Autre module.", MORNING)}
    fallen = {"X.01.01.01": FallenEquivalent(LGC, MORNING + timedelta(days=1), "la table change")}
    presented = presentation("PA", fallen=fallen, contestations=contestations)
    (exigibilite,) = exigibilites([attendue()], presented).values()

    assert (exigibilite.asked_at, exigibilite.reason) == (
        MORNING,
        "Demandée par l’ANS, avec ce motif\u00a0: Autre module.",
    )


def test_contested_dispense_is_due_and_says_why() -> None:
    preuve = attendue(perimetre="vague_1", profils_historiques=["PA"], profils=["PA"])
    presented = presentation(
        "PA",
        references=(MS1_PA,),
        contestations={preuve.numero: ContestedDispense("Le module a été réécrit.", MORNING)},
    )

    assert the_one(preuve, presented) == (
        Kind.REQUIRED,
        "Demandée par l’ANS, avec ce motif\u00a0: Le module a été réécrit.",
    )


def test_contestation_of_what_is_required_anyway_says_nothing_more() -> None:
    presented = presentation("PA", contestations={"X.01.01.01": ContestedDispense("Sans objet.", MORNING)})

    assert the_one(attendue(), presented)[1] == "Demandée à toutes les solutions."


profils = st.frozensets(st.sampled_from(METIERS))
attendues = st.lists(
    st.builds(
        Attendue,
        numero=st.text("0123456789.", min_size=1, max_size=6),
        chapitre=st.sampled_from(["A", "B"]),
        perimetre=st.sampled_from(["vague_1", "vague_2"]),
        profils=st.frozensets(st.sampled_from([*METIERS, *ARCHITECTURES, GENERAL])),
        profils_historiques=st.frozensets(st.sampled_from([*METIERS, GENERAL])),
        sauf_profils=profils,
        force=st.sampled_from(["exigence", "preconisation"]),
    ),
    unique_by=lambda preuve: preuve.numero,
)
presentations = st.builds(
    Presentation,
    profils=profils,
    architecture=st.frozensets(st.sampled_from(ARCHITECTURES)),
    references=st.tuples(st.builds(Reference, st.just("W"), st.sampled_from(["MS1", "MS2"]), profils)),
    equivalents=st.dictionaries(st.text("0123456789.", min_size=1, max_size=6), st.just(LGC), max_size=3),
    contestations=st.dictionaries(
        st.text("0123456789.", min_size=1, max_size=6), st.just(ContestedDispense("motif", MORNING)), max_size=3
    ),
)


@given(attendues, presentations)
def test_every_preuve_has_one_exigibilite_and_a_reason(expected: list[Attendue], presented: Presentation) -> None:
    by_numero = exigibilites(expected, presented)

    assert list(by_numero) == [preuve.numero for preuve in expected]
    assert all(due.reason.endswith((".", "motif")) for due in by_numero.values())
    assert sum(vars(count(by_numero.values())).values()) == len(expected)


@given(attendues, presentations, st.data())
def test_what_is_not_its_own_follows_from_the_profils_alone(
    expected: list[Attendue], presented: Presentation, data: st.DataObject
) -> None:
    numeros = st.sampled_from([preuve.numero for preuve in expected] or ["0"])
    unsettled = st.builds(Unsettled, st.sampled_from(presented.references), st.frozensets(numeros, max_size=2))
    presented = replace(
        presented,
        references=data.draw(st.sampled_from([(), presented.references])),
        equivalents=data.draw(st.dictionaries(numeros, st.just(LGC), max_size=2)),
        contestations=data.draw(st.dictionaries(numeros, st.just(ContestedDispense("motif", MORNING)), max_size=2)),
        fallen=data.draw(st.dictionaries(numeros, st.just(FallenEquivalent(LGC, MORNING, "refusée")), max_size=2)),
        unsettled=data.draw(st.one_of(st.just(()), st.tuples(unsettled))),
    )
    alike = exigibilites(expected, Presentation(presented.profils, presented.architecture))
    own = exigibilites([preuve for preuve in expected if is_its_own(preuve, presented)], presented)

    assert {**alike, **own} == exigibilites(expected, presented)


@given(attendues, presentations, st.sampled_from(METIERS))
def test_adding_a_profil_never_takes_a_preuve_away(
    expected: list[Attendue], presented: Presentation, added: str
) -> None:
    """Holds for a solution with at least one profil: before, no preuve can be out of its scope."""
    assume(presented.profils)
    more = Presentation(
        presented.profils | {added},
        presented.architecture,
        presented.references,
        presented.equivalents,
        presented.contestations,
    )
    before, after = exigibilites(expected, presented), exigibilites(expected, more)

    for numero, due in before.items():
        if due.kind is not Kind.NOT_CONCERNED:
            assert after[numero].kind is due.kind
