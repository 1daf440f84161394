// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
// HTTPS server and client of the TLS matrix for Node.js 0.12 and later, hence the old dialect.
'use strict';

var crypto = require('crypto');
var fs = require('fs');
var https = require('https');

var pool = fs.readFileSync(process.argv[3]);
var log = fs.openSync(process.argv[4], 'a');

function sha256(data) {
  return crypto.createHash('sha256').update(data).digest('hex');
}

function writeLine(method, target, request, response, clientPort, serverPort) {
  fs.writeSync(log, JSON.stringify({
    method: method,
    target: target,
    request_bytes: request.length,
    request_sha256: sha256(request),
    response_bytes: response.length,
    response_sha256: sha256(response),
    client_port: clientPort,
    server_port: serverPort
  }) + '\n');
}

function slice(length, seed) {
  return pool.slice(seed, seed + length);
}

function readAll(stream, done) {
  var parts = [];
  stream.on('data', function (part) { parts.push(part); });
  stream.on('end', function () { done(Buffer.concat(parts)); });
}

function serve(certificate, key) {
  var options = { cert: fs.readFileSync(certificate), key: fs.readFileSync(key) };
  var server = https.createServer(options, function (request, response) {
    readAll(request, function (received) {
      var place = request.url.split('/');
      var body = slice(Number(place[2]), Number(place[3]));
      writeLine(request.method, request.url, received, body, request.connection.remotePort,
        request.connection.localPort);
      response.writeHead(200, { 'Content-Type': 'text/plain', 'Content-Length': body.length });
      response.end(body);
    });
  });
  server.keepAliveTimeout = 60000;
  server.listen(0, '127.0.0.1', function () {
    console.log('ready ' + server.address().port);
  });
  process.on('SIGTERM', function () { process.exit(0); });
}

function runConnection(requests, port, done) {
  var agent = new https.Agent({ keepAlive: true, maxSockets: 1, rejectUnauthorized: false });
  function next(index) {
    if (index === requests.length) {
      agent.destroy();
      done();
      return;
    }
    var planned = requests[index];
    var body = slice(planned.bytes, planned.seed);
    var headers = {};
    if (planned.method !== 'GET') {
      headers['Content-Length'] = body.length;
    }
    var request = https.request({
      host: '127.0.0.1', port: port, path: planned.target, method: planned.method, agent: agent,
      headers: headers, rejectUnauthorized: false
    }, function (response) {
      var clientPort = response.socket.localPort;
      readAll(response, function (received) {
        writeLine(planned.method, planned.target, body, received, clientPort, port);
        // The socket goes back to the agent first: the next request takes the same connection.
        setImmediate(next, index + 1);
      });
    });
    request.end(body);
  }
  next(0);
}

function drive(plan, port) {
  var connections = {};
  fs.readFileSync(plan, 'utf8').split('\n').forEach(function (line) {
    if (line) {
      var fields = line.split('\t');
      (connections[fields[0]] = connections[fields[0]] || []).push({
        method: fields[1], target: fields[2], bytes: Number(fields[3]), seed: Number(fields[4])
      });
    }
  });
  var left = Object.keys(connections).length;
  Object.keys(connections).forEach(function (name) {
    runConnection(connections[name], port, function () {
      left -= 1;
      if (left === 0) {
        process.exit(0);
      }
    });
  });
}

if (process.argv[2] === 'server') {
  serve(process.argv[5], process.argv[6]);
} else {
  drive(process.argv[5], Number(process.argv[6]));
}
