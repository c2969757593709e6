# The server and, with another command, a worker of the exports; see docs/running.md.
# Each step is one of scripts/container.sh, which the tests run without Docker.

FROM python:3.12-slim-trixie AS build
WORKDIR /source
COPY . .
RUN scripts/container.sh install /opt/geo-astana

FROM python:3.12-slim-trixie
WORKDIR /opt
COPY scripts/container.sh scripts/healthcheck.py /opt/
RUN /opt/container.sh system
COPY --from=build /opt/geo-astana /opt/geo-astana
ENV PATH=/opt/geo-astana/bin:$PATH \
    HOME=/tmp \
    PYTHONDONTWRITEBYTECODE=1 \
    PYTHONUNBUFFERED=1 \
    GEO_ASTANA_BIND=0.0.0.0:8050
# It writes to /tmp alone: docker run --read-only --tmpfs /tmp
USER 10001
EXPOSE 8050
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=30s --timeout=6s --start-period=60s --retries=3 \
    CMD ["python3", "/opt/healthcheck.py"]
CMD ["/opt/container.sh", "serve"]
