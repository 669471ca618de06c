"""The counters: what the other desks (CNDA, EDC PSC, Gazelle, MOTCO2) say."""
