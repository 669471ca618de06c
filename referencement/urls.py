from django.urls import path

from referencement import views

app_name = "referencement"
urlpatterns = [
    path("candidatures/<str:nru>/", views.candidature, name="candidature"),
    path("solutions/", views.solutions, name="solutions"),
    path("instruction/", views.instruction, name="instruction"),
]
