from django.urls import path

from guichets.views import board, candidature, questions

app_name = "guichets"
urlpatterns = [
    path("guichets/questions/", questions.page, name="questions"),
    path("candidatures/<str:nru>/guichets/", candidature.page, name="page"),
    path("candidatures/<str:nru>/guichets/declarer/<path:key>/", candidature.declare, name="declare"),
    path("candidatures/<str:nru>/guichets/<int:demande_id>/", candidature.demande, name="demande"),
    path("candidatures/<str:nru>/guichets/<int:demande_id>/fin/", candidature.end, name="end"),
    path("candidatures/<str:nru>/guichets/<int:demande_id>/releve/", candidature.releve, name="releve"),
    path("instruction/guichets/", board.page, name="board"),
    path("instruction/guichets/anomalies/<int:anomalie_id>/", board.acknowledge, name="acknowledge"),
    path("instruction/guichets/anomalies/<int:anomalie_id>/retour/", board.confirm_return, name="confirm_return"),
]
