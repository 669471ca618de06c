"""The company of an éditeur: a country and an identifier, unique; those registered before are French."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction

from comptes import queries
from comptes.rules.companies import Company
from tests.factories.comptes import CompteFactory, EditeurFactory
from tests.former import migrate, schema_apart

BEFORE, AFTER = [("comptes", "0005_avis")], [("comptes", "0006_editeur_company")]
FORMER = """
INSERT INTO comptes_editeur (id, raison_sociale, siren, adresse, code_postal, commune, pays, registered_at)
VALUES (7, 'Sirocco', '732829320', '4 rue des Tilleuls', '35000', 'Rennes', 'France', '2026-11-03T09:00:00+00:00')
"""


@pytest.fixture
def apart(transactional_db: None) -> Iterator[None]:
    with schema_apart():
        yield


def rows(sql: str) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql)
        return cursor.fetchall() if cursor.description else []


def test_former_editeurs_are_french_companies(apart):
    migrate(BEFORE)
    rows(FORMER)

    migrate(AFTER)

    assert rows("SELECT id, country, identifier FROM comptes_editeur") == [(7, "FR", "732829320")]


def test_one_number_in_two_countries_is_two_companies(db):
    here = EditeurFactory(identifier="732829320")
    there = EditeurFactory(country="BE", identifier="0732829320")

    assert (here.company, here.known_as) == (Company("FR", "732829320"), "SIREN\u00a0732\u00a0829\u00a0320")
    assert (there.company, there.known_as) == (
        Company("BE", "0732829320"),
        "n°\u00a0d’entreprise\u00a00732.829.320 (Belgique)",
    )


@pytest.mark.parametrize(
    ("country", "identifier", "law"),
    [
        ("FR", "732829320", "editeur_once_a_company"),
        ("BE", "0403170701", "editeur_once_a_company"),
        ("FR", "73282932", "editeur_siren_is_nine_digits"),
        ("FR", "BE0403170", "editeur_siren_is_nine_digits"),
        ("BE", "", "editeur_names_a_company"),
        ("BE", "0403 170", "editeur_names_a_company"),
        ("be", "0403170702", "editeur_names_a_company"),
        ("B", "0403170702", "editeur_names_a_company"),
    ],
)
def test_the_database_refuses_what_names_no_company_or_the_same_twice(db, country, identifier, law):
    EditeurFactory(identifier="732829320")
    EditeurFactory(country="BE", identifier="0403170701")

    with pytest.raises(IntegrityError, match=law), transaction.atomic():
        EditeurFactory(country=country, identifier=identifier)


def test_an_editeur_is_found_by_its_identifier_whatever_the_case(db):
    EditeurFactory(identifier="732829320")
    there = EditeurFactory(country="DE", identifier="HRB86891")

    assert list(queries.editeurs_of(CompteFactory(administrateur=True), text="hrb8")) == [there]
