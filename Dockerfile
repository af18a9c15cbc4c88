FROM python:3.13-slim-bookworm AS packages
WORKDIR /build
COPY requirements.lock .
RUN python -m venv /opt/majorops \
    && /opt/majorops/bin/pip install --no-cache-dir --require-hashes -r requirements.lock

FROM python:3.13-slim-bookworm
# hadolint ignore=DL3008
RUN apt-get update \
    && apt-get install -y --no-install-recommends \
        fonts-dejavu-core libharfbuzz-subset0 libpango-1.0-0 libpangoft2-1.0-0 \
    && rm -rf /var/lib/apt/lists/* \
    && groupadd --gid 10001 majorops \
    && useradd --create-home --uid 10001 --gid 10001 majorops \
    && install -d -o majorops -g majorops -m 700 /var/lib/majorops
COPY --from=packages /opt/majorops /opt/majorops
WORKDIR /srv/majorops
COPY . .
ENV PATH=/opt/majorops/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    DJANGO_SETTINGS_MODULE=majorops.settings \
    MAJOROPS_HOME=/var/lib/majorops
RUN python manage.py collectstatic --no-input --verbosity 0
USER 10001:10001
VOLUME /var/lib/majorops
EXPOSE 8000
HEALTHCHECK --interval=10s --timeout=5s --start-period=30s \
    CMD ["python", "-c", "import urllib.request; urllib.request.urlopen('http://127.0.0.1:8000/healthz', timeout=4)"]
CMD ["gunicorn", "majorops.wsgi:application", "--bind", "0.0.0.0:8000"]
