"""Django settings. What an installation may set is in `barqia.project.config`, read once here."""

from pathlib import Path

from barqia.project.config import load

CONFIG = load()
PACKAGE = Path(__file__).parent.parent

SECRET_KEY = CONFIG.secret_key
DEBUG = False
ALLOWED_HOSTS = CONFIG.allowed_hosts
CSRF_TRUSTED_ORIGINS = CONFIG.trusted_origins
USE_X_FORWARDED_HOST = bool(CONFIG.trusted_proxies)
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if CONFIG.trusted_proxies else None

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "barqia.staff",
    "barqia.wire",
    "barqia.subscribers",
    "barqia.delivery",
    "barqia.inbox",
    "barqia.newsroom",
    "barqia.public",
]
AUTH_USER_MODEL = "staff.User"
LOGIN_URL = "newsroom:login"
LOGIN_REDIRECT_URL = "newsroom:home"

MIDDLEWARE = [
    "barqia.project.proxies.TrustedProxies",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.middleware.gzip.GZipMiddleware",
    "django.middleware.http.ConditionalGetMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]
ROOT_URLCONF = "barqia.project.urls"
WSGI_APPLICATION = "barqia.project.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [PACKAGE / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ],
        },
    },
]

DATABASES = {"default": CONFIG.database}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

LANGUAGE_CODE = "ar"
LANGUAGES = [("ar", "العربية"), ("en", "English")]
USE_I18N = True
USE_TZ = True
TIME_ZONE = "UTC"

STATIC_URL = "static/"
STATICFILES_DIRS = [PACKAGE / "static"]
LOCALE_PATHS = [PACKAGE / "locale"]
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = False
# a font's file never changes under its name; styles and scripts are asked for again after an hour
WHITENOISE_MAX_AGE = 3600
WHITENOISE_IMMUTABLE_FILE_TEST = r"\.woff2$"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
CSRF_FAILURE_VIEW = "barqia.newsroom.expired.csrf_failure"
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = CONFIG.base_url.startswith("https://")
SILENCED_SYSTEM_CHECKS: list[str] = []
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "lines": {"format": "%(asctime)s %(levelname)s %(name)s %(message)s"},
        "json": {"()": "barqia.project.logs.JsonLines"},
    },
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": CONFIG.log_format}},
    "root": {"handlers": ["stderr"], "level": "WARNING"},
    "loggers": {"barqia": {"level": CONFIG.log_level}, "django.request": {"level": "ERROR"}},
}

BARQIA_BASE_URL = CONFIG.base_url
BARQIA_TRUSTED_PROXIES = CONFIG.trusted_proxies
BARQIA_METRICS_TOKEN = CONFIG.metrics_token
BARQIA_DATA = CONFIG.data
BARQIA_KEY_FILE = CONFIG.data / "key"
BARQIA_NATS = CONFIG.nats
BARQIA_LANE_KINDS = {
    "telegram": "barqia.lanes.telegram.Telegram",
    "whatsapp": "barqia.lanes.whatsapp.WhatsApp",
    "email": "barqia.lanes.email.Email",
    "client": "barqia.lanes.client.ClientNewsroom",
    "webpush": "barqia.lanes.webpush.WebPush",
}
