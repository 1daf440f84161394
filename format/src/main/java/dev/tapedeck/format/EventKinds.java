// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.format;

/**
 * Numbers of event kinds: the event registry of {@code docs/FORMAT.md}. A number never changes its
 * meaning.
 */
final class EventKinds {
  static final int PROCESS_EXEC = 1;
  static final int PROCESS_FORK = 2;
  static final int PROCESS_EXIT = 3;
  static final int CONNECT = 16;
  static final int ACCEPT = 17;
  static final int EXISTING = 18;
  static final int DUP = 19;
  static final int CLOSE = 20;
  static final int DATA = 32;
  static final int TRANSFER = 33;
  static final int CIPHER_RECORD = 34;
  static final int TLS_NEW = 48;
  static final int TLS_HANDSHAKE = 49;
  static final int TLS_CLEAR = 50;
  static final int TLS_SHUTDOWN = 51;
  static final int TLS_FREE = 52;
  static final int TLS_BINDING = 53;
  static final int LIBRARY = 64;
  static final int LOSS = 65;
  static final int CLOCK = 66;
  static final int BLIND_SPOT = 67;

  /** Kinds from here on need more than one byte in the kind column. */
  static final int LIMIT = 128;

  /** The table of kind K is field {@code FIELD_BASE + K} of the block message. */
  static final int FIELD_BASE = 100;

  /** The kinds of this version. */
  private static final int[] KNOWN = {
    PROCESS_EXEC,
    PROCESS_FORK,
    PROCESS_EXIT,
    CONNECT,
    ACCEPT,
    EXISTING,
    DUP,
    CLOSE,
    DATA,
    TRANSFER,
    CIPHER_RECORD,
    TLS_NEW,
    TLS_HANDSHAKE,
    TLS_CLEAR,
    TLS_SHUTDOWN,
    TLS_FREE,
    TLS_BINDING,
    LIBRARY,
    LOSS,
    CLOCK,
    BLIND_SPOT
  };

  private EventKinds() {}

  /** Returns the last field of a kind's table; 0 when this version does not know the kind. */
  static int lastField(int kind) {
    return switch (kind) {
      case CLOSE -> 11;
      case DATA -> 10;
      case TRANSFER, TLS_FREE -> 9;
      case PROCESS_EXEC -> 8;
      case CONNECT,
          ACCEPT,
          EXISTING,
          CIPHER_RECORD,
          TLS_HANDSHAKE,
          TLS_BINDING,
          LIBRARY,
          BLIND_SPOT ->
          6;
      case LOSS -> 6;
      case DUP -> 4;
      case CLOCK -> 3;
      case PROCESS_FORK, PROCESS_EXIT, TLS_NEW, TLS_CLEAR, TLS_SHUTDOWN -> 2;
      default -> 0;
    };
  }

  static boolean isKnown(int kind) {
    return lastField(kind) != 0;
  }

  /** Returns the known kinds in rising order. */
  static int[] known() {
    return KNOWN.clone();
  }
}
