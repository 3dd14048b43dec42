#!/bin/bash
# Proves the deployment: docker-compose.yml as it is, the simulator on the host, outages, shutdown. `make compose-test`.
# Needs a Docker engine, compose, cargo, curl and python3. Uses a project, ports and volumes of its own and removes them.
set -euo pipefail
cd "$(dirname "$0")/../.."
export DOCKER_BUILDKIT=1 COMPOSE_DOCKER_CLI_BUILD=1

skip() { echo "SKIPPED: $1; the deployment was not tested"; exit 0; }
docker version --format '{{.Server.Version}}' >/dev/null 2>&1 || skip "no Docker engine answers here"
if docker compose version >/dev/null 2>&1; then compose=(docker compose)
elif docker-compose version >/dev/null 2>&1; then compose=(docker-compose)
else skip "neither 'docker compose' nor docker-compose is installed"; fi

work=$(mktemp -d)
export COMPOSE_PROJECT_NAME=service-metrics-test-$$ METRICS_READER_PASSWORD=reader-$$
unset PROMETHEUS_URL ALERTMANAGER_URL SIMULATOR_URL CORS_ALLOWED_ORIGINS SCRAPE_INTERVAL RUST_LOG LOG_FORMAT
compose+=(-f docker-compose.yml -f "$work/override.yml")
passed=0 simulator='' holder=''

finish() {
  local status=$?
  trap - EXIT INT TERM
  if ((status != 0)) && [ -f "$work/override.yml" ]; then
    echo "--- the last lines of every container ---"
    "${compose[@]}" ps || true
    "${compose[@]}" logs --no-color --tail=25 || true
    [ -z "$simulator" ] || { echo "--- the simulator ---"; tail -25 "$work/simulator.log"; }
  fi
  for child in $simulator $holder; do
    kill "$child" 2>/dev/null || continue
    wait "$child" || true
  done
  "${compose[@]}" down --volumes --rmi local --remove-orphans --timeout 5 >"$work/down" 2>&1 || { cat "$work/down"; status=1; }
  rm -rf "$work"
  if ((status == 0)); then echo "$passed checks passed"; else echo "FAILED after $passed passed checks"; fi
  exit "$status"
}
trap finish EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

row() { printf '%-74s %-7s %7d\n' "$1" "$2" "$(($(date +%s%3N) - began))"; }

# check NAME SECONDS COMMAND...: tries the command until it succeeds or the time is over.
check() {
  local name=$1 deadline=$((SECONDS + $2)) began
  began=$(date +%s%3N)
  shift 2
  until "$@" >"$work/last" 2>&1; do
    if ((SECONDS >= deadline)); then
      row "$name" FAILED
      sed 's/^/    /' "$work/last"
      exit 1
    fi
    sleep 0.3
  done
  row "$name" passed
  passed=$((passed + 1))
}

get() { curl -sS --max-time 5 "$@"; }
# holds EXPRESSION: is it true of the JSON on stdin, called `it`?
holds() { python3 -c 'import json, sys; it = json.load(sys.stdin); print(json.dumps(it)[:2000]); sys.exit(not eval(sys.argv[1]))' "$1"; }
gateway() { get "http://127.0.0.1:$SERVICE_METRICS_PORT$1" | holds "$2"; }
prometheus() { get "http://127.0.0.1:$PROMETHEUS_PORT/api/v1/$1" "${@:3}" | holds "$2"; }
alertmanager() { get "http://127.0.0.1:$ALERTMANAGER_PORT/api/v2/$1" | holds "$2"; }
frames() { python3 tests/compose/frames.py 127.0.0.1 "$SERVICE_METRICS_PORT" "$@"; }
# frame CHANNEL EXPRESSION: the first frame that a late joiner of this channel gets.
frame() { frames "/ws/$1" 2 | tail -n 1 | holds "$2"; }
# next_frame CHANNEL EXPRESSION: the first one that is published after joining.
next_frame() { frames "/ws/$1" 3 | tail -n 1 | holds "$2"; }
# By its labels: `docker compose ps` leaves out what does not run, docker-compose 1.29 shows it.
container() { docker ps -aq --filter "label=com.docker.compose.project=$COMPOSE_PROJECT_NAME" --filter "label=com.docker.compose.service=$1"; }
state() { docker inspect -f "$2" "$(container "$1")"; }
is() { local found; found=$(state "$1" "$2"); echo "$found"; [ "$found" = "$3" ]; }

