// Prints the first two frames of a channel, and has a compressed message of its own acknowledged.
// node node.js URL TYPE
'use strict';

const WebSocket = require('ws');

const [url, type] = process.argv.slice(2);
const socket = new WebSocket(url, { perMessageDeflate: { threshold: 0 } });
const frames = [];

socket.on('open', () => {
  socket.send(JSON.stringify({ type: 'long', padding: 'x'.repeat(5000) }));
});
const read = (data) => {
  const message = JSON.parse(data.toString());
  if (message.type === type) frames.push(data.toString());
  if (message.type === 'ack') frames.acknowledged = message.requestType;
  if (frames.length < 2 || !frames.acknowledged) return;
  socket.off('message', read); // more may be here already
  console.log(JSON.stringify({ extensions: socket.extensions, acknowledged: frames.acknowledged, frames }));
  socket.close();
};
socket.on('message', read);
socket.on('error', (error) => {
  console.error(error.message);
  process.exit(1);
});
