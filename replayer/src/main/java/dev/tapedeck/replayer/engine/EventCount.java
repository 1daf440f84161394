// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.replayer.engine;

import dev.tapedeck.analyzer.ByteRope;
import dev.tapedeck.format.Bytes;
import java.util.Set;

/**
 * Counts the events of a stream that is still coming (HTML Living Standard, section 9.2.6): blocks
 * of lines with any field, each ended by an empty line.
 *
 * <p><b>Threads:</b> confined to one.
 */
final class EventCount {
  private static final Set<String> FIELDS = Set.of("data", "event", "id", "retry");
  private static final int MAX_NAME_BYTES = 8;

  /** The byte order mark that may stand first, as ISO 8859-1. */
  private static final String MARK = "\u00ef\u00bb\u00bf";

  private final StringBuilder name = new StringBuilder();
  private long taken;
  private int lineBytes;
  private boolean named;
  private boolean afterReturn;
  private boolean hasField;
  private int events;

  /** Takes what is new of a body. */
  void take(ByteRope body) {
    long skip = taken;
    for (Bytes run : body.segments()) {
      if (skip >= run.length()) {
        skip -= run.length();
        continue;
      }
      take(run.slice((int) skip, run.length()));
      skip = 0;
    }
  }

  /** Takes the next bytes. */
  void take(Bytes run) {
    taken += run.length();
    for (int i = 0; i < run.length(); i++) {
      take((char) (run.get(i) & 0xff));
    }
  }

  private void take(char c) {
    boolean second = afterReturn && c == '\n';
    afterReturn = c == '\r';
    if (second) {
      return;
    }
    if (c == '\r' || c == '\n') {
      endLine();
      return;
    }
    lineBytes++;
    if (c == ':') {
      named = true;
    } else if (!named && name.length() < MAX_NAME_BYTES) {
      name.append(c);
      if (events == 0 && !hasField && name.toString().equals(MARK)) {
        name.setLength(0);
        lineBytes = 0;
      }
    }
  }

  private void endLine() {
    if (lineBytes == 0) {
      events += hasField ? 1 : 0;
      hasField = false;
    } else {
      hasField |= FIELDS.contains(name.toString());
    }
    name.setLength(0);
    named = false;
    lineBytes = 0;
  }

  /** Returns how many events are whole. */
  int events() {
    return events;
  }
}