# free_port USUAL: that port, or one that the system gives when somebody has it.
free_port() {
  python3 -c '
import socket, sys
for port in (int(sys.argv[1]), 0):
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("0.0.0.0", port))
        except OSError:
            continue
        print(probe.getsockname()[1])
        break' "$1"
}
POSTGRES_PORT=$(free_port 5433) PROMETHEUS_PORT=$(free_port 9090) ALERTMANAGER_PORT=$(free_port 9093)
SERVICE_METRICS_PORT=$(free_port 8005) MOCK_SERVICE_PORT=$(free_port 8082)
export POSTGRES_PORT PROMETHEUS_PORT ALERTMANAGER_PORT SERVICE_METRICS_PORT MOCK_SERVICE_PORT

# Prometheus gets a copy of its configuration, which names the port that the simulator really has.
cp -r monitoring/prometheus "$work/prometheus"
sed -i "s/host\.docker\.internal:8082/host.docker.internal:$MOCK_SERVICE_PORT/" "$work/prometheus/prometheus.yml"
chmod -R a+rX "$work"
cat >"$work/override.yml" <<YAML
services:
  prometheus:
    volumes: ["$work/prometheus:/etc/prometheus:ro"]
YAML

echo "building the simulator and the image (the first time takes minutes)"
cargo build --quiet --locked --bin mock-metrics
target=$(cargo metadata --locked --no-deps --format-version 1 | python3 -c 'import json, sys; print(json.load(sys.stdin)["target_directory"])')
"${compose[@]}" build >"$work/build" 2>&1 || { tail -n 40 "$work/build"; exit 1; }

"$target/debug/mock-metrics" >"$work/simulator.log" 2>&1 &
simulator=$!
simulate() { get -X POST --fail "http://127.0.0.1:$MOCK_SERVICE_PORT/simulate/$1"; }

