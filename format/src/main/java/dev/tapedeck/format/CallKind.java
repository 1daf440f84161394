// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.format;

import java.util.Arrays;

/**
 * The functions and system calls that move bytes. Numbers are the file's registry ({@code
 * docs/FORMAT.md}) and never change their meaning.
 */
public enum CallKind {
  UNKNOWN(0),
  SSL_READ(1),
  SSL_WRITE(2),
  SSL_READ_EX(3),
  SSL_WRITE_EX(4),
  SSL_PEEK(5),
  SSL_WRITE_EX2(6),
  SSL_READ_EARLY_DATA(7),
  SSL_WRITE_EARLY_DATA(8),
  SSL_SENDFILE(9),
  READ(32),
  WRITE(33),
  READV(34),
  WRITEV(35),
  SENDTO(36),
  RECVFROM(37),
  SENDMSG(38),
  RECVMSG(39),
  SENDMMSG(40),
  RECVMMSG(41),
  SENDFILE(42),
  SPLICE(43),
  /** Bytes that an importer took from another tool's capture. */
  IMPORT(64);

  private static final CallKind[] BY_NUMBER = byNumber();

  private final int number;

  CallKind(int number) {
    this.number = number;
  }

  /** Returns the registry's number. */
  public int number() {
    return number;
  }

  /** Returns the kind of a registry number, {@link #UNKNOWN} for one of a later version. */
  public static CallKind ofNumber(int number) {
    return number >= 0 && number < BY_NUMBER.length ? BY_NUMBER[number] : UNKNOWN;
  }

  private static CallKind[] byNumber() {
    CallKind[] kinds = new CallKind[IMPORT.number + 1];
    Arrays.fill(kinds, UNKNOWN);
    for (CallKind kind : values()) {
      kinds[kind.number] = kind;
    }
    return kinds;
  }
}
