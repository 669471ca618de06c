"""The page of the administration leads to what is changed on screen, and each page answers."""

import re
from typing import Any

import pytest
from django.urls import reverse

from comptes.enums import RoleANS
from tests.factories.comptes import CompteFactory


@pytest.mark.django_db
@pytest.mark.parametrize(("role", "count"), [(RoleANS.ADMINISTRATEUR, 16), (RoleANS.RESPONSABLE_INSTRUCTION, 10)])
def test_each_page_of_the_administration_answers(role: RoleANS, count: int, sign_in: Any) -> None:
    client = sign_in(CompteFactory(roles_ans=[role]))
    page = client.get(reverse("administration")).content.decode()

    hrefs = re.findall(r'<h3 class="ps-entry-title">\s*<a href="([^"]+)"', page)
    assert len(hrefs) == count
    assert {client.get(href.replace("&amp;", "&")).status_code for href in hrefs} == {200}


@pytest.mark.django_db
def test_menu_of_somebody_with_every_role_is_short_and_its_administration_leads_to_the_rest(sign_in: Any) -> None:
    client = sign_in(CompteFactory(roles_ans=[role.value for role in RoleANS]))
    answer = client.get(reverse("administration"))

    assert [link.label for link in answer.context["nav"]] == [
        "Ma journée",
        "Instruction",
        "Chapitres",
        "Guichets",
        "Captures",
        "Échéances",
        "Pilotage",
        "Collège",
        "Administration",
        "Sécurité",
        "Solutions",
    ]
    page = answer.content.decode()
    for name in ("comptes:editeurs", "comptes:travaux", "preuves:rem"):
        assert reverse(name) in page
        there = client.get(reverse(name))
        assert [link.label for link in there.context["nav"] if link.current] == ["Administration"]
