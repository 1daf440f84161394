// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer.http.internal.h1;

import dev.tapedeck.analyzer.AnomalyKind;
import dev.tapedeck.analyzer.Body;
import java.util.List;

/** Reads the requests of a connection. */
public final class RequestParser extends MessageParser {
  private static final int LONGEST_METHOD_BYTES = 32;

  /** RFC 9110, section 9.3, and RFC 5789: none is the end of another one of them. */
  private static final List<String> WHOLE_METHODS =
      List.of("get", "head", "post", "put", "delete", "connect", "options", "trace", "patch");

  /**
   * Makes a parser.
   *
   * @param sink takes the requests
   * @param maxHeadBytes longest head
   * @param fromStart whether the first byte begins a message
   */
  public RequestParser(MessageSink sink, int maxHeadBytes, boolean fromStart) {
    super(sink, maxHeadBytes, fromStart);
  }

  @Override
  StartLine.Reading readStartLine(
      StartLine line, byte[] array, int base, int lineFeed, boolean first) {
    StartLine.Reading reading = line.readRequest(array, base, lineFeed);
    return switch (reading) {
      case VERSIONED, JUNK -> reading;
      case UNVERSIONED -> isSimpleRequest(line, array, base) ? reading : StartLine.Reading.JUNK;
    };
  }

  /** HTTP/0.9 knew GET and a path only. */
  private static boolean isSimpleRequest(StartLine line, byte[] array, int base) {
    int target = base + line.targetFrom;
    return ByteScan.equalsIgnoreCase(array, base + line.methodFrom, base + line.methodTo, "get")
        && line.targetTo > line.targetFrom
        && (array[target] == '/'
            || ByteScan.startsWithIgnoreCase(array, target, base + line.targetTo, "http"));
  }

  @Override
  boolean isStrict(StartLine line, byte[] array, int base) {
    return line.isStrictRequest(array, base);
  }

  /** {@code ET} is a method too, but behind a gap more likely what is left of {@code GET}. */
  @Override
  boolean isWholeWord(StartLine line, byte[] array, int base) {
    int from = base + line.methodFrom;
    int to = base + line.methodTo;
    for (String method : WHOLE_METHODS) {
      if (ByteScan.equalsIgnoreCase(array, from, to, method)) {
        return true;
      }
    }
    return false;
  }

  @Override
  boolean mayBecomeStart(byte[] array, int from, int to, boolean strict) {
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

  @Override
  boolean isHeadless(boolean first) {
    return false;
  }

  @Override
  boolean endsWithConnection() {
    return false;
  }

  /** RFC 9112, section 6.3, for requests. */
  @Override
  Body.Framing frame(ParsedMessage message) {
    HeadFacts facts = message.facts;
    if (facts.transferEncoding) {
      if (facts.contentLength != HeadFacts.NO_LENGTH) {
        message.anomaly(AnomalyKind.CONTENT_LENGTH, "with Transfer-Encoding");
      }
      if (!message.startLine.isHttp11(message.head)) {
        message.anomaly(AnomalyKind.TRANSFER_ENCODING, "on HTTP/1.0");
      }
      if (!facts.chunkedLast) {
        message.anomaly(AnomalyKind.TRANSFER_ENCODING, "chunked is not last");
      }
      if (facts.chunkedAnywhere) {
        return Body.Framing.CHUNKED;
      }
    }
    return facts.contentLength >= 0 ? Body.Framing.CONTENT_LENGTH : Body.Framing.NONE;
  }
}
