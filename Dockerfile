FROM node:20.19.5-bookworm-slim AS ui
WORKDIR /ui
COPY ui/package.json ui/package-lock.json ./
RUN npm ci
COPY ui .
RUN npm run build

FROM rust:1.95-bookworm AS sources
WORKDIR /src
COPY Cargo.toml Cargo.lock ./
COPY crates crates

# The manifests with an empty source each: as long as they are the same, so is what the next stage copies from here.
FROM sources AS manifests
RUN find crates -name '*.rs' -exec sh -c 'for file; do : >"$file"; done' - {} + \
    && find crates -mindepth 3 ! -name lib.rs ! -name main.rs -delete \
    && find crates -name main.rs -exec sh -c 'echo "fn main() {}" >"$1"' - {} \; \
    && mkdir -p src/bin && touch src/lib.rs && echo 'fn main() {}' >src/bin/service-metrics.rs

FROM rust:1.95-bookworm AS build
WORKDIR /src
# The dependencies alone: this layer is built again only when a Cargo.toml or Cargo.lock changes. The gateway's package
# alone is built: no simulator, no drill, no lab.
COPY --from=manifests /src .
RUN cargo build --release --locked --package service-metrics --bin service-metrics

# Copied files keep their dates; without the touch, cargo takes the empty sources above for newer.
COPY crates crates
COPY src src
RUN find src crates -name '*.rs' -exec touch {} + \
    && cargo build --release --locked --package service-metrics --bin service-metrics

FROM debian:12.13-slim
LABEL org.opencontainers.image.title="service-metrics" \
      org.opencontainers.image.description="A live WebSocket gateway for Prometheus and incidents" \
      org.opencontainers.image.licenses="MIT OR Apache-2.0"
# Whom an https PROMETHEUS_URL may be signed by.
COPY --from=build /etc/ssl/certs/ca-certificates.crt /etc/ssl/certs/
COPY --from=build /src/target/release/service-metrics /usr/local/bin/
COPY --from=ui /ui/dist /usr/share/service-metrics/ui
ENV SERVICE_METRICS__UI__DIR=/usr/share/service-metrics/ui
USER 10001:10001
EXPOSE 8005
STOPSIGNAL SIGTERM
# Liveness only: a gateway whose database is away still serves streams, and a restart would not bring it back.
HEALTHCHECK --interval=5s --timeout=3s --start-period=10s \
    CMD ["bash", "-c", "exec 3<>/dev/tcp/127.0.0.1/${PORT:-8005} && printf 'GET /health HTTP/1.1\\r\\nHost: localhost\\r\\nConnection: close\\r\\n\\r\\n' >&3 && read -r _ status _ <&3 && [ \"$status\" = 200 ]"]
ENTRYPOINT ["service-metrics"]
