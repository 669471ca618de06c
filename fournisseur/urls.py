from django.urls import include, path

from fournisseur import views

urlpatterns = [
    path("connexion/", views.sign_in),
    path("o/authorize/", views.StrictAuthorizationView.as_view()),
    path("o/", include("oauth2_provider.urls", namespace="oauth2_provider")),
]
