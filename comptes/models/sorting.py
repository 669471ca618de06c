from django.db.models import Func, TextField


class SortName(Func):
    """A name as lists are sorted by it: in small letters, without accents. Immutable, so that an index may hold it."""

    function = "sort_name"
    arity = 1
    output_field = TextField()
