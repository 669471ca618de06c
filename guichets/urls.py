from django.urls import path

from guichets.views import anomalies, board, candidature, captures, questions

app_name = "guichets"
urlpatterns = [
    path("guichets/questions/", questions.page, name="questions"),
    path("candidatures/<str:nru>/guichets/", candidature.page, name="page"),
    path("candidatures/<str:nru>/guichets/declarer/<path:key>/", candidature.declare, name="declare"),
    path("candidatures/<str:nru>/guichets/connues/", candidature.declare_known, name="declare_known"),
    path("candidatures/<str:nru>/guichets/<int:demande_id>/", candidature.demande, name="demande"),
    path("candidatures/<str:nru>/guichets/<int:demande_id>/fin/", candidature.end, name="end"),
    path("candidatures/<str:nru>/guichets/<int:demande_id>/capture/", captures.record, name="capture"),
    path("instruction/captures/", captures.index, name="captures"),
    path("instruction/captures/<int:capture_id>/", captures.read, name="capture_read"),
    path("instruction/captures/<int:capture_id>/confirmer/", captures.confirm, name="capture_confirm"),
    path("instruction/captures/<int:capture_id>/refuser/", captures.refuse, name="capture_refuse"),
    path("instruction/guichets/", board.page, name="board"),
    path("instruction/guichets/anomalies/", anomalies.index, name="anomalies"),
    path("instruction/guichets/anomalies/ensemble/", anomalies.acknowledge_alike, name="acknowledge_alike"),
    path("instruction/guichets/anomalies/<int:anomalie_id>/", anomalies.page, name="anomalie"),
    path("instruction/guichets/anomalies/<int:anomalie_id>/retour/", anomalies.confirm_return, name="confirm_return"),
]
