// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer;

import java.util.List;

/**
 * How the bytes of an exchange were linked to a socket.
 *
 * @param method what shows it
 * @param confidence how sure it is
 * @param explanation a sentence for people
 * @param evidence what was weighed, by time; empty where nothing had to be
 */
public record Link(
    Method method, Confidence confidence, String explanation, List<LinkEvidence> evidence) {
  /** Nothing shows which socket carried the bytes. */
  public static final Link NONE =
      new Link(Method.NONE, Confidence.NONE, "No event shows which socket was used.");

  public Link {
    evidence = List.copyOf(evidence);
  }

  /** Makes one for which nothing had to be weighed. */
  public Link(Method method, Confidence confidence, String explanation) {
    this(method, confidence, explanation, List.of());
  }

  /** What shows which socket carried the bytes. */
  public enum Method {
    /** The bytes were taken from the socket itself. */
    SOCKET,
    /** The process named the descriptor to the TLS library. */
    SET_FD,
    /** A socket call nested in the TLS call, on the same thread. */
    NESTED_CALL,
    /** Record prefixes and lengths agree. */
    CIPHERTEXT,
    /** An import states it. */
    IMPORT,
    /** Nothing shows it. */
    NONE
  }

  /** How sure a link is. */
  public enum Confidence {
    PROVEN,
    LIKELY,
    GUESSED,
    NONE
  }
}
