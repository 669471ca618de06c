"""The page of the administration leads to what is changed on screen, and each page answers."""

import re
from typing import Any

from django.urls import reverse

from tests.factories.comptes import CompteFactory


def test_each_page_of_the_administration_answers(db: None, sign_in: Any) -> None:
    client = sign_in(CompteFactory(administrateur=True))
    page = client.get(reverse("administration")).content.decode()

    hrefs = re.findall(r'<h3 class="ps-card-title">\s*<a href="([^"]+)"', page)
    assert len(hrefs) == 14
    assert {client.get(href.replace("&amp;", "&")).status_code for href in hrefs} == {200}
