from django.urls import path

from referencement.views import exports, pages, publication, verification

app_name = "referencement"
urlpatterns = [
    path("candidatures/<str:nru>/", pages.candidature, name="candidature"),
    path("solutions/", publication.solutions, name="solutions"),
    path("solutions.csv", exports.solutions_csv, name="solutions_csv"),
    path("solutions.json", exports.solutions_json, name="solutions_json"),
    path("solutions.atom", exports.solutions_atom, name="solutions_atom"),
    path("sitemap.xml", exports.sitemap, name="sitemap"),
    path("solutions/<str:nru>/", publication.solution, name="solution"),
    path("verifier/", verification.page, name="verifier"),
    path("instruction/", pages.instruction, name="instruction"),
]
