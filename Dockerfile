# One image for web, worker, beat and the migration: only the command changes (docker-compose.yml).
FROM python:3.12-slim

# WeasyPrint prints with these, in that font; tesseract reads captures. They have no pip route.
RUN apt-get update \
    && apt-get install --yes --no-install-recommends libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0 fonts-liberation \
        tesseract-ocr tesseract-ocr-fra \
    && rm -rf /var/lib/apt/lists/*

ENV PYTHONDONTWRITEBYTECODE=1 PYTHONUNBUFFERED=1 DJANGO_SETTINGS_MODULE=segur_portal.settings
WORKDIR /app

COPY requirements.txt .
RUN pip install --no-cache-dir --require-hashes --requirement requirements.txt

COPY . .
# Placeholders for this command alone: collecting files opens neither the database nor the broker.
RUN SECRET_KEY=build DATABASE_URL=postgres://build REDIS_URL=redis://build python manage.py collectstatic --noinput \
    && useradd --system --uid 1000 --home-dir /app portail \
    && install --directory --owner portail /data/media

USER portail
ENV MEDIA_ROOT=/data/media
EXPOSE 8000
HEALTHCHECK --interval=30s --timeout=5s --start-period=20s \
    CMD ["python", "-c", "import http.client as h; c = h.HTTPConnection('127.0.0.1', 8000, timeout=4); c.request('GET', '/sante/', headers={'Host': 'localhost', 'X-Forwarded-Proto': 'https'}); raise SystemExit(c.getresponse().status != 200)"]
# /dev/shm: on a slow disk, the workers' heartbeat file would stall them.
CMD ["gunicorn", "segur_portal.wsgi:application", "--bind", "0.0.0.0:8000", "--worker-class", "gthread", \
     "--workers", "2", "--threads", "4", "--worker-tmp-dir", "/dev/shm", "--no-control-socket", "--access-logfile", "-", \
     "--logger-class", "segur_portal.logs.AccessLog"]
