"""Settings that make no sense keep the product from starting, with one sentence each that says what to write."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from majorops import configuration
from majorops.embedded.state import CHECKOUT

WELL = {"SECRET_KEY": "a-key-for-tests-that-signs-nothing-of-anybody"}
COMPOSE = yaml.safe_load((CHECKOUT / "docker-compose.yml").read_text())
PYTHON = sys.executable
STARTS = {
    "web": [PYTHON, "-m", "gunicorn", "majorops.wsgi:application", "--check-config"],
    "worker": [PYTHON, "-m", "celery", "-A", "majorops.celery", "worker"],
    "beat": [PYTHON, "-m", "celery", "-A", "majorops.celery", "beat"],
    "keeper": [PYTHON, "manage.py", "keep_deadlines"],
    "check": [PYTHON, "manage.py", "check"],
    "migrate": [PYTHON, "manage.py", "migrate"],
}
# Set by the process that starts another, or by tests and their tools: nobody sets them in an installation.
NOT_FOR_PEOPLE = {"MAJOROPS_AS_OWNER", "MAJOROPS_DEBUG"}
# Of the servers themselves, in a compose file that names its own.
FIXED_IN_COMPOSE = {"PORT", "MAJOROPS_HOME", "MAJOROPS_DEMO"}


def started(command: list[str], **environment: str) -> tuple[int, str]:
    """Its exit status and what it says, without the settings of this run."""
    kept = {name: value for name, value in os.environ.items() if name in ("PATH", "HOME", "LANG", "TMPDIR")}
    done = subprocess.run(
        command, cwd=CHECKOUT, env={**kept, **environment}, capture_output=True, text=True, timeout=60
    )
    return done.returncode, done.stdout + done.stderr


@pytest.mark.parametrize("process", STARTS)
def test_no_process_starts_without_the_key_that_all_share(process: str) -> None:
    status, said = started(STARTS[process])
    assert status != 0
    assert "MajorOps cannot start. SECRET_KEY is not set" in said
    assert "Traceback" not in said
    assert len(said.strip().splitlines()) == 1


def test_commands_that_sign_nothing_need_no_key() -> None:
    status, said = started([PYTHON, "manage.py", "help"])
    assert (status, "keep_deadlines" in said) == (0, True)


@pytest.mark.parametrize(
    ("name", "value", "way_out"),
    [
        ("MAJOROPS_TIME_ZONE", "Berlin", "Write it as in Europe/Berlin"),
        ("MAJOROPS_URL", "after.example.com", "Write it as in https://"),
        ("MAJOROPS_URL", "ftp://after.example.com", "Write it as in https://"),
        ("MAJOROPS_URL", "https://example.com/after", "at the root of its address"),
        ("MAJOROPS_HOLIDAYS", "DE-XX", "Write a country or region"),
        ("MAJOROPS_HOLIDAYS", "Bavaria", "Write a country or region"),
        ("DATABASE_URL", "postgresql://app:s3cret@db", "names no database"),
        ("DATABASE_URL", "postgre://app:s3cret@db/majorops", "begins with postgresql://"),
        ("DATABASE_OWNER_URL", "app:s3cret@db/majorops", "begins with postgresql://"),
        ("REDIS_URL", "redis:s3cret@broker:6379", "begins with redis://"),
        ("EMAIL_URL", "mail.example.com:25", "begins with smtp://"),
        ("MAJOROPS_LOG_LEVEL", "loud", "one of DEBUG"),
        ("MAJOROPS_PREPARED_QUERIES", "0", "one of on"),
        ("MAJOROPS_BEHIND_PROXY", "proxy.example.com", "the addresses of the proxy"),
        ("MAJOROPS_DEMO", "perhaps", "1 or 0"),
        ("PORT", "http", "is a number"),
        ("WEB_CONCURRENCY", "0", "is a number"),
        ("ALLOWED_HOSTS", "https://after.example.com", "names without a scheme"),
        ("CSRF_TRUSTED_ORIGINS", "after.example.com", "origins as in https://"),
        ("OIDC_SERVER_URL", "https://id.example.com", "OIDC_CLIENT_ID is not set"),
        ("OIDC_PROVISION", "perhaps", "1 or 0"),
        ("OIDC_GROUP_MAP", "incident-managers", "pairs as in incident-managers=MIM"),
        ("OIDC_GROUP_MAP", "incident-managers=MIM,audit=Auditors", "“Auditors”: it is one of MIM, "),
        ("MAJOROPS_HOME", __file__, "name another folder"),
    ],
)
def test_a_setting_that_makes_no_sense_is_named_with_the_way_out(name: str, value: str, way_out: str) -> None:
    found = configuration.problems({**WELL, name: value})
    assert found
    assert found[0].startswith(name) or "OIDC" in name
    assert way_out in found[0]
    assert "s3cret" not in " ".join(found)


def test_check_names_each_setting_and_a_good_environment_has_none() -> None:
    status, said = started(
        [PYTHON, "manage.py", "check", "--deploy"],
        **WELL,
        MAJOROPS_TIME_ZONE="Mars",
        MAJOROPS_URL="x",
        MAJOROPS_HOLIDAYS="Mars",
    )
    assert status != 0
    assert "MAJOROPS_TIME_ZONE" in said
    assert "MAJOROPS_URL" in said
    assert "MAJOROPS_HOLIDAYS" in said
    assert (
        configuration.problems(
            {**WELL, "MAJOROPS_URL": "https://after.example.com/", "MAJOROPS_HOLIDAYS": "DE-BY"}
        )
        == []
    )


def test_a_broker_that_does_not_answer_is_said_and_keeps_nobody_from_starting() -> None:
    said = configuration.broker_problem("redis://:s3cret@127.0.0.1:1/0")
    assert said is not None
    assert said.startswith("REDIS_URL: nothing answers at 127.0.0.1")
    assert "s3cret" not in said


def read_by_the_code() -> set[str]:
    """The variables that settings and processes read from the environment."""
    asked = re.compile(r"""(?:\benv(?:\.\w+)?|environ\.get|environ)[\(\[]\s*["']([A-Z][A-Z_]+)["']""")
    files = [*Path(CHECKOUT, "majorops").rglob("*.py"), CHECKOUT / "gunicorn.conf.py", CHECKOUT / "manage.py"]
    return {name for path in files for name in asked.findall(path.read_text())} - {"DJANGO_SETTINGS_MODULE"}


def test_each_setting_that_is_read_stands_in_the_readme_and_is_passed_on_by_the_compose_file() -> None:
    names = read_by_the_code() - NOT_FOR_PEOPLE
    assert len(names) > 20
    table = (CHECKOUT / "README.md").read_text().partition("## Settings")[2].partition("\n### ")[0]
    assert {name for name in names if f"`{name}`" not in table} == set()
    passed = set(COMPOSE["services"]["web"]["environment"]) | set(
        COMPOSE["services"]["migrations"]["environment"]
    )
    assert names - FIXED_IN_COMPOSE - passed == set()
