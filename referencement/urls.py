from django.urls import path

from referencement.views import pages

app_name = "referencement"
urlpatterns = [
    path("candidatures/<str:nru>/", pages.candidature, name="candidature"),
    path("solutions/", pages.solutions, name="solutions"),
    path("instruction/", pages.instruction, name="instruction"),
]
