FROM node:20.19.5-bookworm-slim AS ui
WORKDIR /ui
COPY ui/package.json ui/package-lock.json ./
RUN npm ci
COPY ui .
RUN npm run build

FROM rust:1.95-bookworm AS build
WORKDIR /src

# The dependencies alone: this layer is built again only when Cargo.toml or Cargo.lock changes.
COPY Cargo.toml Cargo.lock ./
RUN for target in $(sed -nE 's/^path = "(.*\.rs)"$/\1/p' Cargo.toml); do \
        mkdir -p "$(dirname "$target")" && echo 'fn main() {}' >"$target"; \
    done \
    && touch src/lib.rs \
    && cargo build --release --locked --bin service-metrics

# Copied files keep their dates; without the touch, cargo takes the empty sources above for newer.
COPY config config
COPY src src
RUN touch src/lib.rs src/bin/service-metrics.rs \
    && cargo build --release --locked --bin service-metrics

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
