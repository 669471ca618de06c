from django.apps import AppConfig


class ReferencementConfig(AppConfig):
    name = "referencement"
    verbose_name = "Référencement"

    def ready(self) -> None:
        from comptes import journal, notices
        from comptes.operations.agents import Charge, register_charge, register_lock
        from comptes.queries.asking import register_count
        from comptes.queries.exports import register_listes
        from comptes.queries.textes import register_familles
        from referencement.enums import Act
        from referencement.models import CodeDeSignature, Mesure, Reexamen
        from referencement.operations.lots import register_gestes
        from referencement.operations.passation import (
            hand_over_seances,
            lock_what_is_handed_over,
            who_takes_seances,
            why_seances_wait,
        )
        from referencement.operations.tours import follow_the_journal
        from referencement.queries.journee import FOR_ME, waiting_for
        from referencement.queries.textes import FAMILLE
        from referencement.views.listes import LISTES
        from referencement.views.listes_editeur import LISTES as LISTES_DE_L_EDITEUR

        _tell_below()
        journal.register(Act, {})
        register_gestes()
        register_charge(charge=Charge(why_seances_wait, hand_over_seances, who_takes_seances))
        register_lock(lock=lock_what_is_handed_over)
        register_familles(FAMILLE)
        register_listes(*LISTES, *LISTES_DE_L_EDITEUR)
        journal.register_follower(follow_the_journal)
        notices.register_owners(
            {
                "code": notices.owned_by(CodeDeSignature, "procedure__convention__candidature__produit__editeur"),
                "mesure": notices.owned_by(Mesure, "referencement__candidature__produit__editeur"),
                "reexamen": notices.owned_by(Reexamen, "examen__candidature__produit__editeur"),
            }
        )
        register_count(FOR_ME, waiting_for)
        _register_notices()


_OF_THE_ANS = {
    *("mesure_proposed", "mesure_answered", "reexamen_requested", "withdrawn_from_agenda"),
    *("seance_called", "seance_moved", "seance_cancelled", "seance_entrusted"),
}


def _register_notices() -> None:
    from comptes import notices
    from referencement import effects
    from referencement.mails import autorisations, college, conventions, echeances, referencements, seances
    from referencement.queries.rappels import REMINDER
    from referencement.queries.relances import RELANCE

    notices.register(
        notices.NoticeKind(
            "referencement.convention_to_sign",
            "Convention à signer",
            conventions.is_still_to_sign,
            conventions.convention_to_sign,
            legal=True,
        ),
        notices.NoticeKind(
            "referencement.signature_code",
            "Code de signature",
            conventions.code_is_awaited,
            conventions.signature_code,
            legal=True,
            secret=True,
        ),
        notices.NoticeKind(
            "referencement.convention_signed",
            "Convention signée",
            conventions.may_still_work,
            conventions.convention_signed,
            legal=True,
        ),
        notices.NoticeKind(
            "referencement.convention_cancelled",
            "Convention annulée",
            conventions.is_cancelled,
            conventions.convention_cancelled,
            legal=True,
        ),
        notices.NoticeKind(
            "referencement.autorisation_issued",
            "Accès aux tests du CNDA autorisé",
            autorisations.still_stands,
            autorisations.issued,
        ),
        notices.NoticeKind(
            "referencement.autorisation_ended",
            "Accès aux tests du CNDA suspendu",
            autorisations.none_stands,
            autorisations.ended,
        ),
        notices.NoticeKind(
            "referencement.echeance_missed",
            "Échéance manquée par une candidature",
            echeances.still_to_decide,
            echeances.echeance_missed,
            daily=True,
            subscribed=True,
            of_the_ans=True,
        ),
        notices.NoticeKind(
            REMINDER,
            "Rappel d’échéance",
            effects.reminder_is_still_due,
            effects.reminder,
            legal=True,
        ),
        notices.NoticeKind(RELANCE, "Relance de l’ANS", effects.relance_is_still_true, effects.relance),
        *(
            notices.NoticeKind(f"referencement.{state}", title, college.may_still_work, college.decided, legal=True)
            for state, title in (
                ("attributed", "Référencement attribué"),
                ("not_attributed", "Référencement non attribué"),
                ("postponed", "Examen reporté"),
            )
        ),
        *(
            notices.NoticeKind(
                f"referencement.{code}", title, still_true, render, legal=True, of_the_ans=code in _OF_THE_ANS
            )
            for code, title, still_true, render in (
                ("moved", "Référencement modifié", referencements.reader_may_read, referencements.moved),
                (
                    "mesure_announced",
                    "Mesure envisagée",
                    referencements.is_still_announced,
                    referencements.mesure_announced,
                ),
                (
                    "mesure_proposed",
                    "Mesure à trancher",
                    referencements.is_still_announced,
                    referencements.mesure_proposed,
                ),
                (
                    "reexamen_requested",
                    "Nouvel examen à trancher",
                    referencements.reexamen_is_waiting,
                    referencements.reexamen_requested,
                ),
                (
                    "mesure_answered",
                    "Réponse à une mesure",
                    referencements.is_still_announced,
                    referencements.mesure_answered,
                ),
                (
                    "mesure_abandoned",
                    "Mesure abandonnée",
                    referencements.reader_may_read,
                    referencements.mesure_abandoned,
                ),
                (
                    "reexamen_granted",
                    "Nouvel examen accordé",
                    referencements.reexamen_is_decided,
                    referencements.reexamen_granted,
                ),
                (
                    "reexamen_refused",
                    "Nouvel examen non accordé",
                    referencements.reexamen_is_decided,
                    referencements.reexamen_refused,
                ),
                (
                    "withdrawn_from_agenda",
                    "Candidature retirée de l’ordre du jour",
                    referencements.reader_holds_seances,
                    referencements.withdrawn_from_agenda,
                ),
            )
        ),
        *(
            notices.NoticeKind(
                f"referencement.{name}", title, still_true, render, legal=True, of_the_ans=name in _OF_THE_ANS
            )
            for name, title, still_true, render in (
                ("seance_called", "Séance du collège\u00a0: convocation", seances.is_called, seances.called),
                ("seance_moved", "Séance du collège déplacée", seances.is_moved, seances.moved),
                ("seance_cancelled", "Séance du collège annulée", seances.is_cancelled, seances.cancelled),
                ("seance_entrusted", "Secrétariat d’une séance", seances.is_entrusted, seances.entrusted),
                ("examen_moved", "Examen déplacé", seances.examen_is_moved, seances.examen_moved),
                (
                    "examen_unlisted",
                    "Dossier retiré de l’ordre du jour",
                    seances.examen_is_unlisted,
                    seances.examen_unlisted,
                ),
                ("examen_cancelled", "Séance annulée", seances.examen_is_cancelled, seances.examen_cancelled),
            )
        ),
    )


def _tell_below() -> None:
    """Give the apps below what they show and cannot know."""
    from candidatures.queries.avancement import register_avancement
    from preuves.queries.equivalences import register_lives
    from preuves.queries.exports import tell_state_with
    from referencement.queries.avancement import avancements
    from referencement.queries.etat import etat_of
    from referencement.queries.lives import lives_of

    register_avancement(avancements)
    register_lives(lives_of)
    tell_state_with(etat_of)
