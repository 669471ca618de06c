from .agents import (
    AgentNotChangeable,
    Charge,
    change_roles_ans,
    close_agent,
    open_agent,
    register_charge,
    restore_agent,
    suspend_agent,
    why_held,
)
from .anchors import JournalNotAnchored, anchor_journal
from .avis import (
    ModeNotPossible,
    choose_modes,
    confirm_address,
    give_avis_back,
    mark_read,
    record_bounce,
    withdraw_avis,
)
from .comptes import correct_compte
from .comptes_ans import open_compte_ans
from .editeurs import EditeurNotPossible, correct_editeur, register_editeur
from .essais import TooManyTries, charge, forget_old_tries, forgive, refund
from .facteurs import (
    FacteurNotPossible,
    enrol_factor,
    remove_factor,
    renew_codes,
    reset_factor,
    verify_factor,
)
from .horloge import (
    ClockAlreadyStarted,
    ClockOnlyMovesForward,
    freeze_clock,
    move_clock,
    start_clock,
    unfreeze_clock,
)
from .identites import IdentiteNotPossible, link_identity
from .invitations import (
    InvitationNotOpen,
    InvitationNotPossible,
    accept_invitation,
    cancel_invitation,
    invite,
    why_closed,
)
from .passwords import choose_password, send_password_link
from .rattachements import (
    RattachementNotChangeable,
    change_role,
    detach,
    why_not_detach,
)

__all__ = [
    "AgentNotChangeable",
    "Charge",
    "ClockAlreadyStarted",
    "ClockOnlyMovesForward",
    "EditeurNotPossible",
    "FacteurNotPossible",
    "IdentiteNotPossible",
    "InvitationNotOpen",
    "InvitationNotPossible",
    "JournalNotAnchored",
    "ModeNotPossible",
    "RattachementNotChangeable",
    "TooManyTries",
    "accept_invitation",
    "anchor_journal",
    "cancel_invitation",
    "change_role",
    "change_roles_ans",
    "charge",
    "choose_modes",
    "choose_password",
    "close_agent",
    "confirm_address",
    "correct_compte",
    "correct_editeur",
    "detach",
    "enrol_factor",
    "forget_old_tries",
    "forgive",
    "freeze_clock",
    "give_avis_back",
    "invite",
    "link_identity",
    "mark_read",
    "move_clock",
    "open_agent",
    "open_compte_ans",
    "record_bounce",
    "refund",
    "register_charge",
    "register_editeur",
    "remove_factor",
    "renew_codes",
    "reset_factor",
    "restore_agent",
    "send_password_link",
    "start_clock",
    "suspend_agent",
    "unfreeze_clock",
    "verify_factor",
    "why_closed",
    "why_held",
    "why_not_detach",
    "withdraw_avis",
]
