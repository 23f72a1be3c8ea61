# syntax=docker/dockerfile:1
ARG PYTHON=3.13-slim-bookworm

# Wheels are chosen by hash from the lock; pip and its caches stay behind in this stage.
FROM python:${PYTHON} AS build
ENV PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_CACHE_DIR=1 PYTHONDONTWRITEBYTECODE=1
RUN ["python", "-m", "venv", "/opt/fedpivot"]
WORKDIR /src
COPY requirements.lock ./
RUN ["/opt/fedpivot/bin/pip", "install", "--require-hashes", "--only-binary", ":all:", \
     "-r", "requirements.lock"]
COPY pyproject.toml README.md LICENSE ./
COPY rules ./rules
COPY watchers ./watchers
COPY bot ./bot
RUN /opt/fedpivot/bin/pip install --no-deps . && /opt/fedpivot/bin/pip uninstall --yes pip

FROM python:${PYTHON}
LABEL org.opencontainers.image.title="fedpivot" \
      org.opencontainers.image.description="Alerts on shifts in the Fed's liquidity stance" \
      org.opencontainers.image.licenses="MIT"
# The volume takes this folder's owner when it is first made.
RUN ["install", "-d", "-o", "10001", "-g", "10001", "-m", "0700", "/data"]
COPY --from=build /opt/fedpivot /opt/fedpivot
ENV PATH=/opt/fedpivot/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    FEDPIVOT_DATA_DIR=/data
USER 10001:10001
WORKDIR /data
VOLUME ["/data"]
HEALTHCHECK --interval=30s --timeout=6s --start-period=60s --retries=3 CMD ["fedpivot", "health"]
# As process 1 it gets SIGTERM itself, and drains before it ends.
STOPSIGNAL SIGTERM
ENTRYPOINT ["fedpivot"]
CMD ["run"]
