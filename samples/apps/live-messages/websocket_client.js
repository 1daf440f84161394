// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
//
// usage: websocket_client.js PORT CONNECTIONS MESSAGES
// Opens WebSocket connections over TLS, with and without compression, and sends text, bytes, fragments and pings.
'use strict';

const WebSocket = require('/usr/share/nodejs/ws');

const [port, connections, messages] = process.argv.slice(2).map(Number);

function talk(number) {
  return new Promise((resolve, reject) => {
    const socket = new WebSocket(`wss://127.0.0.1:${port}/talk/${number}`, {
      rejectUnauthorized: false,
      perMessageDeflate: number % 2 === 0 && { threshold: 0 },
    });
    let answers = 0;
    let sent = 0;
    const next = () => {
      const size = [0, 5, 125, 126, 4000, 65535, 65536, 200000][sent % 8];
      const text = `message ${sent} of connection ${number}, caf\u00e9 `;
      if (sent % 5 === 4) {
        socket.send('first fragment ', { fin: false });
        socket.ping('between fragments');
        socket.send(text, { fin: true });
      } else if (sent % 2 === 0) {
        socket.send(text.repeat(1 + size / text.length));
      } else {
        socket.send(Buffer.alloc(size, sent));
      }
      sent++;
    };
    socket.on('open', next);
    socket.on('message', () => {
      answers++;
      if (answers === messages * 3) {
        socket.close(1000, 'enough');
      } else if (answers % 3 === 0) {
        next();
      }
    });
    socket.on('close', resolve);
    socket.on('error', reject);
  });
}

Promise.all(Array.from({ length: connections }, (_, number) => talk(number))).then(
  () => process.exit(0),
  (error) => {
    console.error(error);
    process.exit(1);
  },
);
