"""The demonstration behind the web server, its templates marked, and a window for each of its people."""

from collections.abc import Iterator, Mapping
from typing import Any

import pytest
from django.test import override_settings
from playwright.sync_api import Browser
from pytest_django import DjangoDbBlocker
from pytest_django.live_server_helper import LiveServer

from tests.browser.controls.marking import marked_templates
from tests.browser.controls.pressing import House
from tests.browser.controls.worlds import filled

# Nobody goes there: what is linked is seen in the settings of an account.
SINGLE_SIGN_ON = {
    "openid_connect": {
        "APPS": [
            {
                "provider_id": "oidc",
                "name": "Single sign-on",
                "client_id": "after-actions",
                "secret": "what-the-provider-knows-of-us",
                "settings": {"server_url": "https://id.example"},
            }
        ]
    }
}


@pytest.fixture(scope="module")
def house(
    server: LiveServer,
    browser: Browser,
    browser_context_args: Mapping[str, Any],
    django_db_blocker: DjangoDbBlocker,
) -> Iterator[House]:
    # Of each module alone: the database that is at hand meanwhile is a copy, and no other test may meet it.
    with (
        django_db_blocker.unblock(),
        marked_templates(),
        override_settings(SOCIALACCOUNT_PROVIDERS=SINGLE_SIGN_ON),
        filled() as worlds,
    ):
        built = House(browser, browser_context_args, worlds)
        yield built
        built.close()
