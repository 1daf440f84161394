// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.replayer.flow;

import java.util.Locale;

/** The part of a message in which a value stands. */
sealed interface Part {
  /** The request target. */
  record Target() implements Part {
    @Override
    public String toString() {
      return "target";
    }
  }

  /**
   * The value of a field, the {@code nth} line of its name, 0-based.
   *
   * @param name in lower case
   */
  record Header(String name, int nth) implements Part {
    public Header {
      name = name.toLowerCase(Locale.ROOT);
    }

    @Override
    public String toString() {
      return "header:" + name + (nth == 0 ? "" : "[" + nth + "]");
    }
  }

  /** The value of a trailer field. */
  record Trailer(String name) implements Part {
    @Override
    public String toString() {
      return "trailer:" + name;
    }
  }

  /** The value that an answer sets a cookie to. */
  record SetCookie(String name) implements Part {
    @Override
    public String toString() {
      return "header:set-cookie[" + name + "]";
    }
  }

  /**
   * A message behind an upgrade to WebSocket, the {@code index}th of its sender, 0-based: of a
   * client texts and bytes count, of a server its close too.
   */
  record Message(int index) implements Part {
    @Override
    public String toString() {
      return "message[" + index + "]";
    }
  }

  /** The body, after transfer and content decoding. */
  record Body() implements Part {
    @Override
    public String toString() {
      return "body";
    }
  }
}
