"""Everything from the environment, safe by default. The names of the variables are those of the README."""

import logging
import os
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

import environ
from celery.schedules import crontab
from whitenoise.compress import Compressor

from majorops.configuration import group_map, trusted_proxies
from majorops.web.server.logs import LineWithoutSecrets

BASE_DIR = Path(__file__).resolve().parent.parent
env = environ.Env()

HOME = Path(env("MAJOROPS_HOME", default=str(BASE_DIR / "var"))).absolute()
DEBUG = env.bool("MAJOROPS_DEBUG", default=False)
# All processes need the same one, so that none is made here: majorops.configuration refuses to start without.
SECRET_KEY = env("SECRET_KEY", default="")
SITE_URL = (env("MAJOROPS_URL", default="") or f"http://127.0.0.1:{env('PORT', default='8000')}").rstrip("/")
HTTPS = SITE_URL.startswith("https://")
# Django's own administration, for emergencies alone: the product's pages are at /administration/.
DJANGO_ADMIN = env.bool("MAJOROPS_DJANGO_ADMIN", default=False)
# The name that mails link to, and this machine.
HOSTS = [urlsplit(SITE_URL).hostname or "127.0.0.1", "127.0.0.1", "localhost", "[::1]"]
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=[]) or HOSTS
CSRF_TRUSTED_ORIGINS = env.list("CSRF_TRUSTED_ORIGINS", default=[])
# From these alone it is believed whom a request comes from, and that it came by TLS (majorops.web.server.proxy).
TRUSTED_PROXIES = trusted_proxies(
    env("MAJOROPS_BEHIND_PROXY", default="") or ("127.0.0.0/8,::1" if HTTPS else "")
)

INSTALLED_APPS = [
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.socialaccount",
    "allauth.socialaccount.providers.openid_connect",
    "rest_framework",
    "drf_spectacular",
    "django_htmx",
    "csp",
    "majorops.people",
    "majorops.people.scim",
    "majorops.audit",
    "majorops.notices",
    "majorops.web",
    "incidents",
    "afteractions",
]

MIDDLEWARE = [
    "majorops.web.server.middleware.NamedMiddleware",
    "majorops.web.server.middleware.CountedMiddleware",
    "majorops.web.server.middleware.RoadMiddleware",
    "majorops.web.server.proxy.ProxyMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "majorops.web.server.middleware.CompressedPagesMiddleware",
    "majorops.web.server.middleware.KeptPrivateMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "majorops.web.server.middleware.LastUseMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "majorops.people.authentication.second_factor.SecondFactorMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "majorops.web.server.middleware.DirectionsMiddleware",
    "majorops.web.server.middleware.StorableTextMiddleware",
    "majorops.web.server.middleware.RefusedMiddleware",
]

ROOT_URLCONF = "majorops.urls"
WSGI_APPLICATION = "majorops.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "majorops.web.context.shell",
            ],
            "builtins": ["majorops.web.templatetags.majorops"],
        },
    }
]

# The application's role owns nothing; the schema's owner only migrates (README, Two database roles).
APPLICATION_ROLE = "majorops_app"
DATABASE_URL = env("DATABASE_URL", default="postgresql://majorops_app@127.0.0.1/majorops")
DATABASE_OWNER_URL = env("DATABASE_OWNER_URL", default="")
AS_OWNER = env.bool("MAJOROPS_AS_OWNER", default=False)
# With one address for both, the application lays the owner's rights down after it has connected.
SET_APPLICATION_ROLE = not DATABASE_OWNER_URL and not AS_OWNER


def database(url: str) -> dict[str, Any]:
    """The connection of a URL; a percent-encoded socket folder in the place of the host is decoded."""
    parsed: dict[str, Any] = dict(env.db_url_config(url))
    parsed["ENGINE"] = "django.db.backends.postgresql"
    parsed["HOST"] = unquote(str(parsed.get("HOST") or ""))
    parsed["CONN_MAX_AGE"] = 600
    parsed["CONN_HEALTH_CHECKS"] = True
    parsed["DISABLE_SERVER_SIDE_CURSORS"] = False
    # What a connection asks for the third time stays prepared on it: planning took more time than reading.
    parsed.setdefault("OPTIONS", {}).update(server_side_binding=True, prepare_threshold=3)
    return parsed


