"""The three échéances of `ms-dui-va2`, by code, and what each requires."""

from candidatures.catalogue.specs import Exigences
from candidatures.enums import ExigenceDEcheance

DATE_1, DATE_2, DATE_3 = "date-1", "date-2", "date-3"
ASKED = {
    DATE_1: Exigences((ExigenceDEcheance.VOLETS_SOUMIS,)),
    DATE_2: Exigences((ExigenceDEcheance.CHAPITRES_SOUMIS, ExigenceDEcheance.DEMANDES_AVANCEES)),
    DATE_3: Exigences((ExigenceDEcheance.RETOURS_REPONDUS,)),
}
