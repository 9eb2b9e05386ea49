# One image for all services; what runs is the command. Build tools stay in the first stage.
FROM docker.io/library/python:3.11-slim-bookworm AS build
ENV PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_CACHE_DIR=1
RUN python -m venv /opt/permanence
COPY requirements/runtime.txt requirements/build.txt /src/requirements/
RUN /opt/permanence/bin/python -m pip install --quiet --require-hashes \
    -r /src/requirements/runtime.txt -r /src/requirements/build.txt
COPY pyproject.toml README.md LICENSE /src/
COPY shared /src/shared
COPY services /src/services
# olefile brings along a module for Python 2, which nothing imports.
RUN /opt/permanence/bin/python -m pip install --quiet --no-deps --no-build-isolation /src \
    && /opt/permanence/bin/python -m compileall -q -x 'olefile/olefile2\.py$' /opt/permanence/lib \
    && /opt/permanence/bin/python -c 'from services.intake.domain.normalise import default_reference as ready; ready()'

FROM docker.io/library/python:3.11-slim-bookworm
RUN groupadd --gid 10001 permanence \
    && useradd --uid 10001 --gid permanence --no-create-home --home-dir /nonexistent --shell /usr/sbin/nologin permanence \
    && install -d -o permanence -g permanence -m 0750 /var/spool/permanence /var/lib/permanence
COPY --from=build /opt/permanence /opt/permanence
ENV PATH=/opt/permanence/bin:$PATH PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1
USER permanence
WORKDIR /var/spool/permanence
EXPOSE 8000
ENTRYPOINT ["permanence"]
CMD ["--help"]