DATABASES = {"default": database(DATABASE_OWNER_URL if AS_OWNER and DATABASE_OWNER_URL else DATABASE_URL)}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# "off" builds each query anew, should a new version of Django and majorops/prepared.py disagree; "check" compares both.
PREPARED_QUERIES = env("MAJOROPS_PREPARED_QUERIES", default="") or "on"

# Chat servers of the organisation that people's chat addresses may name, beside the services known to everybody.
CHAT_HOSTS = {host.lower() for host in env.list("MAJOROPS_CHAT_HOSTS", default=[])}

REDIS_URL = env("REDIS_URL", default="redis://127.0.0.1:6379/0")
CELERY_BROKER_URL = REDIS_URL.replace("unix://", "redis+socket://", 1)
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_TRANSPORT_OPTIONS = {"visibility_timeout": 3600}
CELERY_TASK_TIME_LIMIT = 600
CELERY_TIMEZONE = "UTC"
CELERY_BEAT_SCHEDULE_FILENAME = str(HOME / "beat-schedule")
# Beat only nudges: what is due stands in the database, and a lost nudge is made good by the next one.
CELERY_BEAT_SCHEDULE = {
    "sweep": {
        "task": "afteractions.tasks.sweep",
        "schedule": timedelta(seconds=10),
        "options": {"expires": 30},
    },
    "deliver": {
        "task": "majorops.notices.tasks.deliver",
        "schedule": timedelta(seconds=10),
        "options": {"expires": 30},
    },
    "render": {
        "task": "afteractions.tasks.render_pending",
        "schedule": timedelta(seconds=15),
        "options": {"expires": 30},
    },
    "seal": {
        "task": "majorops.audit.tasks.seal",
        "schedule": timedelta(seconds=30),
        "options": {"expires": 60},
    },
    "look-over-seals": {
        "task": "majorops.audit.tasks.look_over_seals",
        "schedule": crontab(hour="4", minute="7"),
    },
    "audit": {
        "task": "afteractions.tasks.audit",
        "schedule": timedelta(minutes=10),
        "options": {"expires": 300},
    },
    "clear-sessions": {
        "task": "majorops.people.tasks.clear_sessions",
        "schedule": crontab(hour="3", minute="17"),
    },
    "forget-kept-answers": {
        "task": "majorops.web.tasks.forget_kept_answers",
        "schedule": crontab(hour="3", minute="27"),
    },
}

