// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer;

import java.util.Locale;

/**
 * How much of a connection the capture holds, direction by direction.
 *
 * @param egress outgoing bytes
 * @param ingress incoming bytes
 * @param egressProof what the TLS records that went out say of them
 * @param ingressProof what the TLS records that came in say
 */
public record Coverage(ByteMap egress, ByteMap ingress, Proof egressProof, Proof ingressProof) {
  /** Nothing is known. */
  public static final Coverage UNKNOWN =
      new Coverage(ByteMap.EMPTY, ByteMap.EMPTY, Proof.NOT_CHECKED, Proof.NOT_CHECKED);

  /** Returns how many bytes of both directions were left out on purpose. */
  public long cutBytes() {
    return egress.cutBytes() + ingress.cutBytes();
  }

  /**
   * What the lengths of the TLS records on the socket say of the plaintext of a session.
   *
   * @param state whether they agree
   * @param unexplainedBytes plaintext that the records held and no call of the session showed; 0
   *     unless unexplained
   */
  public record Proof(State state, long unexplainedBytes) {
    /** The records don't tell. */
    public static final Proof NOT_CHECKED = new Proof(State.NOT_CHECKED, 0);

    /** Whether plaintext and records agree. */
    public enum State {
      /** The records hold what the session's calls moved and nothing else: none was missed. */
      PROVEN_COMPLETE,
      /** They hold more. */
      UNEXPLAINED,
      /** There are no records, not all of them, or another cipher than those that are known. */
      NOT_CHECKED;

      /** Returns the name used in JSON. */
      public String jsonName() {
        return name().toLowerCase(Locale.ROOT);
      }
    }
  }
}
