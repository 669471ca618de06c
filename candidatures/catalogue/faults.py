class DispositifFileError(ValueError):
    """The file of a dispositif does not say what it must."""