AUTH_USER_MODEL = "people.Person"
AUTHENTICATION_BACKENDS = [
    "django.contrib.auth.backends.ModelBackend",
    "majorops.people.authentication.backend.ByAddress",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
# How long a link to set a password is good, mailed or printed: a day, and once.
PASSWORD_RESET_TIMEOUT = 24 * 3600
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "home"
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*", "password2*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_LOGOUT_ON_GET = False
ACCOUNT_SESSION_REMEMBER = True
# The address names a person everywhere, audit included: administrators change it, nobody adds a second one.
ACCOUNT_MAX_EMAIL_ADDRESSES = 1
# The library's own keeps the address in a row of its own, where it outlives the account's; Django's ends with it.
ACCOUNT_PASSWORD_RESET_TOKEN_GENERATOR = "majorops.people.authentication.backend.PasswordLinks"
ACCOUNT_ADAPTER = "majorops.people.authentication.adapter.NoSignUp"
SOCIALACCOUNT_ADAPTER = "majorops.people.authentication.adapter.SingleSignOn"
# One press leads to the provider: our own Content-Security-Policy stops a form that is answered with another site.
# Linking asks for the password anew, so that no other site links its visitor by such a press.
SOCIALACCOUNT_LOGIN_ON_GET = SOCIALACCOUNT_REAUTHENTICATION_REQUIRED = True
# Whether an address that the provider does not say is verified counts (majorops.people.authentication.single_sign_on).
OIDC_TRUST_EMAIL = env.bool("OIDC_TRUST_EMAIL", default=False)
# Whether an account is made for whom none has the address, and what the provider says of groups and managers.
OIDC_PROVISION = env.bool("OIDC_PROVISION", default=False)
OIDC_GROUPS_CLAIM = env("OIDC_GROUPS_CLAIM", default="") or "groups"
OIDC_GROUP_MAP = group_map(env("OIDC_GROUP_MAP", default=""))
OIDC_MANAGER_CLAIM = env("OIDC_MANAGER_CLAIM", default="")
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
# Nobody verifies an address here: administrators enter it.
MFA_ALLOW_UNVERIFIED_EMAIL = True
MFA_TOTP_ISSUER = "MajorOps After Actions"
ACCOUNT_FORMS = {
    "login": "majorops.people.authentication.forms.SignIn",
    "change_password": "majorops.people.authentication.forms.ChangePassword",
    "set_password": "majorops.people.authentication.forms.SetPassword",
    "reset_password": "majorops.people.authentication.forms.ForgottenPassword",
    "reset_password_from_key": "majorops.people.authentication.forms.PasswordByLink",
    "reauthenticate": "majorops.people.authentication.forms.Again",
}
MFA_FORMS = {
    "authenticate": "majorops.people.authentication.forms.Code",
    "reauthenticate": "majorops.people.authentication.forms.CodeAgain",
    "activate_totp": "majorops.people.authentication.forms.FirstCode",
}
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes"]
SOCIALACCOUNT_PROVIDERS: dict[str, Any] = {}
if env("OIDC_SERVER_URL", default=""):
    SOCIALACCOUNT_PROVIDERS["openid_connect"] = {
        "OAUTH_PKCE_ENABLED": True,
        "APPS": [
            {
                "provider_id": "oidc",
                "name": env("OIDC_NAME", default="") or "Single sign-on",
                "client_id": env("OIDC_CLIENT_ID"),
                "secret": env("OIDC_CLIENT_SECRET"),
                "settings": {"server_url": env("OIDC_SERVER_URL")},
            }
        ],
    }

LANGUAGE_CODE = "en"
USE_I18N = False
USE_TZ = True
TIME_ZONE = "UTC"
# The organisation's zone and public holidays, where they are set here; else an administrator chooses them
# (majorops.people.operations.organisation and the policy). An incident or a person may have a zone of its own.
ORGANISATION_TIME_ZONE = env("MAJOROPS_TIME_ZONE", default="")
HOLIDAYS_ARE_SET = bool(env("MAJOROPS_HOLIDAYS", default=""))
HOLIDAYS = env("MAJOROPS_HOLIDAYS", default="") or "US"

STATIC_URL = "/static/"
STATIC_ROOT = BASE_DIR / "staticfiles"
STATICFILES_DIRS = [BASE_DIR / "static"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "majorops.web.static_files.BundledStaticFilesStorage"},
}
# Fonts are compressed by themselves; those of the PDF no page fetches.
WHITENOISE_SKIP_COMPRESS_EXTENSIONS = (*Compressor.SKIP_COMPRESS_EXTENSIONS, "ttf")
WHITENOISE_KEEP_ONLY_HASHED_FILES = True
# Under its plain name, and where nothing was collected, a file is served from where it is written.
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = DEBUG
DATA_UPLOAD_MAX_MEMORY_SIZE = 10 * 1024 * 1024 + 4096
FILE_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024

MAIL_FOLDER = HOME / "mail"
# What the chain over the audit ended with, outside of the database (majorops.audit.heads).
AUDIT_HEADS = HOME / "log" / "audit-heads.jsonl"
EMAIL_URL = env("EMAIL_URL", default="")
if EMAIL_URL:
    vars().update(env.email_url("EMAIL_URL"))
