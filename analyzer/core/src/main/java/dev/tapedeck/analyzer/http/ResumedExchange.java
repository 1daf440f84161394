// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer.http;

import org.jspecify.annotations.Nullable;

/**
 * The exchange, if there is one, of which a message was found behind lost bytes and has no proof
 * yet: it does not leave before that.
 */
final class ResumedExchange {
  private boolean begins;
  private @Nullable OpenExchange exchange;

  /** Notes whether the next message is one of those, and returns it. */
  boolean begins(boolean behindLostBytes) {
    begins = behindLostBytes;
    return begins;
  }

  /** Takes the next message's exchange. */
  void take(OpenExchange next) {
    if (begins) {
      exchange = next;
      next.unproven++;
      begins = false;
    }
  }

  /** Returns the exchange, which waits no longer; null when there is none. */
  @Nullable OpenExchange release() {
    OpenExchange released = exchange;
    exchange = null;
    if (released != null) {
      released.unproven--;
    }
    return released;
  }
}
