from django.urls import path

from preuves.views import avis, chapitre, dossier, fichiers, instruction, preuve, rem, rem_imports, waiting

app_name = "preuves"
urlpatterns = [
    path("candidatures/<str:nru>/preuves/", dossier.page, name="dossier"),
    path("candidatures/<str:nru>/preuves/simulation/", dossier.simulation, name="simulation"),
    path("candidatures/<str:nru>/preuves/version/", dossier.version, name="version"),
    path("candidatures/<str:nru>/chapitres/<str:code>/", chapitre.page, name="chapitre"),
    path("candidatures/<str:nru>/chapitres/<str:code>/soumettre/", chapitre.submit, name="chapitre_submit"),
    path("candidatures/<str:nru>/chapitres/<str:code>/reprendre/", chapitre.take_back, name="chapitre_take_back"),
    path("candidatures/<str:nru>/preuve/<path:numero>/", preuve.page, name="preuve"),
    path("candidatures/<str:nru>/fichiers/", fichiers.upload, name="upload"),
    path("candidatures/<str:nru>/fichiers/<int:piece_id>/", fichiers.fichier, name="fichier"),
    path("candidatures/<str:nru>/fichiers/<int:piece_id>/pages/<int:number>/", fichiers.page_image, name="page_image"),
    path("candidatures/<str:nru>/fichiers/<int:piece_id>/lecture/", fichiers.lecture, name="lecture"),
    path("instruction/chapitres/", waiting.index, name="a_examiner"),
    path("instruction/<str:nru>/chapitres/<str:code>/", instruction.examen, name="examen"),
    path("instruction/<str:nru>/chapitres/<str:code>/prendre/", instruction.claim, name="examen_claim"),
    path("instruction/<str:nru>/chapitres/<str:code>/laisser/", instruction.release, name="examen_release"),
    path("instruction/<str:nru>/chapitres/<str:code>/avis/", avis.save, name="avis"),
    path("instruction/<str:nru>/chapitres/<str:code>/conclure/", avis.conclude, name="conclure"),
    path("instruction/<str:nru>/chapitres/<str:code>/contester/", instruction.contest, name="contester"),
    path("instruction/<str:nru>/chapitres/<str:code>/rouvrir/", instruction.reopen, name="rouvrir"),
    path("rem/", rem.index, name="rem"),
    path("rem/importer/", rem.send, name="rem_import"),
    path("rem/imports/<int:import_id>/", rem_imports.preview, name="rem_preview"),
    path("rem/imports/<int:import_id>/publier/", rem_imports.publish, name="rem_publish"),
    path("rem/imports/<int:import_id>/abandonner/", rem_imports.discard, name="rem_discard"),
    path("rem/versions/<int:version_id>/", rem.version, name="rem_version"),
]
