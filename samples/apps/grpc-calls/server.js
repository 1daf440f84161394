// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
//
// usage: server.js CERTIFICATE KEY LOG
// A gRPC server over TLS. For each message of either side it logs a JSON line: the call's id, who sent it, its length and
// digest; and one for how the call ended. `ready PORT` when it listens.
'use strict';

const crypto = require('crypto');
const fs = require('fs');
const grpc = require('@grpc/grpc-js');
const methods = require('./methods');

const [certificate, key, log] = process.argv.slice(2);

const sha256 = (bytes) => crypto.createHash('sha256').update(bytes).digest('hex');
const line = (value) => fs.appendFileSync(log, JSON.stringify(value) + '\n');

function listen(call) {
  const id = call.metadata.get('call-id')[0];
  const note = (from, message) => line({ call: id, from, bytes: message.length, sha256: sha256(message) });
  return {
    received: (message) => note('client', message),
    sent: (message) => {
      note('server', message);
      return message;
    },
    ended: (status) => line({ call: id, status }),
  };
}

const implementation = {
  Unary(call, respond) {
    const to = listen(call);
    to.received(call.request);
    const answer = to.sent(Buffer.from(call.request).reverse());
    to.ended(grpc.status.OK);
    respond(null, answer);
  },

  Collect(call, respond) {
    const to = listen(call);
    const sums = [];
    call.on('data', (message) => {
      to.received(message);
      sums.push(sha256(message));
    });
    call.on('end', () => {
      const answer = to.sent(Buffer.from(sums.join('\n')));
      to.ended(grpc.status.OK);
      respond(null, answer);
    });
  },

  Spread(call) {
    const to = listen(call);
    to.received(call.request);
    for (let size = 0; size <= call.request.length; size = 2 * size + 1) {
      call.write(to.sent(call.request.subarray(0, size)));
    }
    to.ended(grpc.status.OK);
    call.end();
  },

  Talk(call) {
    const to = listen(call);
    call.on('data', (message) => {
      to.received(message);
      call.write(to.sent(Buffer.from(message).reverse()));
      if (message.length % 3 === 0) {
        call.write(to.sent(Buffer.from('a second answer')));
      }
    });
    call.on('end', () => {
      to.ended(grpc.status.OK);
      call.end();
    });
  },

  Refuse(call, respond) {
    const to = listen(call);
    to.received(call.request);
    to.ended(grpc.status.NOT_FOUND);
    respond({ code: grpc.status.NOT_FOUND, details: 'no such caf\u00e9: 100%' });
  },
};

const server = new grpc.Server({ 'grpc.max_receive_message_length': -1 });
server.addService(methods, implementation);
const credentials = grpc.ServerCredentials.createSsl(null, [
  { private_key: fs.readFileSync(key), cert_chain: fs.readFileSync(certificate) },
]);
server.bindAsync('127.0.0.1:0', credentials, (error, port) => {
  if (error) {
    throw error;
  }
  console.log(`ready ${port}`);
});