printf '%-74s %-7s %7s\n' check result ms
scripts_are_mounted() {
  local script
  for script in init-db/*.sql migrations-readonly/*.sql; do
    # Optional: it changes rights of everybody in the database, which its owner must want.
    if [ "$script" = migrations-readonly/03-strict.sql ]; then continue; fi
    grep -qF -- "- ./$script:/docker-entrypoint-initdb.d/" docker-compose.yml || { echo "$script is not in docker-compose.yml"; return 1; }
  done
}
check "every SQL script of the repository is applied by compose" 0 scripts_are_mounted
check "the simulator answers on the host" 10 get --fail "http://127.0.0.1:$MOCK_SERVICE_PORT/health"
check "compose brings everything up" 0 "${compose[@]}" up -d

for service in postgres prometheus alertmanager service-metrics; do
  check "$service is healthy" 90 is "$service" '{{.State.Health.Status}}' healthy
done
check "the gateway is ready: Prometheus, database and poller are well" 30 gateway /-/ready 'it["status"] == "ready"'
confined() { docker exec "$(container service-metrics)" bash -c 'id -u; [ "$(id -u)" = 10001 ] && ! touch /tmp/x'; }
check "the gateway runs as user 10001 and cannot write a file" 0 confined

up() { prometheus targets "[t['health'] for t in it['data']['activeTargets'] if t['labels']['job'] == '$1'] == ['up']"; }
for job in mock-metrics service-metrics prometheus; do
  check "Prometheus scrapes $job" 45 up "$job"
done
check "Alertmanager has loaded its configuration" 0 alertmanager status \
  'all(f"name: {receiver}\n" in it["config"]["original"] for receiver in ("gateway", "nobody", "people"))'
check "Prometheus tells Alertmanager" 30 prometheus alertmanagers \
  '[a["url"] for a in it["data"]["activeAlertmanagers"]] == ["http://alertmanager:9093/api/v2/alerts"]'
check "what the simulator's series set off is a drill" 45 prometheus query 'it["data"]["result"]' \
  --data-urlencode 'query=mock_high_cpu_usage_percent{drill="true"}'
for value in 78 85; do
  check "the simulator takes $value" 0 simulate "cpu-usage/$value"
  check "$value arrives in Prometheus through host.docker.internal" 45 \
    prometheus query "it['data']['result'][0]['value'][1] == '$value'" --data-urlencode query=mock_high_cpu_usage_percent
done

check "the simulator is calm again" 0 get -X POST --fail "http://127.0.0.1:$MOCK_SERVICE_PORT/api/reset"
drill() {
  "$target/debug/mock-metrics" drill "$@" --simulator "http://127.0.0.1:$MOCK_SERVICE_PORT" \
    --prometheus "http://127.0.0.1:$PROMETHEUS_PORT" --alertmanager "http://127.0.0.1:$ALERTMANAGER_PORT" \
    --gateway "http://127.0.0.1:$SERVICE_METRICS_PORT"
}
check "two alerts, rehearsed through the network from end to end at full length" 0 drill ServiceDown DBConnectionFailed

page() {
  local address=http://127.0.0.1:$SERVICE_METRICS_PORT file
  get --fail "$address/" | grep -o 'assets/[^"]*[.]\(js\|css\)' >"$work/files" || return
  while read -r file; do
    get --fail --compressed "$address/$file" || return
  done <"$work/files" >"$work/loaded"
  grep -q createRoot "$work/loaded"
}
check "the gateway serves its page and what it loads" 0 page
hello() { frames /ws 1 | holds 'it["type"] == "connection" and it["channels"] == ["instant", "range"]'; }
check "a WebSocket says hello" 0 hello
check "and sends a fresh instant frame" 20 frame instant \
  'it["type"] == "instant_metrics" and not it["stale"] and it["data"]["prometheus_tsdb_head_series"]["result"]'
check "and a fresh range frame" 20 frame range 'it["type"] == "range_metrics" and not it["stale"]'
check "the simulator's memory reaches a browser's flat metrics" 20 frame metrics 'it["memory_usage_bytes"] > 0'
check "five services with nine incidents over REST" 0 gateway /api/metrics/incidents/by-service \
  'len(it["data"]) == 5 and sum(s["total_incidents"] for s in it["data"]) == 9'
check "the details of the nine" 0 gateway /api/metrics/incidents/details 'len(it["data"]) == 9'

check "Prometheus is killed" 0 docker kill "$(container prometheus)"
check "readiness says that Prometheus is away" 45 gateway /-/ready 'it["status"] != "ready" and not it["checks"]["prometheus"]["ok"]'
check "a late joiner is told that the frame is stale" 45 frame instant 'it["stale"]'
check "Prometheus is started again" 0 docker start "$(container prometheus)"
check "frames are fresh again" 60 frame instant 'not it["stale"]'

check "PostgreSQL is killed" 0 docker kill "$(container postgres)"
check "readiness says degraded" 45 gateway /-/ready 'it["status"] == "degraded" and not it["checks"]["database"]["ok"]'
check "streams flow on" 20 next_frame instant 'not it["stale"]'
check "PostgreSQL is started again" 0 docker start "$(container postgres)"
check "incidents are served again" 60 gateway /api/metrics/incidents/by-service 'len(it["data"]) == 5'
check "the gateway is ready again" 45 gateway /-/ready 'it["status"] == "ready"'

# From outside its container: `docker kill` counts as asked for and is not followed by a restart.
kill_gateway() {
  docker run --rm --pid=host --user 0 --entrypoint bash "$(state service-metrics '{{.Image}}')" -c "kill -9 $(state service-metrics '{{.State.Pid}}')"
}
check "the gateway's process is killed" 0 kill_gateway
check "Docker starts it again" 30 is service-metrics '{{.RestartCount}} {{.State.Running}}' "1 true"
check "and it sends fresh frames" 30 frame instant 'not it["stale"]'

frames /ws/instant 2 until-close >"$work/closed" 2>&1 &
holder=$!
check "a browser is connected" 20 grep -q instant_metrics "$work/closed"
check "SIGTERM stops the gateway within 10 s" 0 docker stop --time 10 "$(container service-metrics)"
check "with exit code 0" 0 is service-metrics '{{.State.ExitCode}}' 0
check "the browser was told 1001: shutting down" 5 grep -qx "close 1001" "$work/closed"
