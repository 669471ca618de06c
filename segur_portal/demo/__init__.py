"""The demonstration: its story, its cast, its clock and its mailbox. Nothing here answers unless `DEMO` is on.

Only the clock's offset is stored, so it runs on while the demonstration is stopped, and never goes back: a restart
finds it later, `script/demo --reset` finds it at the beginning. A clock that was frozen by its button stays frozen.
"""
