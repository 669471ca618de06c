from .captures import CaptureForm
from .demandes import CorrectionForm, DeclarationForm
from .questions import QuestionsForm

__all__ = ["CaptureForm", "CorrectionForm", "DeclarationForm", "QuestionsForm"]
