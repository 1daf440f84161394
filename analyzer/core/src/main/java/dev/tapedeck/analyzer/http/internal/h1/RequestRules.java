// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer.http.internal.h1;

import dev.tapedeck.analyzer.Body;
import java.util.List;

/** How requests are read. */
final class RequestRules implements MessageRules {
  private static final int LONGEST_METHOD_BYTES = 32;

  /** RFC 9110, section 9.3, and RFC 5789: none is the end of another one of them. */
  private static final List<String> WHOLE_METHODS =
      List.of("get", "head", "post", "put", "delete", "connect", "options", "trace", "patch");

  @Override
  public StartLine.Reading readStartLine(StartLine line, byte[] array, int base, int lineEnd) {
    return line.readRequest(array, base, lineEnd);
  }

  @Override
  public int readRegularLine(StartLine line, byte[] array, int from, int end) {
    return RegularHead.requestLine(line, array, from, end);
  }

  @Override
  public boolean isStrict(StartLine line, byte[] array, int base) {
    return line.isStrictRequest(array, base);
  }

  /** {@code ET} is a method too, but behind a gap more likely what is left of {@code GET}. */
  @Override
  public boolean isWholeWord(StartLine line, byte[] array, int base) {
    return isWholeMethod(array, base + line.methodFrom, base + line.methodTo);
  }

  private static boolean isWholeMethod(byte[] array, int from, int to) {
    for (String method : WHOLE_METHODS) {
      if (ByteScan.equalsIgnoreCase(array, from, to, method)) {
        return true;
      }
    }
    return false;
  }

  @Override
  public boolean mayBecomeStart(byte[] array, int from, int to, boolean strict) {
    if (!strict) {
      return ByteScan.isBlank(array[from]) || (array[from] > ' ' && array[from] < 0x7f);
    }
    int end = Math.min(to, from + LONGEST_METHOD_BYTES);
    for (int i = from; i < end; i++) {
      byte b = array[i];
      if (b == ' ') {
        return i > from;
      }
      if (!(b >= 'A' && b <= 'Z') && b != '-' && b != '_') {
        return false;
      }
    }
    return to - from < LONGEST_METHOD_BYTES;
  }

  /** A method that cannot be another one's beginning, and what may have become a target. */
  @Override
  public boolean provesMessage(byte[] array, int from, int to) {
    int methodTo = from;
    while (methodTo < to && ByteScan.isToken(array[methodTo])) {
      methodTo++;
    }
    return isWholeMethod(array, from, methodTo)
        && array[from] < 'a'
        && (methodTo == to
            || (array[methodTo] == ' ' && (methodTo + 1 == to || array[methodTo + 1] > ' ')));
  }

  @Override
  public Headless headless(boolean first) {
    return Headless.NO;
  }

  @Override
  public Body.Framing unframed() {
    return Body.Framing.NONE;
  }

  /** RFC 9112, section 6.3, for requests. */
  @Override
  public Body.Framing frame(ParsedMessage message) {
    return message.facts.framing(message, unframed());
  }

  @Override
  public Body.Framing forbiddenBody(ParsedMessage message) {
    return Body.Framing.NONE;
  }
}
