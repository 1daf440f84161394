// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
//
// usage: client.js PORT CALLS [CERTIFICATE]
// Makes that many calls at once, of all kinds, on two connections: one that compresses and one that does not. Without a
// certificate they are in clear text and two-way streams only. Fails unless every answer is what it has to be.
'use strict';

const fs = require('fs');
const grpc = require('@grpc/grpc-js');
const methods = require('./methods');

const [port, calls, certificate] = process.argv.slice(2);
const SIZES = [0, 1, 100, 16379, 16384, 65536, 300000];
const KINDS = certificate ? ['Unary', 'Collect', 'Spread', 'Talk', 'Refuse'] : ['Talk'];

const Client = grpc.makeGenericClientConstructor(methods, 'tapedeck.Calls');

function connect(algorithm) {
  const credentials = certificate
    ? grpc.credentials.createSsl(fs.readFileSync(certificate))
    : grpc.credentials.createInsecure();
  return new Client(`127.0.0.1:${port}`, credentials, {
    'grpc.default_compression_algorithm': algorithm,
    'grpc.max_receive_message_length': -1,
    // Each client has a connection of its own.
    'grpc.use_local_subchannel_pool': 1,
  });
}

// Half of it is the same again, so that compression has work to do.
function message(number, size) {
  return Buffer.from(Array.from({ length: size }, (_, i) => (i % 2 === 0 ? number : (i * 7919 * (number + 1)) >> 3)));
}

function run(client, kind, number) {
  const metadata = new grpc.Metadata();
  metadata.set('call-id', `${kind}-${number}`);
  const size = SIZES[number % SIZES.length];
  return new Promise((resolve, reject) => {
    const done = (error) => (error ? reject(error) : resolve());
    if (kind === 'Unary') {
      client.Unary(message(number, size), metadata, (error, answer) => {
        done(error || (answer.equals(message(number, size).reverse()) ? null : new Error('other bytes')));
      });
    } else if (kind === 'Refuse') {
      client.Refuse(message(number, 7), metadata, (error) => {
        done(error && error.code === grpc.status.NOT_FOUND ? null : new Error(`not refused: ${error}`));
      });
    } else if (kind === 'Collect') {
      const call = client.Collect(metadata, done);
      SIZES.slice(0, 2 + (number % 5)).forEach((each) => call.write(message(number, each)));
      call.end();
    } else if (kind === 'Spread') {
      client.Spread(message(number, size), metadata).on('data', () => {}).on('end', done).on('error', done);
    } else {
      const call = client.Talk(metadata);
      let left = 3 + (number % 4);
      const next = () => (left-- > 0 ? call.write(message(number, SIZES[(number + left) % SIZES.length])) : call.end());
      call.on('data', (answer) => {
        if (answer.toString() !== 'a second answer') {
          next();
        }
      });
      call.on('end', done).on('error', done);
      next();
    }
  });
}

async function main() {
  const clients = [grpc.compressionAlgorithms.identity, grpc.compressionAlgorithms.gzip].map(connect);
  await Promise.all(Array.from({ length: Number(calls) }, (_, number) =>
    run(clients[number % 2], KINDS[number % KINDS.length], number)));
  clients.forEach((client) => client.close());
}

main().catch((error) => {
  console.error(error);
  process.exit(1);
});
