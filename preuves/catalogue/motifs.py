"""Ready sentences for what is to be corrected, which the instructeur completes.

Variables: {preuve}, {exigence}, {solution}.
"""

MOTIFS: dict[str, str] = {
    "incomplete": "La preuve {preuve} ne montre pas tout le scénario\u00a0: montrez chaque étape, jusqu’au résultat.",
    "unreadable": "La preuve {preuve} n’est pas lisible\u00a0: montrez l’écran entier, en meilleure qualité.",
    "undated": "La preuve {preuve} n’a ni date, ni version de la solution {solution}\u00a0: précisez les deux.",
    "other": "La preuve {preuve} ne répond pas à l’exigence {exigence}\u00a0: elle montre autre chose.",
    "real_data": "La preuve {preuve} montre des données qui semblent réelles\u00a0: prenez-en de fictives.",
}
