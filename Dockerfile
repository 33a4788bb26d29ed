# Two stages: one builds with everything tools/setup.sh installs, the other keeps the programs and
# the libraries they load. tools/dev/dockerfile_check.sh tries these steps without a container engine.
FROM debian:12-slim AS build
WORKDIR /src
# The dependencies change less often than the code: a layer of their own.
COPY tools/setup.sh tools/setup.sh
RUN tools/setup.sh
COPY . .
RUN cmake --preset release \
    && cmake --build --preset release --target margind margind-replay margind-load
RUN mkdir -p /image/bin \
    && for program in margind margind-replay margind-load; do \
        strip -o "/image/bin/$program" "build/release/bin/$program" || exit 1; \
    done \
    && tools/dev/runtime_packages.sh /image/bin/* > /image/packages

FROM debian:12-slim
LABEL org.opencontainers.image.title="margind" \
    org.opencontainers.image.description="Equity, margin and stop-outs, true while prices move" \
    org.opencontainers.image.licenses="MIT"
COPY --from=build /image/packages /tmp/packages
RUN apt-get update \
    && DEBIAN_FRONTEND=noninteractive xargs -a /tmp/packages \
        apt-get install -y --no-install-recommends ca-certificates tzdata \
    && rm -rf /var/lib/apt/lists/* /tmp/packages \
    && useradd --system --uid 8600 --no-create-home --shell /usr/sbin/nologin margind
COPY --from=build /image/bin/ /usr/local/bin/
COPY config/margind.toml /etc/margind/margind.toml
USER 8600
# HTTP listens on loopback: what shares the container's network (the pod it is a sidecar in, or
# --network host) reaches it as it is. margind speaks no TLS: for others put a proxy with TLS before
# it. Another listen address needs a token (http.token_file).
EXPOSE 8600
HEALTHCHECK --interval=10s --timeout=3s --start-period=30s --retries=3 \
    CMD ["margind", "healthcheck", "--config", "/etc/margind/margind.toml"]
ENTRYPOINT ["margind", "serve", "--config", "/etc/margind/margind.toml"]
