from django.apps import AppConfig


class PreuvesConfig(AppConfig):
    name = "preuves"
    verbose_name = "Preuves"

    def ready(self) -> None:
        from comptes import journal, notices
        from comptes.operations.agents import Charge, register_charge, register_end
        from comptes.queries.asking import register_count
        from preuves import sweeps
        from preuves.enums import Act
        from preuves.mails import (
            chapitres,
            conclusions,
            confiees,
            equivalences,
            illisibles,
            instruction,
            secondes_lectures,
        )
        from preuves.operations.parties import verify_with
        from preuves.operations.passation import hand_over_chapitres, who_takes_chapitres, why_chapitres_wait
        from preuves.operations.secondes_lectures import end_lectures_of
        from preuves.queries.exports import say_acts_with
        from preuves.queries.secondes_lectures import ONLY_EXPERT, is_asked_to_read, is_only_expert

        journal.register(Act, {})
        say_acts_with(journal.lines)
        verify_with(task=sweeps.settle_envoi)
        register_count(ONLY_EXPERT, is_only_expert)
        register_charge(charge=Charge(why_chapitres_wait, hand_over_chapitres, who_takes_chapitres))
        register_end(end=end_lectures_of, asked=is_asked_to_read)
        notices.register(
            notices.NoticeKind(
                "preuves.chapitre_submitted",
                "Chapitre soumis",
                chapitres.is_still_submitted,
                chapitres.chapitre_submitted,
                legal=True,
            ),
            notices.NoticeKind(
                "preuves.chapitre_received",
                "Chapitre à examiner",
                chapitres.chapitre_waits,
                chapitres.chapitre_received,
                daily=True,
                subscribed=True,
                of_the_ans=True,
            ),
            notices.NoticeKind(
                "preuves.chapitre_fell",
                "Soumission annulée",
                chapitres.is_still_fallen,
                chapitres.chapitre_fell,
                legal=True,
            ),
            notices.NoticeKind(
                "preuves.chapitre_came_back",
                "Chapitre revenu",
                chapitres.is_still_fallen,
                chapitres.chapitre_came_back,
                legal=True,
            ),
            notices.NoticeKind(
                "preuves.dossier_moved",
                "Nouvelle version du référentiel suivie",
                chapitres.is_still_there,
                chapitres.dossier_moved,
                daily=True,
            ),
            notices.NoticeKind(
                "preuves.chapitre_returned",
                "Chapitre à corriger",
                instruction.is_still_returned,
                instruction.chapitre_returned,
                legal=True,
            ),
            notices.NoticeKind(
                "preuves.chapitre_approved",
                "Chapitre validé",
                instruction.is_still_approved,
                instruction.chapitre_approved,
            ),
            notices.NoticeKind(
                "preuves.chapitre_reopened",
                "Chapitre rouvert",
                instruction.is_still_returned,
                instruction.chapitre_reopened,
                legal=True,
            ),
            notices.NoticeKind(
                "preuves.chapitre_unreadable",
                "Fichier qui ne s’ouvre pas",
                instruction.is_still_returned,
                illisibles.chapitre_unreadable,
                legal=True,
            ),
            notices.NoticeKind(
                "preuves.file_unreadable",
                "Fichier à remplacer",
                illisibles.is_still_unreadable,
                illisibles.file_unreadable,
                legal=True,
            ),
            notices.NoticeKind(
                "preuves.file_shut",
                "Fichier qui ne s’ouvre plus pendant un examen",
                illisibles.is_still_shut,
                illisibles.file_shut,
                of_the_ans=True,
            ),
            notices.NoticeKind(
                "preuves.dispense_contested",
                "Preuve désormais demandée",
                instruction.is_still_contested,
                instruction.dispense_contested,
                legal=True,
            ),
            notices.NoticeKind(
                "preuves.equivalences_granted",
                "Équivalences accordées",
                equivalences.are_still_granted,
                equivalences.equivalences_granted,
                daily=True,
            ),
            notices.NoticeKind(
                "preuves.equivalences_ended",
                "Équivalences terminées",
                equivalences.are_still_due,
                equivalences.equivalences_ended,
                legal=True,
            ),
            notices.NoticeKind(
                "preuves.preuves_given",
                "Preuves confiées",
                confiees.are_still_held,
                confiees.preuves_given,
            ),
            notices.NoticeKind(
                "preuves.seconde_lecture_asked",
                "Seconde lecture demandée",
                secondes_lectures.is_still_asked,
                secondes_lectures.asked,
                of_the_ans=True,
            ),
            notices.NoticeKind(
                "preuves.seconde_lecture_due",
                "Seconde lecture attendue",
                secondes_lectures.is_still_due,
                secondes_lectures.due,
                of_the_ans=True,
            ),
            notices.NoticeKind(
                "preuves.seconde_lecture_answered",
                "Réponse à une seconde lecture",
                secondes_lectures.is_still_answered,
                secondes_lectures.answered,
                of_the_ans=True,
            ),
            notices.NoticeKind(
                "preuves.seconde_lecture_stopped",
                "Seconde lecture sans réponse",
                secondes_lectures.is_still_stopped,
                secondes_lectures.stopped,
                of_the_ans=True,
            ),
            notices.NoticeKind(
                "preuves.seconde_lecture_ended",
                "Seconde lecture terminée",
                secondes_lectures.has_ended,
                secondes_lectures.ended,
                of_the_ans=True,
            ),
            notices.NoticeKind(
                "preuves.conclusion_proposed",
                "Conclusion à confirmer",
                conclusions.is_still_proposed,
                conclusions.proposed,
                of_the_ans=True,
            ),
            notices.NoticeKind(
                "preuves.conclusion_answered",
                "Réponse à une conclusion proposée",
                conclusions.is_still_answered,
                conclusions.answered,
                of_the_ans=True,
            ),
            notices.NoticeKind(
                "preuves.review_taken_over",
                "Examen repris",
                instruction.is_still_taken_over,
                instruction.review_taken_over,
                of_the_ans=True,
            ),
        )
