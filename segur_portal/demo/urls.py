"""The URLs of the demonstration, included when `DEMO` is on."""

from django.urls import path

from segur_portal.demo import views

app_name = "demo"
urlpatterns = [
    path("horloge/", views.move, name="clock"),
    path("personnages/", views.personas, name="personas"),
    path("messages/", views.mailbox, name="mailbox"),
    path("messages/<str:key>/", views.message, name="message"),
]
