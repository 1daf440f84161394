// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
//
// usage: event_server.js CERTIFICATE KEY LOG
// Serves event streams over TLS and logs each event as a JSON line: path, event, event_id, bytes and sha256 of its data.
// `ready PORT` when it listens.
'use strict';

const crypto = require('crypto');
const fs = require('fs');
const https = require('https');

const [certificate, key, log] = process.argv.slice(2);
const EVENTS = 23;

const server = https.createServer(
  { cert: fs.readFileSync(certificate), key: fs.readFileSync(key) },
  (request, response) => {
    const end = request.url.includes('crlf') ? '\r\n' : '\n';
    response.writeHead(200, { 'Content-Type': 'text/event-stream; charset=utf-8' });
    response.write(`\ufeff: welcome${end}retry: 250${end}${end}`);
    let number = 0;
    const timer = setInterval(() => {
      const lines = Array.from({ length: 1 + (number % 3) }, (_, i) =>
        JSON.stringify({ number, i, text: 'caf\u00e9 '.repeat(number * number) }));
      const data = lines.join('\n');
      let block = `event: tick${end}id: ${number}${end}`;
      block += lines.map((line) => `data: ${line}${end}`).join('') + end;
      fs.appendFileSync(log, JSON.stringify({
        path: request.url,
        event: 'tick',
        event_id: String(number),
        bytes: Buffer.byteLength(data),
        sha256: crypto.createHash('sha256').update(data).digest('hex'),
      }) + '\n');
      // In two writes, so that chunks end inside events.
      response.write(block.slice(0, block.length / 2));
      response.write(block.slice(block.length / 2));
      number++;
      if (number === EVENTS) {
        clearInterval(timer);
        response.end();
      }
    }, 5);
  });
server.listen(0, '127.0.0.1', () => console.log(`ready ${server.address().port}`));
