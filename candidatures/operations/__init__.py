from .accuses import issue_accuse
from .calendrier import open_calendar, revoke_calendar
from .candidatures import (
    CandidatureNotPossible,
    CharteNotAcceptable,
    accept_charte,
    open_candidature,
    withdraw_candidature,
)
from .demandes import cancel_demande
from .derogations import (
    DerogationNotPossible,
    ForeclosureNotPossible,
    foreclose_candidature,
    grant_derogation,
    refuse_derogation,
    request_derogation,
)
from .dispositifs import DispositifConflict, load_dispositif
from .echeances import MoveNotPossible, approve_move, propose_move, refuse_move
from .instruction import (
    DemandeNotPossible,
    VoletNotAdmissible,
    admit_volet,
    ask_complement,
    judge_reference,
    reopen_volet,
)
from .messages import FormAlreadySent, MessageNotPosted, mark_messages_read, post_message, readers_of
from .modeles import ModeleNotPossible, create_modele, retire_modele
from .pieces import deposit_piece, keep_piece, keep_pieces, put_away
from .produits import (
    AccesNotPossible,
    ProduitNotPossible,
    create_produit,
    end_acces,
    give_acces,
    number_produit,
    rename_produit,
)
from .requetes import ask_derogation, instruct_derogation, propose_refusal, withdraw_derogation
from .volets import (
    Conflict,
    Saved,
    VoletNotOpen,
    VoletNotSubmittable,
    save_answers,
    submit_volet,
)

__all__ = [
    "AccesNotPossible",
    "CandidatureNotPossible",
    "CharteNotAcceptable",
    "Conflict",
    "DemandeNotPossible",
    "DerogationNotPossible",
    "DispositifConflict",
    "ForeclosureNotPossible",
    "FormAlreadySent",
    "MessageNotPosted",
    "ModeleNotPossible",
    "MoveNotPossible",
    "ProduitNotPossible",
    "Saved",
    "VoletNotAdmissible",
    "VoletNotOpen",
    "VoletNotSubmittable",
    "accept_charte",
    "admit_volet",
    "approve_move",
    "ask_complement",
    "ask_derogation",
    "cancel_demande",
    "create_modele",
    "create_produit",
    "deposit_piece",
    "end_acces",
    "foreclose_candidature",
    "give_acces",
    "grant_derogation",
    "instruct_derogation",
    "issue_accuse",
    "judge_reference",
    "keep_piece",
    "keep_pieces",
    "load_dispositif",
    "mark_messages_read",
    "number_produit",
    "open_calendar",
    "open_candidature",
    "post_message",
    "propose_move",
    "propose_refusal",
    "put_away",
    "readers_of",
    "refuse_derogation",
    "refuse_move",
    "rename_produit",
    "reopen_volet",
    "request_derogation",
    "retire_modele",
    "revoke_calendar",
    "save_answers",
    "submit_volet",
    "withdraw_candidature",
    "withdraw_derogation",
]
