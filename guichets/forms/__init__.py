from .demandes import CorrectionForm, DeclarationForm
from .questions import QuestionsForm
from .releves import CaptureForm

__all__ = ["CaptureForm", "CorrectionForm", "DeclarationForm", "QuestionsForm"]
