"""Who the cast is for the local provider, and who will arrive: what the demonstration tells both sites."""

from datetime import UTC, datetime

from comptes.models import Identite
from comptes.rules.companies import company_of
from segur_portal.demo.cast import PERSONAS
from segur_portal.demo.identities import ARRIVALS, link_cast, people
from tests.factories.comptes import CompteFactory

AT = datetime(2026, 9, 30, 9, 30, tzinfo=UTC)


def test_everybody_is_known_of_the_provider_once_with_a_company_that_exists():
    known = people()

    assert len({identity["sub"] for identity in known}) == len(known) == len(PERSONAS) + len(ARRIVALS)
    for identity in known:
        claims = identity["claims"]
        assert ("role" in claims) == ("company_id" in claims)
        assert "role" not in claims or company_of(claims["company_country"], claims["company_id"]) is not None


def test_the_cast_is_tied_once_to_each_provider(db, settings):
    settings.OIDC = {**settings.OIDC, "issuer": "http://127.0.0.1:1/o"}
    compte = CompteFactory(email=PERSONAS[0].email)

    assert [link_cast(at=AT), link_cast(at=AT)] == [1, 1]
    assert list(Identite.objects.values_list("compte", "issuer", "subject")) == [
        (compte.pk, "http://127.0.0.1:1/o", PERSONAS[0].key)
    ]

    settings.OIDC = {**settings.OIDC, "issuer": "http://127.0.0.1:2/o"}
    link_cast(at=AT)
    assert compte.identites.count() == 2
