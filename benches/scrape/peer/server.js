// Exposes the series of an exposition with prom-client: the same names, types and labels. Once a second each gets another
// value, by the handle that `labels` gives once: the fastest way that prom-client has.
'use strict';

const fs = require('fs');
const http = require('http');
const { Counter, Gauge, register } = require('prom-client');

const { PORT, SERIES } = process.env;
const moves = [];

function labelsOf(text) {
  return [...text.matchAll(/([a-zA-Z_]\w*)="((?:[^"\\]|\\.)*)"/g)].map(([, name, value]) => [name, value]);
}

function expose(name, help, type, rows) {
  const labelNames = rows[0].labels.map(([label]) => label);
  const metric = new (type === 'counter' ? Counter : Gauge)({ name, help, labelNames });
  for (const { labels, value } of rows) {
    const series = labelNames.length ? metric.labels(Object.fromEntries(labels)) : metric;
    if (type === 'counter') series.inc(value);
    moves.push(type === 'counter' ? () => series.inc(Math.random()) : () => series.set(value + Math.random()));
  }
}

function exposeAll(exposition) {
  const [types, helps, samples] = [new Map(), new Map(), new Map()];
  for (const line of exposition.split('\n')) {
    const [, word, metric, said] = line.match(/^# (TYPE|HELP) (\S+) (.*)$/) || [];
    if (word) (word === 'TYPE' ? types : helps).set(metric, said);
    const [, name, labels, value] = line.match(/^([a-zA-Z_:][\w:]*)(?:\{(.*)\})? (\S+)$/) || [];
    if (!name) continue;
    if (!samples.has(name)) samples.set(name, []);
    samples.get(name).push({ labels: labelsOf(labels || ''), value: Number(value) });
  }
  for (const [name, rows] of samples) expose(name, helps.get(name) || name, types.get(name), rows);
}

exposeAll(fs.readFileSync(SERIES, 'utf8'));
setInterval(() => moves.forEach((move) => move()), 1000);
http.createServer(async (request, response) => {
  const text = await register.metrics();
  response.setHeader('Content-Type', register.contentType);
  response.end(text);
}).listen(Number(PORT), '127.0.0.1');
