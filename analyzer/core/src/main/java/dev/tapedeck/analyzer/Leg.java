// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer;

import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * That a request was made while another one was served, by who served it: both are legs of one.
 *
 * @param outer ids of the exchanges of which it may be the inner leg: several when it is some one
 *     of them and nothing tells which
 * @param othersPossible whether exchanges that were not known yet may be the outer one as well
 * @param method what shows it
 * @param confidence how sure it is that it is an inner leg; {@link Link.Confidence#NONE} never
 * @param explanation a sentence for people
 */
public record Leg(
    List<String> outer,
    boolean othersPossible,
    Method method,
    Link.Confidence confidence,
    String explanation) {
  public Leg {
    outer = List.copyOf(outer);
    if (outer.isEmpty()) {
      throw new IllegalArgumentException("outer is empty");
    }
  }

  /** What shows it besides time and process, strongest first. */
  public enum Method {
    /** Both carry the same id, such as X-Request-ID or the trace of a traceparent. */
    REQUEST_ID,
    /** Both carry a long header value that no other request of that time has. */
    HEADER,
    /** Method, target and body are the same. */
    CONTENT;

    /** Returns the name used in JSON. */
    public String jsonName() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /** Returns the id of the outer exchange; null when it may be one of several. */
  public @Nullable String outerId() {
    return outer.size() == 1 && !othersPossible ? outer.get(0) : null;
  }
}
