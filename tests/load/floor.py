"""The product with the floor beside it: a bare view that does one primary-key SELECT, in the same process.

Started as `gunicorn tests.load.floor:application`. A request with the header `X-Count` is answered with the number of
its SQL statements in `X-Statements`.
"""

from collections.abc import Callable, Iterable
from typing import Any

from django.apps import apps
from django.db import connection

from majorops.wsgi import application as product

Person = apps.get_model("people", "Person")
StartResponse = Callable[..., Any]


def application(environ: dict[str, Any], start_response: StartResponse) -> Iterable[bytes]:
    """The floor at /floor, the product everywhere else."""
    if environ["PATH_INFO"] == "/floor":
        name = Person.objects.get(pk=int(environ["QUERY_STRING"])).full_name.encode()
        start_response("200 OK", [("Content-Type", "text/plain"), ("Content-Length", str(len(name)))])
        return [name]
    if "HTTP_X_COUNT" not in environ:
        return product(environ, start_response)
    statements = 0

    def count(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        nonlocal statements
        statements += 1
        return execute(sql, params, many, context)

    def answered(status: str, headers: list[tuple[str, str]], *rest: Any) -> Any:
        return start_response(status, [*headers, ("X-Statements", str(statements))], *rest)

    with connection.execute_wrapper(count):
        return product(environ, answered)
