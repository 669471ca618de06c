"""What is delivered to those who run the portal agrees with the settings: every variable, every queue, the limits."""

import re
from pathlib import Path
from typing import Any

import pytest
import yaml
from django.conf import settings

from segur_portal.queues import QUEUES

ROOT = Path(settings.BASE_DIR)
COMPOSE: dict[str, Any] = yaml.safe_load((ROOT / "docker-compose.yml").read_text())
NGINX = (ROOT / "deploy/nginx.conf").read_text()
SERVICES = COMPOSE["services"]
# What the image settles, or is for a demonstration or a developer.
NOT_FOR_AN_OPERATOR = {"DEBUG", "DEMO", "DISPOSITIF_FOLDERS", "MAIL_ROOT", "STATIC_ROOT", "STATICFILES_BACKEND"}


def read_by_settings() -> set[str]:
    """The variables that the settings read, those of the desks included."""
    texts = "".join((ROOT / "segur_portal" / name).read_text() for name in ("settings.py", "openid.py", "outside.py"))
    named = set(re.findall(r'env(?:\.\w+)?\(\s*"([A-Z][A-Z0-9_]+)"', texts))
    desks = {
        f"GUICHET_{desk}_{word}".upper()
        for desk, settings_of_desk in settings.GUICHETS.items()
        for word in settings_of_desk
    }
    return (named | desks | set(settings.PUBLISHER)) - NOT_FOR_AN_OPERATOR


def ours() -> list[str]:
    return [name for name in SERVICES if name not in ("clamav", "postgres", "redis")]


def test_settings_are_read_from_many_variables():
    assert {
        "CLAMD_URL",
        "PIECES_BUCKET",
        "SIGNATURE_PKCS12",
        "TRUSTED_PROXIES",
        "GUICHET_CNDA_CA",
    } <= read_by_settings()


@pytest.mark.parametrize("service", ours())
def test_compose_passes_every_variable_that_settings_read(service):
    assert sorted(read_by_settings() - set(SERVICES[service]["environment"])) == []


def test_compose_invents_no_variable():
    assert sorted(set(COMPOSE["x-portail"]["environment"]) - read_by_settings()) == []


@pytest.mark.parametrize("name", sorted(read_by_settings()))
def test_every_variable_is_documented(name):
    documented = (ROOT / "docs/exploitation.md").read_text()
    of_any_desk = re.sub(r"^GUICHET_.*_", "GUICHET_…_", name)
    assert f"`{name}`" in documented or f"`{of_any_desk}`" in documented


def test_each_queue_has_one_worker():
    served = [
        queue
        for service in SERVICES.values()
        for queues in re.findall(r"--queues (\S+)", str(service.get("command", "")))
        for queue in queues.split(",")
    ]
    assert sorted(served) == sorted(QUEUES)


def test_letters_share_their_worker_with_nothing():
    assert "--queues letters " in SERVICES["worker-letters"]["command"]


def test_files_are_received_apart_from_pages():
    assert "gunicorn" in SERVICES["uploads"]["command"]
    assert SERVICES["uploads"]["ports"] != SERVICES["web"]["ports"]
    assert "proxy_request_buffering off" in NGINX.partition("location @uploads")[2]
    assert "proxy_request_buffering off" not in NGINX.partition("location @uploads")[0]


def test_migration_is_not_cut():
    assert SERVICES["migrate"]["environment"]["DATABASE_STATEMENT_TIMEOUT"] == 0


def test_proxy_waits_as_long_as_the_settings_believe():
    (seconds,) = re.findall(r"proxy_read_timeout (\d+)s;", NGINX)
    assert int(seconds) == settings.PROXY_TIMEOUT < settings.STAMP_BELIEVED_FOR


def test_proxy_lets_the_largest_file_pass():
    (megabytes,) = re.findall(r"client_max_body_size (\d+)m;", NGINX)
    assert int(megabytes) * 1024 * 1024 > settings.LARGEST_UPLOAD


def test_parts_are_received_whole_and_hold_no_page():
    parts = NGINX.partition("/parties/")[2].partition("\n    }")[0]
    assert "proxy_pass http://portail_uploads" in parts
    assert "proxy_request_buffering" not in parts


def test_only_several_parts_at_once_go_on_as_they_arrive():
    """One is never so long, and several always are: a line that is slow sends one, and holds no thread."""
    assert "if ($portail_is_long) { return 418; }" in NGINX.partition("/parties/")[2].partition("\n    }")[0]
    (figures,) = re.findall(r'"~\^\[0-9\]\{(\d+),\}\$" 1; }', NGINX)
    shortest = 10 ** (int(figures) - 1)
    assert settings.UPLOAD_PART_SIZE < shortest < settings.UPLOAD_PART_SIZE * 2


def test_antivirus_is_delivered_and_takes_the_largest_file():
    (megabytes,) = re.findall(r"StreamMaxLength (\d+)M", (ROOT / "deploy/clamd.conf").read_text())
    assert int(megabytes) * 1024 * 1024 > settings.LARGEST_UPLOAD
    assert "clamav:3310" in SERVICES["web"]["environment"]["CLAMD_URL"]
