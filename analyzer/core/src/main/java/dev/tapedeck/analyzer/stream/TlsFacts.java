// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer.stream;

import dev.tapedeck.format.TlsEvent;
import dev.tapedeck.format.TlsSessionId;

/**
 * What the events of a capture say about one TLS session object, whatever the order in which they
 * were read.
 */
final class TlsFacts {
  final TlsSessionId id;
  final long firstOrdinal;
  final BindingFacts bindings = new BindingFacts();

  /** When it was freed, cleared or shut down; 0 when that was not seen. */
  long endedNanos;

  boolean seenFromStart;
  String version = "";
  String cipher = "";
  String serverName = "";
  String alpn = "";
  private boolean toldOf;
  private long handshakeNanos = Long.MIN_VALUE;

  TlsFacts(TlsSessionId id, long firstOrdinal) {
    this.id = id;
    this.firstOrdinal = firstOrdinal;
  }

  /** Returns whether more is told of it than its end. */
  boolean isToldOf() {
    return toldOf;
  }

  void add(TlsEvent event) {
    toldOf |= !(event instanceof TlsEvent.Free);
    long nanos = event.stamp().exitNanos();
    if (event instanceof TlsEvent.New) {
      seenFromStart = true;
    } else if (event instanceof TlsEvent.Handshake handshake) {
      seenFromStart = true;
      if (nanos >= handshakeNanos) {
        handshakeNanos = nanos;
        version = handshake.version();
        cipher = handshake.cipher();
        serverName = handshake.serverName();
        alpn = handshake.alpn();
      }
    } else if (event instanceof TlsEvent.Free free) {
      if (free.end().last()) {
        endedNanos = Math.max(endedNanos, nanos);
      }
    } else if (event instanceof TlsEvent.Clear || event instanceof TlsEvent.Shutdown) {
      endedNanos = Math.max(endedNanos, nanos);
    } else if (event instanceof TlsEvent.Binding binding) {
      bindings.add(binding);
    }
  }
}
