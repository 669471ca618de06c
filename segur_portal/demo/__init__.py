"""The demonstration: its story, its cast, its clock and its mailbox. Nothing here answers unless `DEMO` is on."""
