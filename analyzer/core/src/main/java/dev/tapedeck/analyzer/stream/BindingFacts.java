// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer.stream;

import dev.tapedeck.format.ConnectionId;
import dev.tapedeck.format.DescriptorRef;
import dev.tapedeck.format.TlsEvent;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What the bindings of one TLS session say, whatever the order in which they were read.
 *
 * <p><b>Limits:</b> {@value #MAX_KINDS} different statements; a session with more of them proves
 * nothing. Of one statement the earliest and the latest time are kept.
 */
final class BindingFacts {
  /** Far more than any session makes that uses one socket, or a few in turn. */
  private static final int MAX_KINDS = 64;

  private final Map<Key, Said> said = new HashMap<>(4);
  private boolean overflown;

  private record Key(
      TlsEvent.Evidence evidence, DescriptorRef descriptor, @Nullable ConnectionId connection) {}

  /** One statement: what, of which socket, when, and how often. */
  static final class Said {
    final TlsEvent.Evidence evidence;
    final DescriptorRef descriptor;
    final @Nullable ConnectionId connection;
    long firstNanos = Long.MAX_VALUE;
    long lastNanos = Long.MIN_VALUE;
    int count;

    private Said(Key key) {
      evidence = key.evidence();
      descriptor = key.descriptor();
      connection = key.connection();
    }

    boolean isNaming() {
      return evidence != TlsEvent.Evidence.NESTED_SEND
          && evidence != TlsEvent.Evidence.NESTED_RECEIVE;
    }

    /** A BIO without descriptor: the program carries the ciphertext to a socket itself. */
    boolean isMemory() {
      return evidence == TlsEvent.Evidence.BIO && descriptor.fd() < 0 && connection == null;
    }
  }

  void add(TlsEvent.Binding binding) {
    Key key = new Key(binding.evidence(), binding.descriptor(), binding.connection());
    Said known = said.get(key);
    if (known == null) {
      if (said.size() == MAX_KINDS) {
        overflown = true;
        return;
      }
      known = new Said(key);
      said.put(key, known);
    }
    long nanos = binding.stamp().exitNanos();
    known.firstNanos = Math.min(known.firstNanos, nanos);
    known.lastNanos = Math.max(known.lastNanos, nanos);
    known.count++;
  }

  /** Returns whether there were more statements than any that could be believed. */
  boolean isOverflown() {
    return overflown;
  }

  /** Returns the statements by their first time; those of one moment in an order of their own. */
  List<Said> byTime() {
    List<Said> sorted = new ArrayList<>(said.values());
    sorted.sort(
        Comparator.comparingLong((Said one) -> one.firstNanos)
            .thenComparing(one -> one.evidence)
            .thenComparingInt(one -> one.descriptor.fd())
            .thenComparing(one -> one.connection, SocketOrder.NULLS_FIRST));
    return sorted;
  }
}
