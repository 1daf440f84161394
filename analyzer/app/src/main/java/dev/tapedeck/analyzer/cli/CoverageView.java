// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer.cli;

import dev.tapedeck.analyzer.ByteMap;
import dev.tapedeck.analyzer.Coverage;
import dev.tapedeck.analyzer.terminal.Human;
import dev.tapedeck.analyzer.terminal.TextOutput;
import java.io.IOException;
import java.util.Locale;

/** Which bytes of a connection were captured, for a person: what is whole takes one line. */
final class CoverageView {
  /** More ranges than these are in the JSON. */
  private static final int MAX_SHOWN = 20;

  private final TextOutput out;

  CoverageView(TextOutput out) {
    this.out = out;
  }

  void show(String direction, ByteMap map, Coverage.Proof proof) throws IOException {
    if (map.length() == 0) {
      return;
    }
    out.fact("  " + direction, summary(map, proof));
    if (map.missingBytes() == 0) {
      return;
    }
    int shown = 0;
    for (ByteMap.Range range : map.ranges()) {
      if (range.state() != ByteMap.State.CAPTURED && shown++ < MAX_SHOWN) {
        out.fact("", describe(range));
      }
    }
    if (shown > MAX_SHOWN || map.rangesLeftOut() > 0) {
      out.fact("", "and more; 'analyzer sessions --format json' lists them");
    }
  }

  private static String summary(ByteMap map, Coverage.Proof proof) {
    StringBuilder text = new StringBuilder();
    text.append(map.capturedBytes()).append(" of ").append(Human.count(map.length(), "byte"));
    text.append(" captured");
    if (!map.fromStart()) {
      text.append(", the beginning was before the recording");
    }
    if (!map.toEnd()) {
      text.append(", the end was not seen");
    }
    switch (proof.state()) {
      case PROVEN_COMPLETE -> text.append("; the TLS records prove that none was missed");
      case UNEXPLAINED ->
          text.append("; the TLS records hold ")
              .append(Human.count(proof.unexplainedBytes(), "byte"))
              .append(" more, which no call of the session shows");
      case NOT_CHECKED -> {}
    }
    return text.toString();
  }

  private static String describe(ByteMap.Range range) {
    String what =
        switch (range.state()) {
          case CAPTURED -> "captured";
          case LOST -> "lost";
          case CUT -> "left out";
          case UNKNOWN -> "missing, nothing says why";
        };
    String cause =
        range.cause() == null
            ? ""
            : ": " + range.cause().toLowerCase(Locale.ROOT).replace('_', ' ');
    return "bytes " + range.from() + " to " + (range.to() - 1) + " " + what + cause;
  }
}
