"""The demonstration behind the web server, its templates marked, and a window for each of its people."""

from collections.abc import Iterator, Mapping
from typing import Any

import pytest
from django.test import override_settings
from playwright.sync_api import Browser

from tests.browser.controls.marking import marked_templates
from tests.browser.controls.pressing import House
from tests.browser.worlds import Worlds

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
    demonstration: Worlds, browser: Browser, browser_context_args: Mapping[str, Any]
) -> Iterator[House]:
    with marked_templates(), override_settings(SOCIALACCOUNT_PROVIDERS=SINGLE_SIGN_ON):
        built = House(browser, browser_context_args, demonstration)
        yield built
        built.close()
