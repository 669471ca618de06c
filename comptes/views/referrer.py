from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import HttpResponse

View = Callable[..., HttpResponse]


def token_stays_here(view: View) -> View:
    """Keep the page's address, which holds a secret, out of what the browser tells the next page.

    Not `no-referrer`: under it browsers post forms with `Origin: null`, which the CSRF protection refuses.
    """

    @wraps(view)
    def answer(*args: Any, **kwargs: Any) -> HttpResponse:
        response = view(*args, **kwargs)
        response["Referrer-Policy"] = "strict-origin"
        return response

    return answer
