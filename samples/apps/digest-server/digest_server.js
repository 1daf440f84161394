// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
//
// usage: digest_server.js CERTIFICATE KEY LOG
//        digest_server.js --plain LOG
// What digest_server.py is, in Node.js: HTTP/2 and HTTP/1.1 over TLS, whichever the client asks for, or HTTP/1.1 in clear
// text. The chunked answers end with a trailer that tells their digest. `ready PORT` when it listens.
'use strict';

const crypto = require('crypto');
const fs = require('fs');
const http = require('http');
const http2 = require('http2');
const zlib = require('zlib');

const plain = process.argv[2] === '--plain';
const [certificate, key, log] = plain ? [null, null, process.argv[3]] : process.argv.slice(2);
const PART_BYTES = [1, 17, 1000, 16384, 16385, 50000, 262144];

const sha256 = (bytes) => crypto.createHash('sha256').update(bytes).digest('hex');

// Bytes that depend on size and seed only; half the entropy, so that compression has work to do.
function pseudoRandomBytes(size, seed) {
  const half = crypto.createCipheriv('aes-128-ctr', Buffer.alloc(16, seed), Buffer.alloc(16));
  return Buffer.from(half.update(Buffer.alloc((size + 1) >> 1)).toString('hex').slice(0, size));
}

function answer(request, response, received) {
  const url = new URL(request.url, 'https://localhost');
  const size = Number((/^\/bytes\/(\d+)$/.exec(url.pathname) || [])[1] ?? -1);
  const mode = url.searchParams.get('mode') || 'plain';
  const body = size < 0 ? Buffer.from('no such path\n') : pseudoRandomBytes(size, url.searchParams.get('seed') || '0');
  const wire = mode === 'gzip' ? zlib.gzipSync(body) : body;
  const decoded = request.headers['content-encoding'] === 'gzip' && received.length > 0 ? zlib.gunzipSync(received) : received;

  response.statusCode = size < 0 ? 404 : 200;
  response.setHeader('Content-Type', 'text/plain');
  if (mode === 'gzip') {
    response.setHeader('Content-Encoding', 'gzip');
  }
  if (mode === 'plain' || mode === 'gzip') {
    response.setHeader('Content-Length', wire.length);
  } else if (mode === 'close' && request.httpVersionMajor === 1) {
    response.setHeader('Connection', 'close');
    response.removeHeader('Content-Length');
    response.removeHeader('Transfer-Encoding');
  } else if (mode === 'chunked') {
    response.setHeader('Trailer', 'X-Body-Sha256');
  }
  fs.appendFileSync(log, JSON.stringify({
    method: request.method,
    target: request.url,
    client_port: request.socket.remotePort,
    server_port: request.socket.localPort,
    status: response.statusCode,
    request_body_bytes: decoded.length,
    request_wire_body_bytes: received.length,
    request_body_sha256: sha256(decoded),
    response_body_bytes: body.length,
    response_wire_body_bytes: wire.length,
    response_body_sha256: sha256(body),
  }) + '\n');
  if (mode === 'chunked') {
    for (let at = 0, part = 0; at < wire.length; part++) {
      const next = Math.min(wire.length, at + PART_BYTES[part % PART_BYTES.length]);
      response.write(wire.subarray(at, next));
      at = next;
    }
    response.addTrailers({ 'X-Body-Sha256': sha256(body) });
    response.end();
  } else {
    response.end(wire);
  }
}

function listen(request, response) {
  const parts = [];
  request.on('data', (part) => parts.push(part));
  request.on('end', () => answer(request, response, Buffer.concat(parts)));
}

const server = plain
  ? http.createServer(listen)
  : http2.createSecureServer(
    { cert: fs.readFileSync(certificate), key: fs.readFileSync(key), allowHTTP1: true }, listen);
server.listen(0, '127.0.0.1', () => console.log(`ready ${server.address().port}`));
