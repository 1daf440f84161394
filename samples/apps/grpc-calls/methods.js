// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
//
// The four kinds of gRPC calls, of messages that are bytes and nothing else.
'use strict';

const same = (message) => message;

function method(name, requestStream, responseStream) {
  return {
    path: `/tapedeck.Calls/${name}`,
    requestStream,
    responseStream,
    requestSerialize: same,
    requestDeserialize: same,
    responseSerialize: same,
    responseDeserialize: same,
  };
}

module.exports = {
  Unary: method('Unary', false, false),
  Collect: method('Collect', true, false),
  Spread: method('Spread', false, true),
  Talk: method('Talk', true, true),
  Refuse: method('Refuse', false, false),
};
