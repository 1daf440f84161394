// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer.redact;

import java.nio.charset.StandardCharsets;

/**
 * A mask that is the same for all secrets of a length, so that output is the same in every run and
 * not even a guess can be tested: {@value Tokens#MARK}, then asterisks; of digits alone ones, so
 * that numbers stay numbers.
 */
enum FixedMask implements Mask {
  /** The only one. */
  INSTANCE;

  private static final byte[] MARK = Tokens.MARK.getBytes(StandardCharsets.US_ASCII);

  @Override
  public void mask(byte[] bytes, int from, int to) {
    boolean digits = Tokens.areDigits(bytes, from, to);
    for (int i = from; i < to; i++) {
      int at = i - from;
      bytes[i] = digits ? (byte) '1' : at < MARK.length ? MARK[at] : (byte) '*';
    }
  }
}
