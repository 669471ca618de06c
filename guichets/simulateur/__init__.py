"""The other desks, simulated: what `guichets/contrats/` promises, and what a real desk may do instead.

It shares no code with the connectors, nor they with it (an import contract says so): they can only agree through the
contracts.
"""
