from django.contrib.postgres.indexes import GinIndex, OpClass
from django.db.models import Expression, F, Func, Index, TextField, Value
from django.db.models.expressions import OrderBy
from django.db.models.lookups import Contains


class SortName(Func):
    """A name as lists are sorted by it: in small letters, without accents. Immutable, so that an index may hold it."""

    function = "sort_name"
    arity = 1
    output_field = TextField()


def name_holds(field: str, word: str) -> Contains:
    """Say, in a filter, that a name holds a word, whatever their accents and case; `index_of_words` serves it."""
    return Contains(SortName(F(field)), SortName(Value(word)))


def holds(field: str, word: str | Expression) -> Contains:
    """The same of a text that was written by `sort_name` already."""
    return Contains(F(field), SortName(Value(word) if isinstance(word, str) else word))


def both_ways(*columns: str | SortName, name: str, then: str = "id") -> tuple[Index, Index]:
    """The indexes of a list sorted by the last of these columns, then by key: what is unknown is last in both orders.

    :param columns: those before the last are equal in all rows that are read
    """
    *equal, last = columns
    down = OrderBy(last if isinstance(last, SortName) else F(last), descending=True, nulls_last=True)
    return Index(*equal, last, then, name=name), Index(*equal, down, then, name=f"{name}_down")


def index_of_words(field: str, *, name: str) -> GinIndex:
    """The index of the names in which a word of three letters or more is looked for."""
    return GinIndex(OpClass(SortName(field), "gin_trgm_ops"), name=name)
