"""What the closing of a séance gathers of many dossiers at once is what each page gathers of one."""

from django.db import connection
from django.test.utils import CaptureQueriesContext

from candidatures.models import Candidature
from referencement.queries.blocages import dossier_complet
from referencement.queries.decidable import dossiers_to_decide
from referencement.queries.seances import missing_before_the_college
from tests.candidatures.conftest import Team
from tests.factories import candidatures as make
from tests.factories import conventions
from tests.factories.referencement import an_attributed_solution

LATER = conventions.AT


def of_each_sort(team: Team) -> list[Candidature]:
    """A convention signed, another being prepared, one attributed, one withdrawn, one whose volets are drafts."""
    ready = conventions.some_parties()
    conventions.a_sent_convention(ready)
    other = conventions.some_parties()
    attributed = make.a_candidature(make.a_produit(team.editeur, team.mandataire, "Attribuée"), team.mandataire)
    an_attributed_solution(make.a_dossier_handed_over(attributed, team.mandataire), team.mandataire)
    candidatures = [ready.candidature, other.candidature, attributed, team.candidature]
    return list(
        Candidature.objects.with_names().filter(pk__in=[candidature.pk for candidature in candidatures]).order_by("pk")
    )


def test_many_at_once_say_what_one_by_one_say(team: Team) -> None:
    candidatures = of_each_sort(team)

    many = dossiers_to_decide(candidatures, at=LATER)

    assert many.keys() == {candidature.pk for candidature in candidatures}
    for candidature in candidatures:
        alone = dossier_complet(candidature, at=LATER, with_history=False)
        assert many[candidature.pk].facts == alone.facts
        assert many[candidature.pk].dossier == alone.dossier
        assert many[candidature.pk].convention == alone.convention
        missing = missing_before_the_college(alone, at=LATER)
        assert missing_before_the_college(many[candidature.pk], at=LATER) == missing


def test_it_asks_as_much_for_two_as_for_three(team: Team) -> None:
    ready = [conventions.some_parties().candidature for _ in range(3)]
    counts = []
    for some in (ready[:2], ready):
        with CaptureQueriesContext(connection) as asked:
            dossiers_to_decide(some, at=LATER)
        counts.append(len(asked))

    assert counts[0] == counts[1]
