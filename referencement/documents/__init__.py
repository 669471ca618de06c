"""The documents of phase 3: one template for each kind, from frozen data to the bytes of a tagged PDF/A-3.

The templates and the style sheet of a version are never edited once a document was issued with it: they are copied to
the folder of the next version. The same data with the same version give the same PDF, byte for byte.
"""
