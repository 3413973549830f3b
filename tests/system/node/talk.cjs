// A WebSocket client for tests: sends the given frames, prints each message as one line, and ends
// after the given number of messages or with the socket.
"use strict";
const WebSocket = require("ws");

const { url, protocols, headers, send, count } = JSON.parse(process.argv[2]);
const socket = new WebSocket(url, protocols, { headers });
const deadline = setTimeout(() => process.exit(3), 30000);
let heard = 0;

socket.on("open", () => send.forEach((frame) => socket.send(JSON.stringify(frame))));
socket.on("message", (data) => {
  process.stdout.write(`${data}\n`);
  heard += 1;
  if (heard === count) socket.close(1000);
});
socket.on("error", (error) => process.stderr.write(`${error}\n`));
socket.on("close", (code) => {
  process.stdout.write(`${JSON.stringify({ closed: code, protocol: socket.protocol })}\n`);
  clearTimeout(deadline);
});
