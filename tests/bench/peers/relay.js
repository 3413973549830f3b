// A tracking relay as it is usually written with the `ws` package: what a driver sends goes to
// those who watch its order. It stores nothing, checks no right and answers nobody.
//
//   node relay.js PORT        (NODE_PATH says where `ws` is, if not here)
'use strict';

const { WebSocketServer } = require('ws');

const WATCHING = /^\/ws\/client\/([^/?]+)/;
const watchers = new Map();

function watch(socket, order) {
  const group = watchers.get(order) ?? new Set();
  watchers.set(order, group.add(socket));
  socket.on('close', () => group.delete(socket));
}

function relay(data) {
  const update = JSON.parse(data);
  const group = watchers.get(String(update.orderId));
  if (!group) return;
  const text = JSON.stringify(update);
  for (const watcher of group) {
    if (watcher.readyState === watcher.OPEN) watcher.send(text);
  }
}

const options = { host: '127.0.0.1', port: Number(process.argv[2]), perMessageDeflate: false };
new WebSocketServer({ ...options, backlog: 4096 }).on('connection', (socket, request) => {
  const found = WATCHING.exec(request.url);
  if (found) watch(socket, found[1]);
  else socket.on('message', relay);
  socket.on('error', () => socket.terminate());
});
