from django.urls import path

from referencement.views import convention, documents, evenements, exports, pages, publication, verification, versions

app_name = "referencement"
urlpatterns = [
    path("candidatures/<str:nru>/", pages.candidature, name="candidature"),
    path("candidatures/<str:nru>/convention/", convention.page, name="convention"),
    path("candidatures/<str:nru>/convention/<slug:geste>/", convention.act, name="convention_act"),
    path("documents/<str:numero>/", documents.download, name="document"),
    path("candidatures/<str:nru>/nouvelle-version/", versions.page, name="version_new"),
    path("signature/evenements/", evenements.receive, name="signature_event"),
    path("solutions/", publication.solutions, name="solutions"),
    path("solutions.csv", exports.solutions_csv, name="solutions_csv"),
    path("solutions.json", exports.solutions_json, name="solutions_json"),
    path("solutions.atom", exports.solutions_atom, name="solutions_atom"),
    path("sitemap.xml", exports.sitemap, name="sitemap"),
    path("solutions/<slug:nru>/", publication.solution, name="solution"),
    path("verifier/", verification.page, name="verifier"),
    path("instruction/", pages.instruction, name="instruction"),
]
