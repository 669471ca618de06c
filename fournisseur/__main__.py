"""Serve the local provider: `python -m fournisseur --folder F --port P --people FILE --client NAME --secret S …`.

It says `listening` on its standard output when it answers. Its users and its client are made anew at each start.
"""

import argparse
import os
import secrets
import sys
from pathlib import Path
from socketserver import ThreadingMixIn
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server

HOST = "127.0.0.1"


class Server(ThreadingMixIn, WSGIServer):
    daemon_threads = True


class Quiet(WSGIRequestHandler):
    def log_message(self, *args: object) -> None:
        """The addresses hold codes."""


def main() -> int:
    parser = argparse.ArgumentParser(prog="fournisseur", description=__doc__)
    parser.add_argument("--folder", type=Path, required=True, help="key, secret and database")
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--people", type=Path, required=True, help="JSON: who exists")
    parser.add_argument("--lies", type=Path, help="JSON: what to falsify, for tests")
    parser.add_argument("--client", required=True)
    parser.add_argument("--secret", required=True)
    parser.add_argument("--redirect", action="append", required=True, help="where the client is answered")
    parser.add_argument("--after", action="append", required=True, help="where the client waits after a sign-out")
    asked = parser.parse_args()
    with make_server(HOST, asked.port, None, Server, Quiet) as server:
        _settle(asked, server.server_port)
        _fill(asked)
        from django.core.wsgi import get_wsgi_application

        server.set_app(get_wsgi_application())
        print(f"listening {server.server_port}", flush=True)
        server.serve_forever()
    return 0


def _settle(asked: argparse.Namespace, port: int) -> None:
    asked.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    _once(asked.folder / "secret_key", lambda: secrets.token_urlsafe(48))
    _once(asked.folder / "key.pem", _new_key)
    os.environ["DJANGO_SETTINGS_MODULE"] = "fournisseur.settings"
    os.environ["FOURNISSEUR_FOLDER"] = str(asked.folder)
    os.environ["FOURNISSEUR_ISSUER"] = f"http://{HOST}:{port}/o"
    os.environ["FOURNISSEUR_PEOPLE"] = str(asked.people)
    os.environ["FOURNISSEUR_LIES"] = str(asked.lies or "")
    import django

    django.setup()


def _once(path: Path, make) -> None:
    if not path.exists():
        with open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            file.write(make())


def _new_key() -> str:
    from cryptography.hazmat.primitives import serialization
    from cryptography.hazmat.primitives.asymmetric import rsa

    return (
        rsa.generate_private_key(public_exponent=65537, key_size=2048)
        .private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
        .decode()
    )


def _fill(asked: argparse.Namespace) -> None:
    from django.contrib.auth.models import User
    from django.core.management import call_command
    from oauth2_provider.models import Application

    from fournisseur.validators import people

    call_command("migrate", verbosity=0)
    Application.objects.update_or_create(
        client_id=asked.client,
        defaults={
            "client_secret": asked.secret,
            "hash_client_secret": False,  # a secret of one evening: to check a hash takes half a second
            "client_type": Application.CLIENT_CONFIDENTIAL,
            "authorization_grant_type": Application.GRANT_AUTHORIZATION_CODE,
            "redirect_uris": " ".join(asked.redirect),
            "post_logout_redirect_uris": " ".join(asked.after),
            "algorithm": Application.RS256_ALGORITHM,
            "skip_authorization": True,
        },
    )
    for person in people():
        User.objects.get_or_create(username=person["sub"])


if __name__ == "__main__":
    sys.exit(main())
