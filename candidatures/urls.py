from django.urls import path, register_converter

from candidatures.converters import VoletConverter
from candidatures.views import (
    accuses,
    calendrier,
    charte,
    demandes,
    instruction,
    journal,
    produits,
    submission,
    volets,
)

register_converter(VoletConverter, "volet")

app_name = "candidatures"
urlpatterns = [
    path("produits/", produits.index, name="produits"),
    path("produits/nouveau/", produits.create, name="produit_new"),
    path("produits/<int:produit_id>/", produits.page, name="produit"),
    path("produits/<int:produit_id>/modifier/", produits.correct, name="produit_edit"),
    path("produits/<int:produit_id>/acces/", produits.give_acces, name="acces_give"),
    path("acces/<int:acces_id>/retirer/", produits.end_acces, name="acces_end"),
    path("produits/<int:produit_id>/rattacher/", produits.attach, name="attach"),
    path("mon-compte/calendrier/", calendrier.page, name="calendrier"),
    path("calendrier/<str:token>.ics", calendrier.feed, name="calendrier_feed"),
    path("candidatures/<str:nru>/accuses/", accuses.index, name="accuses"),
    path("accuses/<str:numero>/", accuses.download, name="accuse"),
    path("candidatures/<str:nru>/charte/", charte.page, name="charte"),
    path("candidatures/<str:nru>/journal/", journal.page, name="journal"),
    path("candidatures/<str:nru>/<volet:kind>/", volets.fill, name="volet"),
    path("candidatures/<str:nru>/<volet:kind>/soumettre/", submission.submit, name="volet_submit"),
    path("instruction/<str:nru>/<volet:kind>/", instruction.review, name="volet_review"),
    path("instruction/<str:nru>/<volet:kind>/demande/", demandes.ask, name="demande"),
    path("instruction/<str:nru>/<volet:kind>/demande/annuler/", demandes.cancel, name="demande_cancel"),
    path("instruction/modeles/", demandes.modeles, name="modeles"),
    path("instruction/modeles/nouveau/<volet:kind>/", demandes.create_modele, name="modele_new"),
    path("instruction/modeles/<int:modele_id>/retirer/", demandes.retire_modele, name="modele_retire"),
    path("instruction/<str:nru>/<volet:kind>/reference/", instruction.judge, name="judge"),
]
