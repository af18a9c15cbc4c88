"""Where each page lives. Every URL states who may open it; tests walk this table."""

from allauth.account.decorators import secure_admin_login
from django.conf import settings
from django.contrib import admin
from django.urls import URLResolver, include, path

from afteractions.views.overview.home import home
from afteractions.views.overview.search import search, suggestions
from majorops.people.authentication.pages import whole
from majorops.people.views import address
from majorops.web.health.views import favicon, healthz, metrics, readyz

# One door for all: limits, second factor and single sign-on hold for Django's administration too.
admin.site.login = secure_admin_login(admin.site.login)  # type: ignore[method-assign]


def for_emergencies() -> list[URLResolver]:
    """Django's own administration, where somebody has opened it (README, Settings)."""
    return [path("django-admin/", admin.site.urls)] if settings.DJANGO_ADMIN else []


handler400 = "majorops.web.server.error_pages.bad_request"
handler403 = "majorops.web.server.error_pages.permission_denied"
handler404 = "majorops.web.server.error_pages.page_not_found"
handler500 = "majorops.web.server.error_pages.server_error"
urlpatterns = [
    path("", home, name="home"),
    path("search/", search, name="search"),
    path("search/suggestions/", suggestions, name="search_suggestions"),
    path("incidents/", include("incidents.urls")),
    path("", include("afteractions.urls")),
    path("", include("majorops.notices.urls")),
    path("", include("majorops.people.urls")),
    # Whoever is written to at another address signs in by it: administrators alone change addresses.
    path("accounts/email/", address, name="account_email"),
    path("accounts/", include(whole("allauth.urls", without="account_email"))),
    *for_emergencies(),
    path("api/v1/", include("incidents.api.urls")),
    path("api/v1/", include("afteractions.api.urls")),
    path("api/v1/", include("majorops.web.api.urls")),
    path("scim/v2/", include("majorops.people.scim.urls")),
    path("favicon.ico", favicon, name="favicon"),
    path("healthz", healthz, name="healthz"),
    path("readyz", readyz, name="readyz"),
    path("metrics", metrics, name="metrics"),
]
