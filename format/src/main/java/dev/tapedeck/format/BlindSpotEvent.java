// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.format;

import org.jspecify.annotations.Nullable;

/**
 * Traffic that the recorder knows of and cannot see into.
 *
 * <p><b>Units:</b> bytes of payload as far as they were counted, since the socket's blind spot of
 * the same kind before this one.
 *
 * @param stamp who and when
 * @param what which kind of traffic
 * @param connection the socket; null when it is none that is followed
 * @param detail depends on the kind; 0 when there is nothing to say
 * @param egressBytes sent
 * @param ingressBytes received
 */
public record BlindSpotEvent(
    EventStamp stamp,
    What what,
    @Nullable ConnectionId connection,
    long detail,
    long egressBytes,
    long ingressBytes)
    implements CaptureEvent {

  /** Which kind of traffic; numbers as in the registry. */
  public enum What {
    UNKNOWN(0),
    /** The kernel encrypts (detail 1) or decrypts (detail 2) for the process. */
    KTLS(1),
    /** Moved by io_uring; the detail is the operation. */
    IO_URING(2),
    /** TLS of a process in which no TLS library is known. */
    UNHOOKED_TLS(3),
    /** Datagrams from or to port 443, as of HTTP/3. */
    UDP_443(4);

    private final int number;

    What(int number) {
      this.number = number;
    }

    /** Returns the registry's number. */
    public int number() {
      return number;
    }

    /** Returns the kind of a registry number, {@link #UNKNOWN} for one of a later version. */
    static What ofNumber(long number) {
      for (What what : values()) {
        if (what.number == number) {
          return what;
        }
      }
      return UNKNOWN;
    }
  }
}
