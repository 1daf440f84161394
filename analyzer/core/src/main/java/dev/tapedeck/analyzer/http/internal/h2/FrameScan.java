// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer.http.internal.h2;

import dev.tapedeck.format.Bytes;
import dev.tapedeck.format.Role;
import org.jspecify.annotations.Nullable;

/** Looks at one run of bytes without keeping anything. */
public final class FrameScan {
  private static final int FIRST_OF_STATUS = 8;
  private static final int LAST_OF_STATUS = 14;
  private static final int LAST_OF_REQUEST = 7;

  private FrameScan() {}

  /** Returns whether frames surely begin with the run's first byte. */
  public static boolean isChain(Bytes run, boolean request) {
    return run.length() >= Frame.HEADER_BYTES
        && run.get(0) == 0
        && new FrameSearch(request, () -> 0).add(run, 0, 0, 0) == 0;
  }

  /**
   * Returns who sent the run: the first field of a header block is {@code :status} in an answer and
   * another pseudo-header field in a request (RFC 9113, section 8.3). Null where no block tells.
   */
  public static @Nullable Role sender(Bytes run) {
    boolean fromClient = isChain(run, true);
    boolean fromServer = isChain(run, false);
    if (fromClient || fromServer) {
      byte[] array = run.sharedArray();
      int end = run.sharedOffset() + run.length();
      int at = run.sharedOffset();
      while (at <= end - Frame.HEADER_BYTES) {
        int next = at + Frame.HEADER_BYTES + FrameRules.length(array, at);
        if (array[at + 3] == Frame.HEADERS && next <= end) {
          Role sender = senderOf(array, at, next);
          if (sender != null) {
            return sender;
          }
        }
        at = next;
      }
    }
    return null;
  }

  private static @Nullable Role senderOf(byte[] array, int header, int end) {
    int flags = array[header + 4];
    int at = header + Frame.HEADER_BYTES;
    at += (flags & Frame.PADDED) == 0 ? 0 : 1;
    at += (flags & Frame.HAS_PRIORITY) == 0 ? 0 : 5;
    if (at >= end) {
      return null;
    }
    int first = array[at] & 0xff;
    int index;
    if (first >= 0x80) {
      index = first & 0x7f;
    } else if (first >= 0x40) {
      index = first & 0x3f;
    } else {
      index = first < 0x20 ? first & 0x0f : 0;
    }
    if (index >= FIRST_OF_STATUS && index <= LAST_OF_STATUS) {
      return Role.SERVER;
    }
    return index > 0 && index <= LAST_OF_REQUEST ? Role.CLIENT : null;
  }
}
