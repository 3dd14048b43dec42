// Polls an upstream and broadcasts what it says, in one of two ways: SHARED=1 makes one text of it for all clients,
// otherwise each client gets its own JSON.stringify, as the service that the seeds describe does.
'use strict';

const http = require('http');
const { WebSocketServer } = require('ws');

const { PORT, UPSTREAM, INTERVAL_MS, SHARED, DEFLATE } = process.env;
const agent = new http.Agent({ keepAlive: true });
const server = new WebSocketServer({
  host: '127.0.0.1',
  port: Number(PORT),
  backlog: 4096,
  perMessageDeflate: DEFLATE === '1' ? { serverNoContextTakeover: true, clientNoContextTakeover: true } : false,
});
let seq = 0;

function fetched(done) {
  http.get(`${UPSTREAM}/api/v1/query?query=q`, { agent }, (response) => {
    const parts = [];
    response.on('data', (part) => parts.push(part));
    response.on('end', () => done(JSON.parse(Buffer.concat(parts).toString()).data));
  }).on('error', (error) => console.error(`peer: ${error.message}`));
}

function envelope(data) {
  return { type: 'instant_metrics', timestamp: new Date().toISOString(), seq, stale: false, data: { q: data } };
}

setInterval(() => fetched((data) => {
  seq += 1;
  if (SHARED === '1') {
    const text = Buffer.from(JSON.stringify(envelope(data)));
    for (const client of server.clients) client.send(text, { binary: false });
  } else {
    for (const client of server.clients) client.send(JSON.stringify(envelope(data)));
  }
}), Number(INTERVAL_MS));