else:
    EMAIL_BACKEND = "majorops.notices.delivery.mail_folder.MailFolder"
EMAIL_TIMEOUT = 20
DEFAULT_FROM_EMAIL = env("MAJOROPS_FROM", default="") or "After Actions <after-actions@majorops.example>"
SERVER_EMAIL = DEFAULT_FROM_EMAIL

REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "majorops.people.authentication.tokens.BearerAuthentication",
        "rest_framework.authentication.SessionAuthentication",
    ],
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAuthenticated"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["majorops.web.api.serializers.StrictJSONParser"],
    "DEFAULT_PAGINATION_CLASS": "majorops.web.pagination.Page",
    "DEFAULT_SCHEMA_CLASS": "majorops.web.api.openapi.SummaryFromDocstring",
    "DEFAULT_METADATA_CLASS": None,
    "EXCEPTION_HANDLER": "majorops.web.api.envelope.answer_error",
    "DEFAULT_THROTTLE_CLASSES": ["majorops.web.api.envelope.CallerThrottle"],
    "DEFAULT_THROTTLE_RATES": {"caller": "100/second", "scim": "100/second"},
    "DATETIME_FORMAT": "iso-8601",
    "UNAUTHENTICATED_USER": "django.contrib.auth.models.AnonymousUser",
}
SPECTACULAR_SETTINGS = {
    "TITLE": "MajorOps After Actions",
    "DESCRIPTION": "What did we learn, and what do we change?",
    "VERSION": "1",
    "SCHEMA_PATH_PREFIX": "/api/v1",
    "COMPONENT_SPLIT_REQUEST": True,
    "POSTPROCESSING_HOOKS": ["majorops.web.api.openapi.complete"],
}

SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = HTTPS
if HTTPS:
    # No other host below the domain, and no page without TLS, can set them.
    SESSION_COOKIE_NAME, CSRF_COOKIE_NAME = "__Host-sessionid", "__Host-csrftoken"
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_AGE = 14 * 24 * 3600
SECURE_SSL_REDIRECT = HTTPS
SECURE_HSTS_SECONDS = 365 * 24 * 3600 if HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = HTTPS
# Whoever watches over the process speaks plain http, by whatever name it knows the machine.
SECURE_REDIRECT_EXEMPT = [r"^(healthz|readyz|metrics)$"]
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": ["'none'"],
        "script-src": ["'self'"],
        "style-src": ["'self'"],
        "img-src": ["'self'", "data:"],
        "font-src": ["'self'"],
        "connect-src": ["'self'"],
        "form-action": ["'self'"],
        "frame-ancestors": ["'none'"],
        "base-uri": ["'none'"],
        "manifest-src": ["'self'"],
    }
}
# Cookies without HTTPS are for the embedded default on 127.0.0.1 alone; an https MAJOROPS_URL turns all of these on.
SILENCED_SYSTEM_CHECKS = [] if HTTPS else ["security.W004", "security.W008", "security.W012", "security.W016"]

CACHES = {
    # Sign-ins are counted once for all web processes: counted by each, the limits would grow with their number.
    "default": {
        "BACKEND": "majorops.web.rate_limits.SharedCounts",
        "LOCATION": REDIS_URL.replace("redis+socket://", "unix://", 1),
        "KEY_PREFIX": "majorops",
        "OPTIONS": {"socket_timeout": 1, "socket_connect_timeout": 1},
    },
    # The generous limit of the API is each process's own, so that no call waits for Redis.
    "process": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"},
}
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"()": "majorops.web.server.logs.json_lines"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["stderr"], "level": env("MAJOROPS_LOG_LEVEL", default="") or "INFO"},
    "loggers": {
        # Nobody is mailed an error: it holds what was asked for.
        "django": {"handlers": [], "level": "INFO"},
        "weasyprint": {"level": "ERROR"},
        "fontTools": {"level": "ERROR"},
    },
}
# Whatever writes a log in this process: gunicorn, Celery and the libraries too.
logging.setLogRecordFactory(LineWithoutSecrets)
os.umask(0o077)
