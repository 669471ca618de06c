from django.apps import AppConfig


class CandidaturesConfig(AppConfig):
    name = "candidatures"
    verbose_name = "Candidatures"

    def ready(self) -> None:
        from django.conf import settings

        from candidatures import mails
        from candidatures.catalogue.dispositifs import read_also
        from candidatures.enums import Act
        from candidatures.mails import agents
        from candidatures.models import AccesProduit, Demande, Derogation, Message, NoteInterne, Transfert
        from candidatures.operations.passation import (
            hand_over_candidatures,
            who_takes_candidatures,
            why_candidatures_wait,
        )
        from candidatures.operations.textes import follow_charte
        from candidatures.queries.produits import names_of_produits
        from candidatures.queries.suivi import offered_to
        from candidatures.queries.teams import editeurs_by_nru
        from candidatures.queries.textes import CHARTE, FAMILLES
        from comptes import journal, notices
        from comptes.operations.agents import Charge, register_charge
        from comptes.operations.textes import register_follow
        from comptes.queries import names_of_editeurs
        from comptes.queries.textes import register_familles
        from comptes.queries.vues import register_vues

        read_also(*settings.DISPOSITIF_FOLDERS, only=settings.DISPOSITIFS)
        journal.register(Act, {"produit": names_of_produits, "ancien_editeur": names_of_editeurs})
        register_familles(*FAMILLES)
        register_vues(lambda reader, liste: offered_to(reader, liste).vues)
        register_charge(charge=Charge(why_candidatures_wait, hand_over_candidatures, who_takes_candidatures))
        register_follow(famille=CHARTE, follow=follow_charte)
        by_nru = (
            "candidature",
            "volet",
            "echeance",
            "chapitre",
            "convention",
            "referencement",
            "autorisation",
            "examen",
        )
        notices.register_owners(
            {
                **dict.fromkeys(by_nru, editeurs_by_nru),
                "transfert": notices.owned_by(Transfert, "cible"),
                "cession": notices.owned_by(Transfert, "source"),
                "acces": notices.owned_by(AccesProduit, "produit__editeur"),
                "demande": notices.owned_by(Demande, "volet__candidature__produit__editeur"),
                "derogation": notices.owned_by(Derogation, "candidature__produit__editeur"),
                "note": notices.owned_by(NoteInterne, "candidature__produit__editeur"),
                "message": notices.owned_by(Message, "candidature__produit__editeur"),
            }
        )
        notices.register(
            notices.NoticeKind(
                "candidatures.acces_given", "Accès à un produit", mails.acces_is_given, mails.acces_given
            ),
            notices.NoticeKind(
                "candidatures.volet_submitted",
                "Volet soumis",
                mails.still_has_access,
                mails.volet_submitted,
                legal=True,
            ),
            notices.NoticeKind(
                "candidatures.complement_asked",
                "Complément demandé",
                mails.is_waiting_for_an_answer,
                mails.complement_asked,
                legal=True,
            ),
            notices.NoticeKind(
                "candidatures.withdrawn", "Candidature retirée", lambda notice: True, mails.withdrawn, legal=True
            ),
            notices.NoticeKind(
                "candidatures.transferred",
                "Solution transférée",
                lambda notice: True,
                mails.transferred,
                legal=True,
            ),
            notices.NoticeKind(
                "candidatures.message_posted",
                "Message reçu",
                mails.is_still_unread,
                mails.message_posted,
                subscribed=True,
            ),
            notices.NoticeKind(
                "candidatures.volet_received",
                "Volet à lire",
                agents.volet_waits,
                agents.volet_received,
                daily=True,
                subscribed=True,
                of_the_ans=True,
            ),
            notices.NoticeKind(
                "candidatures.complement_answered",
                "Réponse à une demande de compléments",
                agents.volet_waits,
                agents.complement_answered,
                subscribed=True,
                of_the_ans=True,
            ),
            notices.NoticeKind(
                "candidatures.derogation_asked",
                "Dérogation demandée par un éditeur",
                agents.derogation_waits,
                agents.derogation_asked,
                subscribed=True,
                of_the_ans=True,
            ),
            notices.NoticeKind(
                "candidatures.note_mention",
                "Mention dans une note interne",
                agents.reader_instructs,
                agents.note_mention,
                of_the_ans=True,
            ),
            notices.NoticeKind(
                "candidatures.date_moved",
                "Ouverture ou échéance déplacée",
                agents.date_stands,
                agents.date_moved,
                subscribed=True,
                of_the_ans=True,
            ),
            notices.NoticeKind(
                "candidatures.demande_cancelled",
                "Demande annulée",
                mails.cancellation_is_of_the_team,
                mails.demande_cancelled,
                legal=True,
            ),
            notices.NoticeKind(
                "candidatures.echeance_moved",
                "Échéance déplacée",
                mails.is_still_in_force,
                mails.echeance_moved,
                legal=True,
            ),
            notices.NoticeKind(
                "candidatures.derogation_granted",
                "Dérogation accordée",
                mails.derogation_is_of_the_team,
                mails.derogation_granted,
                legal=True,
            ),
            notices.NoticeKind(
                "candidatures.derogation_refused",
                "Dérogation refusée",
                lambda notice: True,
                mails.derogation_refused,
                of_the_ans=True,
            ),
            notices.NoticeKind(
                "candidatures.derogation_denied",
                "Dérogation refusée à l’éditeur",
                mails.derogation_is_of_the_team,
                mails.derogation_denied,
                legal=True,
            ),
            notices.NoticeKind(
                "candidatures.foreclosed",
                "Candidature close pour dépôt hors délai (forclusion)",
                mails.is_still_foreclosed,
                mails.foreclosed,
                legal=True,
            ),
            notices.NoticeKind(
                "candidatures.volet_taken_over",
                "Examen d’un volet réattribué",
                mails.volet_is_taken_over,
                mails.volet_taken_over,
                of_the_ans=True,
            ),
            notices.NoticeKind(
                "candidatures.volet_admitted", "Volet recevable", mails.still_has_access, mails.volet_admitted
            ),
        )
