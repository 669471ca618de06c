from django.urls import path

from referencement.views import pages, publication, verification

app_name = "referencement"
urlpatterns = [
    path("candidatures/<str:nru>/", pages.candidature, name="candidature"),
    path("solutions/", publication.solutions, name="solutions"),
    path("solutions/<str:nru>/", publication.solution, name="solution"),
    path("verifier/", verification.page, name="verifier"),
    path("instruction/", pages.instruction, name="instruction"),
]
