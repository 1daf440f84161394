// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer.stream;

import dev.tapedeck.format.TlsEvent;
import dev.tapedeck.format.TlsSessionId;
import java.util.ArrayList;
import java.util.List;

/** What the events of a capture say about one TLS session object. */
final class TlsFacts {
  /** Evidence beyond this many pieces adds nothing: it repeats with every call. */
  private static final int MAX_BINDINGS = 64;

  final TlsSessionId id;
  final long firstOrdinal;
  final List<TlsEvent.Binding> bindings = new ArrayList<>(2);
  long firstNanos = Long.MAX_VALUE;
  long endedNanos;
  boolean seenFromStart;
  String version = "";
  String cipher = "";
  String serverName = "";
  String alpn = "";

  TlsFacts(TlsSessionId id, long firstOrdinal) {
    this.id = id;
    this.firstOrdinal = firstOrdinal;
  }

  void add(TlsEvent event) {
    firstNanos = Math.min(firstNanos, event.stamp().exitNanos());
    if (event instanceof TlsEvent.New) {
      seenFromStart = true;
    } else if (event instanceof TlsEvent.Handshake handshake) {
      seenFromStart = true;
      version = handshake.version();
      cipher = handshake.cipher();
      serverName = handshake.serverName();
      alpn = handshake.alpn();
    } else if (event instanceof TlsEvent.Free free) {
      if (free.end().last()) {
        endedNanos = free.stamp().exitNanos();
      }
    } else if (event instanceof TlsEvent.Clear clear) {
      endedNanos = clear.stamp().exitNanos();
    } else if (event instanceof TlsEvent.Shutdown shutdown) {
      endedNanos = shutdown.stamp().exitNanos();
    } else if (event instanceof TlsEvent.Binding binding) {
      addBinding(binding);
    }
  }

  private void addBinding(TlsEvent.Binding binding) {
    for (TlsEvent.Binding known : bindings) {
      if (known.evidence() == binding.evidence()
          && known.descriptor().equals(binding.descriptor())
          && known.connection() != null
          && known.connection().equals(binding.connection())) {
        return;
      }
    }
    if (bindings.size() < MAX_BINDINGS) {
      bindings.add(binding);
    }
  }
}
