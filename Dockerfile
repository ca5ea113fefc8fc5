# The site as an image: production settings, no tests, no stand-ins, no root. Web and worker run from the same one.

FROM python:3.11-slim AS packages
ENV PIP_NO_CACHE_DIR=1 PIP_DISABLE_PIP_VERSION_CHECK=1
RUN python -m venv /venv
COPY requirements/base.txt /tmp/base.txt
RUN /venv/bin/pip install --no-deps --require-hashes -r /tmp/base.txt

FROM python:3.11-slim AS site
ENV PATH=/venv/bin:$PATH \
    PYTHONPATH=/app/site \
    PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    DJANGO_SETTINGS_MODULE=config.settings.production \
    QUICKSCALE_LOCAL_DIR=/data
# /data holds media only where no S3 bucket is configured.
RUN useradd --system --uid 10001 --home-dir /app --shell /usr/sbin/nologin quickscale \
    && install --directory --owner quickscale /data
WORKDIR /app
COPY --from=packages /venv /venv
COPY manage.py ./
COPY site site
COPY home home
COPY members members
COPY files files
COPY billing billing
COPY templates templates
COPY static static
# Static files do not depend on where the site runs, so this step needs no secret: the key is never used.
RUN DJANGO_SETTINGS_MODULE=config.settings.base SECRET_KEY=unused python manage.py collectstatic --noinput \
    && python -m compileall -q billing files home members site
USER quickscale
EXPOSE 8000
HEALTHCHECK --interval=15s --timeout=5s --start-period=30s CMD ["python", "-m", "config.healthcheck"]
CMD ["gunicorn", "--bind=0.0.0.0:8000", "--worker-class=gthread", "--threads=4", "--worker-tmp-dir=/dev/shm", \
     "--no-control-socket", "--max-requests=2000", "--max-requests-jitter=200", "--access-logfile=-", \
     "--access-logformat=%(h)s %(l)s %(u)s %(t)s \"%(r)s\" %(s)s %(b)s \"%(f)s\" \"%(a)s\" %({x-request-id}o)s", "config.wsgi"]
