// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer;

/**
 * Where the bytes of a session went: every byte in is in exactly one place.
 *
 * @param egress outgoing
 * @param ingress incoming
 */
public record ByteAccounting(Account egress, Account ingress) {
  /** Nothing moved. */
  public static final ByteAccounting NONE = new ByteAccounting(Account.EMPTY, Account.EMPTY);

  /** Returns how many bytes of both directions are known to be missing. */
  public long lostBytes() {
    return egress.lost() + ingress.lost();
  }

  /**
   * One direction's account, in bytes.
   *
   * @param inMessages captured and part of a message
   * @param outsideMessages captured, but part of no message
   * @param lost known to be missing
   * @param duplicate captured again at a position already seen
   */
  public record Account(long inMessages, long outsideMessages, long lost, long duplicate) {
    /** Nothing moved. */
    public static final Account EMPTY = new Account(0, 0, 0, 0);
  }
}
