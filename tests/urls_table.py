"""Who gets what at every address: the written table that `test_permission_table.py` compares with the portal.

The object of the address belongs to one éditeur; `stra` is the mandataire of another. The same walk is then made on the
other's objects, where the first one's people must get what the stranger gets here.

A cell is a status; `login` leads to the sign-in page, and 401 is the same for a form that was posted. A form is posted
with what `urls_cast.py` types in it, else empty: 302 has acted, 200 and 422 show it again with its errors, 409 and 410
refuse in words, 405 is no form at all. Columns in `ROLES`. The demonstration's doors are closed: DEMO is off.

To add an address: write its name, run the test, judge each cell of the row that it prints, paste it.
"""

ROLES = {
    "anon": "nobody signed in",
    "mand": "mandataire of the éditeur",
    "repr": "représentant, without the power to engage it",
    "dele": "représentant, with that power",
    "sala": "salarié who has access to the product",
    "newc": "salarié who has no access; the seat and the invitation of the addresses are not theirs",
    "stra": "mandataire of another éditeur",
    "inst": "ANS: instructeur",
    "resp": "ANS: responsable d'instruction",
    "coll": "ANS: membre du collège",
    "secr": "ANS: secrétaire du collège",
    "admi": "ANS: administrateur",
}

TABLE = """
                                      anon  mand  repr  dele  sala  newc  stra  inst  resp  coll  secr  admi
home                             GET  200   200   200   200   200   200   200   200   200   200   200   200
home                             POST 405   405   405   405   405   405   405   405   405   405   405   405
help                             GET  200   200   200   200   200   200   200   200   200   200   200   200
help                             POST 405   405   405   405   405   405   405   405   405   405   405   405
health                           GET  200   200   200   200   200   200   200   200   200   200   200   200
health                           POST 405   405   405   405   405   405   405   405   405   405   405   405
comptes:sign_in                  GET  200   302   302   302   302   302   302   302   302   302   302   302
comptes:sign_in                  POST 200   200   200   200   200   200   200   200   200   200   200   200
comptes:sign_out                 GET  405   405   405   405   405   405   405   405   405   405   405   405
comptes:sign_out                 POST 302   302   302   302   302   302   302   302   302   302   302   302
comptes:password_forgotten       GET  200   200   200   200   200   200   200   200   200   200   200   200
comptes:password_forgotten       POST 200   200   200   200   200   200   200   200   200   200   200   200
comptes:password_reset           GET  200   200   200   200   200   200   200   200   200   200   200   200
comptes:password_reset           POST 200   200   200   200   200   200   200   200   200   200   200   200
comptes:account                  GET  login 200   200   200   200   200   200   200   200   200   200   200
comptes:account                  POST 401   302   302   302   302   302   302   302   302   302   302   302
comptes:avis                     GET  login 200   200   200   200   200   200   200   200   200   200   200
comptes:avis                     POST 401   302   302   302   302   302   302   302   302   302   302   302
comptes:avis_one                 GET  login 200   404   404   404   404   404   404   404   404   404   404
comptes:avis_one                 POST 401   302   404   404   404   404   404   404   404   404   404   404
comptes:avis_settings            GET  login 200   200   200   200   200   200   200   200   200   200   200
comptes:avis_settings            POST 401   422   422   422   422   422   422   422   422   422   422   422
comptes:address_confirm          GET  login 405   405   405   405   405   405   405   405   405   405   405
comptes:address_confirm          POST 401   302   302   302   302   302   302   302   302   302   302   302
comptes:password_change          GET  login 200   200   200   200   200   200   200   200   200   200   200
comptes:password_change          POST 401   200   200   200   200   200   200   200   200   200   200   200
comptes:invitation               GET  200   200   200   200   200   200   200   200   200   200   200   200
comptes:invitation               POST 200   410   410   410   410   410   410   410   410   410   410   410
comptes:editeurs                 GET  login 302   302   302   302   302   302   200   200   200   200   200
comptes:editeurs                 POST 401   405   405   405   405   405   405   405   405   405   405   405
comptes:editeur_new              GET  login 403   403   403   403   403   403   403   403   403   403   200
comptes:editeur_new              POST 401   403   403   403   403   403   403   403   403   403   403   302
comptes:team                     GET  login 200   200   200   200   200   404   200   200   200   200   200
comptes:team                     POST 401   405   405   405   405   405   405   405   405   405   405   405
comptes:editeur_edit             GET  login 200   200   200   403   403   404   403   403   403   403   200
comptes:editeur_edit             POST 401   302   302   302   403   403   404   403   403   403   403   302
comptes:invite                   GET  login 200   200   200   403   403   404   403   403   403   403   200
comptes:invite                   POST 401   302   200   200   403   403   404   403   403   403   403   302
comptes:journal                  GET  login 200   200   200   200   200   404   200   200   200   200   200
comptes:journal                  POST 401   405   405   405   405   405   405   405   405   405   405   405
comptes:invitation_cancel        GET  login 405   405   405   405   405   405   405   405   405   405   405
comptes:invitation_cancel        POST 401   302   302   302   403   403   404   403   403   403   403   302
comptes:seat                     GET  login 200   200   200   403   403   404   403   403   403   403   200
comptes:seat                     POST 401   302   200   200   403   403   404   403   403   403   403   302
comptes:detach                   GET  login 200   200   200   403   403   404   403   403   403   403   200
comptes:detach                   POST 401   302   302   302   403   403   404   403   403   403   403   302
candidatures:produits            GET  login 200   200   200   200   200   200   200   200   200   200   200
candidatures:produits            POST 401   405   405   405   405   405   405   405   405   405   405   405
candidatures:produit_new         GET  login 200   200   200   404   404   200   404   404   404   404   404
candidatures:produit_new         POST 401   302   302   302   404   404   200   404   404   404   404   404
candidatures:produit             GET  login 200   200   200   200   404   404   200   200   200   200   200
candidatures:produit             POST 401   405   405   405   405   405   405   405   405   405   405   405
candidatures:produit_rename      GET  login 200   200   200   403   404   404   403   403   403   403   403
candidatures:produit_rename      POST 401   302   302   302   403   404   404   403   403   403   403   403
candidatures:acces_give          GET  login 405   405   405   405   405   405   405   405   405   405   405
candidatures:acces_give          POST 401   302   302   302   403   404   404   403   403   403   403   403
candidatures:acces_end           GET  login 405   405   405   405   405   405   405   405   405   405   405
candidatures:acces_end           POST 401   302   302   302   403   404   404   403   403   403   403   403
candidatures:attach              GET  login 200   200   200   403   404   404   403   403   403   403   403
candidatures:attach              POST 401   302   302   302   403   404   404   403   403   403   403   403
candidatures:accuses             GET  login 200   200   200   200   404   404   200   200   200   200   200
candidatures:accuses             POST 401   405   405   405   405   405   405   405   405   405   405   405
candidatures:accuse              GET  login 409   409   409   409   404   404   409   409   409   409   409
candidatures:accuse              POST 401   405   405   405   405   405   405   405   405   405   405   405
candidatures:charte              GET  login 200   200   200   200   404   404   200   200   200   200   200
candidatures:charte              POST 401   302   403   302   403   404   404   403   403   403   403   403
candidatures:journal             GET  login 200   200   200   200   404   404   200   200   200   200   200
candidatures:journal             POST 401   405   405   405   405   405   405   405   405   405   405   405
candidatures:volet               GET  login 200   200   200   200   404   404   404   404   404   404   404
candidatures:volet               POST 401   302   302   302   302   404   404   404   404   404   404   404
candidatures:volet_submit        GET  login 200   200   200   200   404   404   404   404   404   404   404
candidatures:volet_submit        POST 401   302   302   302   302   404   404   404   404   404   404   404
candidatures:volet_review        GET  login 404   404   404   404   404   404   200   200   200   200   200
candidatures:volet_review        POST 401   404   404   404   404   404   404   302   302   403   403   403
candidatures:demande             GET  login 404   404   404   404   404   404   200   200   403   403   403
candidatures:demande             POST 401   404   404   404   404   404   404   302   302   403   403   403
candidatures:demande_cancel      GET  login 404   404   404   404   404   404   200   200   403   403   403
candidatures:demande_cancel      POST 401   404   404   404   404   404   404   302   302   403   403   403
candidatures:modeles             GET  login 404   404   404   404   404   404   200   200   200   200   200
candidatures:modeles             POST 401   405   405   405   405   405   405   405   405   405   405   405
candidatures:modele_new          GET  login 404   404   404   404   404   404   403   200   403   403   403
candidatures:modele_new          POST 401   404   404   404   404   404   404   403   302   403   403   403
candidatures:modele_retire       GET  login 405   405   405   405   405   405   405   405   405   405   405
candidatures:modele_retire       POST 401   404   404   404   404   404   404   403   302   403   403   403
candidatures:judge               GET  login 405   405   405   405   405   405   405   405   405   405   405
candidatures:judge               POST 401   404   404   404   404   404   404   302   302   403   403   403
preuves:a_examiner               GET  login 404   404   404   404   404   404   200   200   200   200   200
preuves:a_examiner               POST 401   405   405   405   405   405   405   405   405   405   405   405
preuves:avis                     GET  login 405   405   405   405   405   405   405   405   405   405   405
preuves:avis                     POST 401   404   404   404   404   404   404   409   409   403   403   403
preuves:conclure                 GET  login 405   405   405   405   405   405   405   405   405   405   405
preuves:conclure                 POST 401   404   404   404   404   404   404   302   302   403   403   403
preuves:contester                GET  login 405   405   405   405   405   405   405   405   405   405   405
preuves:contester                POST 401   404   404   404   404   404   404   302   302   403   403   403
preuves:examen                   GET  login 404   404   404   404   404   404   200   200   200   200   200
preuves:examen                   POST 401   405   405   405   405   405   405   405   405   405   405   405
preuves:examen_claim             GET  login 405   405   405   405   405   405   405   405   405   405   405
preuves:examen_claim             POST 401   404   404   404   404   404   404   302   302   403   403   403
preuves:examen_release           GET  login 405   405   405   405   405   405   405   405   405   405   405
preuves:examen_release           POST 401   404   404   404   404   404   404   302   302   403   403   403
preuves:rouvrir                  GET  login 405   405   405   405   405   405   405   405   405   405   405
preuves:rouvrir                  POST 401   404   404   404   404   404   404   403   302   403   403   403
preuves:chapitre                 GET  login 200   200   200   200   404   404   404   404   404   404   404
preuves:chapitre                 POST 401   405   405   405   405   405   405   405   405   405   405   405
preuves:chapitre_submit          GET  login 200   200   200   200   404   404   404   404   404   404   404
preuves:chapitre_submit          POST 401   302   302   302   302   404   404   404   404   404   404   404
preuves:chapitre_take_back       GET  login 405   405   405   405   405   405   405   405   405   405   405
preuves:chapitre_take_back       POST 401   302   302   302   302   404   404   404   404   404   404   404
preuves:dossier                  GET  login 200   200   200   200   404   404   200   200   200   200   200
preuves:dossier                  POST 401   405   405   405   405   405   405   405   405   405   405   405
preuves:preuve                   GET  login 200   200   200   200   404   404   404   404   404   404   404
preuves:preuve                   POST 401   302   302   302   302   404   404   404   404   404   404   404
preuves:simulation               GET  login 200   200   200   200   404   404   200   200   200   200   200
preuves:simulation               POST 401   405   405   405   405   405   405   405   405   405   405   405
preuves:version                  GET  login 200   200   200   200   404   404   404   404   404   404   404
preuves:version                  POST 401   302   302   302   302   404   404   404   404   404   404   404
preuves:fichier                  GET  login 200   200   200   200   404   404   200   200   200   200   200
preuves:fichier                  POST 401   405   405   405   405   405   405   405   405   405   405   405
preuves:lecture                  GET  login 200   200   200   200   404   404   200   200   200   200   200
preuves:lecture                  POST 401   405   405   405   405   405   405   405   405   405   405   405
preuves:page_image               GET  login 200   200   200   200   404   404   200   200   200   200   200
preuves:page_image               POST 401   405   405   405   405   405   405   405   405   405   405   405
preuves:upload                   GET  login 405   405   405   405   405   405   405   405   405   405   405
preuves:upload                   POST 401   422   422   422   422   404   404   403   403   403   403   403
preuves:rem                      GET  login 404   404   404   404   404   404   404   200   404   404   200
preuves:rem                      POST 401   405   405   405   405   405   405   405   405   405   405   405
preuves:rem_import               GET  login 404   404   404   404   404   404   404   403   404   404   200
preuves:rem_import               POST 401   404   404   404   404   404   404   404   403   404   404   200
preuves:rem_discard              GET  login 405   405   405   405   405   405   405   405   405   405   405
preuves:rem_discard              POST 401   404   404   404   404   404   404   404   403   404   404   302
preuves:rem_preview              GET  login 404   404   404   404   404   404   404   200   404   404   200
preuves:rem_preview              POST 401   404   404   404   404   404   404   404   403   404   404   302
preuves:rem_publish              GET  login 405   405   405   405   405   405   405   405   405   405   405
preuves:rem_publish              POST 401   404   404   404   404   404   404   404   403   404   404   302
preuves:rem_version              GET  login 404   404   404   404   404   404   404   200   404   404   200
preuves:rem_version              POST 401   405   405   405   405   405   405   405   405   405   405   405
guichets:questions               GET  200   200   200   200   200   200   200   200   200   200   200   200
guichets:questions               POST 405   405   405   405   405   405   405   405   405   405   405   405
guichets:page                    GET  login 200   200   200   200   404   404   200   200   200   200   200
guichets:page                    POST 401   405   405   405   405   405   405   405   405   405   405   405
guichets:declare                 GET  login 200   200   200   200   404   404   404   404   404   404   404
guichets:declare                 POST 401   302   302   302   302   404   404   404   404   404   404   404
guichets:demande                 GET  login 200   200   200   200   404   404   404   404   404   404   404
guichets:demande                 POST 401   302   302   302   302   404   404   404   404   404   404   404
guichets:end                     GET  login 405   405   405   405   405   405   405   405   405   405   405
guichets:end                     POST 401   302   302   302   302   404   404   404   404   404   404   404
guichets:releve                  GET  login 200   200   200   200   404   404   404   404   404   404   404
guichets:releve                  POST 401   422   422   422   422   404   404   404   404   404   404   404
guichets:board                   GET  login 404   404   404   404   404   404   200   200   200   200   200
guichets:board                   POST 401   405   405   405   405   405   405   405   405   405   405   405
guichets:acknowledge             GET  login 405   405   405   405   405   405   405   405   405   405   405
guichets:acknowledge             POST 401   404   404   404   404   404   404   302   302   403   403   403
guichets:confirm_return          GET  login 405   405   405   405   405   405   405   405   405   405   405
guichets:confirm_return          POST 401   404   404   404   404   404   404   302   302   403   403   403
referencement:candidature        GET  login 200   200   200   200   404   404   200   200   200   200   200
referencement:candidature        POST 401   405   405   405   405   405   405   405   405   405   405   405
referencement:withdraw           GET  login 200   403   200   403   404   404   403   403   403   403   403
referencement:withdraw           POST 401   302   403   302   403   404   404   403   403   403   403   403
referencement:referencement      GET  login 200   200   200   200   404   404   200   200   200   200   200
referencement:referencement      POST 401   405   405   405   405   405   405   405   405   405   405   405
referencement:referencement_act  GET  login 405   405   405   405   405   405   405   405   405   405   405
referencement:referencement_act  POST 401   403   403   403   403   404   404   302   302   403   403   403
referencement:renounce           GET  login 200   403   200   403   404   404   403   403   403   403   403
referencement:renounce           POST 401   302   403   302   403   404   404   403   403   403   403   403
referencement:reexamen           GET  login 404   404   404   404   404   404   200   200   200   200   200
referencement:reexamen           POST 401   404   404   404   404   404   404   422   422   403   403   403
referencement:reexamen_decide    GET  login 405   405   405   405   405   405   405   405   405   405   405
referencement:reexamen_decide    POST 401   403   403   403   403   404   404   403   302   403   403   403
referencement:convention         GET  login 200   200   200   200   404   404   200   200   200   200   200
referencement:convention         POST 401   405   405   405   405   405   405   405   405   405   405   405
referencement:convention_act     GET  login 405   405   405   405   405   405   405   405   405   405   405
referencement:convention_act     POST 401   403   403   403   403   404   404   403   302   403   403   403
referencement:derogations        GET  login 200   200   200   200   404   404   200   200   200   200   200
referencement:derogations        POST 401   403   403   403   403   404   404   302   302   403   403   403
referencement:derogation_decide  GET  login 405   405   405   405   405   405   405   405   405   405   405
referencement:derogation_decide  POST 401   403   403   403   403   404   404   403   302   403   403   403
referencement:echeances          GET  login 404   404   404   404   404   404   200   200   200   200   200
referencement:echeances          POST 401   405   405   405   405   405   405   405   405   405   405   405
referencement:deplacement_new    GET  login 404   404   404   404   404   404   403   200   403   403   403
referencement:deplacement_new    POST 401   404   404   404   404   404   404   403   302   403   403   403
referencement:deplacement        GET  login 404   404   404   404   404   404   200   200   200   200   200
referencement:deplacement        POST 401   404   404   404   404   404   404   403   302   403   403   403
referencement:messages           GET  login 200   200   200   200   404   404   200   200   200   200   200
referencement:messages           POST 401   302   302   302   302   404   404   302   302   422   422   422
referencement:messages_read      GET  login 405   405   405   405   405   405   405   405   405   405   405
referencement:messages_read      POST 401   302   302   302   302   404   404   302   302   302   302   302
referencement:document           GET  login 200   200   200   200   404   404   200   200   200   200   200
referencement:document           POST 401   405   405   405   405   405   405   405   405   405   405   405
referencement:signature_event    GET  405   405   405   405   405   405   405   405   405   405   405   405
referencement:signature_event    POST 404   404   404   404   404   404   404   404   404   404   404   404
referencement:solutions          GET  200   200   200   200   200   200   200   200   200   200   200   200
referencement:solutions          POST 405   405   405   405   405   405   405   405   405   405   405   405
referencement:solutions_csv      GET  200   200   200   200   200   200   200   200   200   200   200   200
referencement:solutions_csv      POST 405   405   405   405   405   405   405   405   405   405   405   405
referencement:solutions_json     GET  200   200   200   200   200   200   200   200   200   200   200   200
referencement:solutions_json     POST 405   405   405   405   405   405   405   405   405   405   405   405
referencement:solutions_atom     GET  200   200   200   200   200   200   200   200   200   200   200   200
referencement:solutions_atom     POST 405   405   405   405   405   405   405   405   405   405   405   405
referencement:sitemap            GET  200   200   200   200   200   200   200   200   200   200   200   200
referencement:sitemap            POST 405   405   405   405   405   405   405   405   405   405   405   405
referencement:version_new        GET  login 200   200   200   403   404   404   403   403   403   403   403
referencement:version_new        POST 401   302   302   302   403   404   404   403   403   403   403   403
referencement:solution           GET  200   200   200   200   200   200   200   200   200   200   200   200
referencement:solution           POST 405   405   405   405   405   405   405   405   405   405   405   405
referencement:verifier           GET  200   200   200   200   200   200   200   200   200   200   200   200
referencement:verifier           POST 405   405   405   405   405   405   405   405   405   405   405   405
referencement:photos_of          GET  login 200   200   200   200   404   404   200   200   200   200   200
referencement:photos_of          POST 401   405   405   405   405   405   405   405   405   405   405   405
referencement:photo              GET  login 200   200   200   200   404   404   200   200   200   200   200
referencement:photo              POST 401   405   405   405   405   405   405   405   405   405   405   405
referencement:photos             GET  login 404   404   404   404   404   404   200   200   200   200   200
referencement:photos             POST 401   405   405   405   405   405   405   405   405   405   405   405
referencement:foreclose          GET  login 404   404   404   404   404   404   403   200   403   403   403
referencement:foreclose          POST 401   404   404   404   404   404   404   403   302   403   403   403
referencement:instruction        GET  login 404   404   404   404   404   404   200   200   200   200   200
referencement:instruction        POST 401   405   405   405   405   405   405   405   405   405   405   405
demo:clock                       GET  405   405   405   405   405   405   405   405   405   405   405   405
demo:clock                       POST 404   404   404   404   404   404   404   404   404   404   404   404
demo:personas                    GET  404   404   404   404   404   404   404   404   404   404   404   404
demo:personas                    POST 404   404   404   404   404   404   404   404   404   404   404   404
demo:mailbox                     GET  404   404   404   404   404   404   404   404   404   404   404   404
demo:mailbox                     POST 405   405   405   405   405   405   405   405   405   405   405   405
demo:message                     GET  404   404   404   404   404   404   404   404   404   404   404   404
demo:message                     POST 405   405   405   405   405   405   405   405   405   405   405   405
comptes:confirm                  GET  login 200   200   200   200   200   200   200   200   200   200   200
comptes:confirm                  POST 401   200   200   200   200   200   200   200   200   200   200   200
referencement:seances            GET  login 404   404   404   404   404   404   200   200   200   200   200
referencement:seances            POST 401   405   405   405   405   405   405   405   405   405   405   405
referencement:seance_new         GET  login 404   404   404   404   404   404   403   403   403   200   403
referencement:seance_new         POST 401   404   404   404   404   404   404   403   403   403   302   403
referencement:seance             GET  login 404   404   404   404   404   404   200   200   200   200   200
referencement:seance             POST 401   405   405   405   405   405   405   405   405   405   405   405
referencement:seance_presences   GET  login 405   405   405   405   405   405   405   405   405   405   405
referencement:seance_presences   POST 401   404   404   404   404   404   404   403   403   403   302   403
referencement:seance_agenda      GET  login 405   405   405   405   405   405   405   405   405   405   405
referencement:seance_agenda      POST 401   404   404   404   404   404   404   403   403   403   302   403
referencement:seance_move        GET  login 404   404   404   404   404   404   403   403   403   200   403
referencement:seance_move        POST 401   404   404   404   404   404   404   403   403   403   422   403
referencement:seance_cancel      GET  login 404   404   404   404   404   404   403   403   403   200   403
referencement:seance_cancel      POST 401   404   404   404   404   404   404   403   403   403   302   403
referencement:seance_secretaire  GET  login 405   405   405   405   405   405   405   405   405   405   405
referencement:seance_secretaire  POST 401   404   404   404   404   404   404   403   403   403   302   302
referencement:examen_new         GET  login 404   404   404   404   404   404   403   403   403   200   403
referencement:examen_new         POST 401   404   404   404   404   404   404   403   403   403   200   403
referencement:seance_close       GET  login 404   404   404   404   404   404   403   403   403   200   403
referencement:seance_close       POST 401   404   404   404   404   404   404   403   403   403   302   403
referencement:examen_preview     GET  login 404   404   404   404   404   404   403   403   403   200   403
referencement:examen_preview     POST 401   405   405   405   405   405   405   405   405   405   405   405
referencement:minutes_preview    GET  login 404   404   404   404   404   404   403   403   403   404   403
referencement:minutes_preview    POST 401   405   405   405   405   405   405   405   405   405   405   405
referencement:document_preview   GET  login 404   404   404   404   404   404   403   403   403   404   403
referencement:document_preview   POST 401   405   405   405   405   405   405   405   405   405   405   405
referencement:examen             GET  login 404   404   404   404   404   404   200   200   200   200   200
referencement:examen             POST 401   405   405   405   405   405   405   405   405   405   405   405
referencement:examen_avis        GET  login 405   405   405   405   405   405   405   405   405   405   405
referencement:examen_avis        POST 401   404   404   404   404   404   404   403   403   403   302   403
referencement:examen_decide      GET  login 405   405   405   405   405   405   405   405   405   405   405
referencement:examen_decide      POST 401   404   404   404   404   404   404   403   403   403   422   403
referencement:examen_unlist      GET  login 405   405   405   405   405   405   405   405   405   405   405
referencement:examen_unlist      POST 401   404   404   404   404   404   404   403   403   403   302   403
referencement:examen_rank        GET  login 405   405   405   405   405   405   405   405   405   405   405
referencement:examen_rank        POST 401   404   404   404   404   404   404   403   403   403   302   403
referencement:examen_rapporteur  GET  login 405   405   405   405   405   405   405   405   405   405   405
referencement:examen_rapporteur  POST 401   404   404   404   404   404   404   403   403   403   302   403
candidatures:calendrier          GET  login 200   200   200   200   200   200   200   200   200   200   200
candidatures:calendrier          POST 401   302   302   302   302   302   302   302   302   302   302   302
candidatures:calendrier_feed     GET  200   200   200   200   200   200   200   200   200   200   200   200
candidatures:calendrier_feed     POST 405   405   405   405   405   405   405   405   405   405   405   405
"""
