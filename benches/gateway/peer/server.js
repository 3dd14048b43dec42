// The peer that the gateway is measured against: the same three answers from Node's own http server and `pg`, one
// query per request, as one would write it first. With SHARE_MS, answers are shared as the gateway shares them.
const http = require('node:http');
const { Pool, types } = require('pg');

types.setTypeParser(types.builtins.INT8, Number);
const pool = new Pool({ connectionString: process.env.DATABASE_URL, max: 4 });
const SHARE_MS = Number(process.env.SHARE_MS ?? 0);
const shared = new Map();
const encode = (answer) => Buffer.from(JSON.stringify(answer));

const BY_SERVICE = `SELECT source, count(*) AS total,
    count(status) FILTER (WHERE status = 'open') AS open,
    count(status) FILTER (WHERE status = 'acknowledged') AS ack,
    count(status) FILTER (WHERE status = 'resolved') AS resolved
  FROM incidents GROUP BY source`;
const DETAILS = `SELECT id, title, severity, source, status, created_at, acknowledged_at, resolved_at
  FROM incidents WHERE status <> 'closed' ORDER BY created_at DESC, id DESC LIMIT 101`;

async function byService() {
  const { rows } = await pool.query({ name: 'by-service', text: BY_SERVICE });
  const data = rows.map((row) => ({
    service: row.source ?? 'unknown', total_incidents: row.total,
    open_count: row.open, ack_count: row.ack, resolved_count: row.resolved,
  }));
  data.sort((a, b) => b.open_count - a.open_count || (a.service < b.service ? -1 : 1));
  return encode({ status: 'success', data });
}

async function details() {
  const { rows } = await pool.query({ name: 'details', text: DETAILS });
  const seconds = (from, to) => (to && to >= from ? (to - from) / 1000 : null);
  const data = rows.slice(0, 100).map((row) => ({
    id: row.id, title: row.title, severity: row.severity, source: row.source, service: row.source ?? 'unknown',
    status: row.status, created_at: row.created_at, acknowledged_at: row.acknowledged_at, resolved_at: row.resolved_at,
    mtta_seconds: seconds(row.created_at, row.acknowledged_at), mttr_seconds: seconds(row.created_at, row.resolved_at),
  }));
  return encode({ status: 'success', data });
}

async function share(url, ask) {
  let known = shared.get(url);
  if (!known || known.until < performance.now()) {
    known = { until: Infinity, answer: ask() };
    shared.set(url, known);
    await known.answer;
    known.until = performance.now() + SHARE_MS;
  }
  return known.answer;
}

const routes = {
  '/health': async () => encode({ status: 'ok', timestamp: new Date() }),
  '/api/metrics/incidents/by-service': byService,
  '/api/metrics/incidents/details': details,
};

http.createServer(async (request, response) => {
  const ask = routes[request.url];
  const body = SHARE_MS && ask !== routes['/health'] ? await share(request.url, ask) : await ask();
  response.writeHead(200, { 'content-type': 'application/json', 'content-length': body.length }).end(body);
}).listen(Number(process.env.PORT), '127.0.0.1');
