# One image for every service: `docker run musubi run contacts`, `… run gateway`, `… migrate`.
ARG PYTHON_IMAGE=python:3.11-slim

FROM ${PYTHON_IMAGE} AS build
WORKDIR /src
RUN python -m venv /opt/musubi
COPY requirements.lock ./
RUN --mount=type=cache,target=/root/.cache/pip \
    /opt/musubi/bin/python -m pip install --disable-pip-version-check --require-hashes -r requirements.lock
COPY . .
# What browsers get of other people's packages; the image has no npm, so it comes from PyPI for this step alone.
# Node trusts a list of its own unless told to trust whom the image does, such as a company's proxy.
RUN --mount=type=cache,target=/root/.cache/pip --mount=type=cache,target=/root/.npm \
    NODE_OPTIONS=--use-system-ca /opt/musubi/bin/python -m gateway.web.vendor
RUN /opt/musubi/bin/python -m pip install --disable-pip-version-check --no-deps --no-build-isolation .

FROM ${PYTHON_IMAGE}
RUN useradd --system --uid 10001 --no-create-home --home-dir /tmp musubi
COPY --from=build /opt/musubi /opt/musubi
# eventlet's own resolver knows less than the platform's about cluster names.
ENV PATH=/opt/musubi/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    EVENTLET_NO_GREENDNS=yes \
    MUSUBI_HTTP_HOST=0.0.0.0 \
    MUSUBI_HTTP_PORT=8000
WORKDIR /tmp
USER 10001
EXPOSE 8000
STOPSIGNAL SIGTERM
ENTRYPOINT ["musubi"]
CMD ["--help"]
