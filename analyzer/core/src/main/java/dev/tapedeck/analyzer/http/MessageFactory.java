// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer.http;

import dev.tapedeck.analyzer.AnalyzerOptions;
import dev.tapedeck.analyzer.Body;
import dev.tapedeck.analyzer.ByteRope;
import dev.tapedeck.analyzer.HeaderField;
import dev.tapedeck.analyzer.HeaderFields;
import dev.tapedeck.analyzer.HttpRequest;
import dev.tapedeck.analyzer.HttpResponse;
import dev.tapedeck.analyzer.MessageSpan;
import dev.tapedeck.analyzer.http.internal.h1.HeadFacts;
import dev.tapedeck.analyzer.http.internal.h1.ParsedMessage;
import dev.tapedeck.analyzer.http.internal.h1.StartLine;
import dev.tapedeck.format.Bytes;
import java.util.ArrayList;
import java.util.List;
import java.util.function.LongUnaryOperator;
import org.jspecify.annotations.Nullable;

/** Makes values of what the parsers found. */
final class MessageFactory {
  /** The version of a message whose start line has none. */
  static final String NO_VERSION = "HTTP/0.9";

  private static final String HTTP_1_1 = "HTTP/1.1";
  private static final String HTTP_1_0 = "HTTP/1.0";

  private static final String[] COMMON_METHODS = {
    "GET", "POST", "PUT", "HEAD", "DELETE", "OPTIONS", "PATCH"
  };

  private final LongUnaryOperator toEpochNanos;
  private final boolean decode;
  private final ContentDecoder decoder;

  /** The last Host field: most connections have one value only. */
  private String lastHost = "";

  MessageFactory(AnalyzerOptions options, LongUnaryOperator toEpochNanos) {
    this.toEpochNanos = toEpochNanos;
    this.decode = options.decodeContent();
    this.decoder = new ContentDecoder(options);
  }

  static String method(ParsedMessage message) {
    return method(message.head(), message.startLine());
  }

  ContentDecoder decoder() {
    return decoder;
  }

  HttpRequest request(ParsedMessage message) {
    StartLine line = message.startLine();
    Bytes head = message.head();
    String target = text(head, line.targetFrom(), line.targetTo());
    return new HttpRequest(
        method(head, line),
        target,
        version(head, line),
        authority(target, head, message.facts()),
        head,
        message.headers(),
        message.trailers(),
        body(message),
        span(message),
        message.completeness(),
        message.anomalies());
  }

  HttpResponse response(ParsedMessage message) {
    StartLine line = message.startLine();
    Bytes head = message.head();
    boolean headless = head.isEmpty();
    return new HttpResponse(
        headless ? 0 : line.status(),
        headless ? "" : reason(head, line),
        headless ? NO_VERSION : version(head, line),
        head,
        message.headers(),
        message.trailers(),
        body(message),
        span(message),
        message.completeness(),
        message.anomalies());
  }

  private MessageSpan span(ParsedMessage message) {
    return new MessageSpan(
        message.from(),
        message.to(),
        toEpochNanos.applyAsLong(message.firstNanos()),
        toEpochNanos.applyAsLong(message.lastNanos()));
  }

  private Body body(ParsedMessage message) {
    if (message.framing() == Body.Framing.NONE && message.framedLength() == 0) {
      return Body.NONE;
    }
    ByteRope framed = message.framed();
    ByteRope wire = message.wire(framed);
    HeadFacts facts = message.facts();
    if (decode && (facts.contentEncoding() || facts.transferCoded())) {
      long intactBytes = message.intactWireBytes();
      List<String> codings = codings(message.headers(), facts);
      return Body.coded(
          message.framing(), framed, wire, coded -> content(coded, intactBytes, codings));
    }
    return Body.plain(message.framing(), framed, wire);
  }

  private Body.Content content(ByteRope wire, long intactBytes, List<String> codings) {
    ContentDecoder.Decoded decoded = decoder.decode(wire, intactBytes, codings);
    return new Body.Content(decoded.content(), decoded.anomalies());
  }

  /** Content codings were applied first, those of the transfer after them. */
  private static List<String> codings(HeaderFields headers, HeadFacts facts) {
    List<String> codings = new ArrayList<>(1);
    if (facts.contentEncoding()) {
      for (HeaderField field : headers.toList()) {
        if (HeadFacts.isContentEncoding(field.name())) {
          codings.add(field.value());
        }
      }
    }
    if (facts.transferCoded()) {
      for (HeaderField field : headers.all("transfer-encoding")) {
        codings.addAll(HeadFacts.transferCodings(field.value()));
      }
    }
    return codings;
  }

  private static String text(Bytes head, int from, int to) {
    return to <= from ? "" : head.toLatin1(from, to);
  }

  private static String method(Bytes head, StartLine line) {
    int from = line.methodFrom();
    for (String common : COMMON_METHODS) {
      if (line.methodTo() - from == common.length() && isText(head, from, common)) {
        return common;
      }
    }
    return text(head, from, line.methodTo());
  }

  private static String version(Bytes head, StartLine line) {
    int from = line.versionFrom();
    int length = line.versionTo() - from;
    if (length <= 0) {
      return NO_VERSION;
    }
    if (length == HTTP_1_1.length()) {
      if (isText(head, from, HTTP_1_1)) {
        return HTTP_1_1;
      }
      if (isText(head, from, HTTP_1_0)) {
        return HTTP_1_0;
      }
    }
    return text(head, from, line.versionTo());
  }

  private static boolean isText(Bytes head, int from, String expected) {
    for (int i = 0; i < expected.length(); i++) {
      if (head.get(from + i) != expected.charAt(i)) {
        return false;
      }
    }
    return true;
  }

  private static String reason(Bytes head, StartLine line) {
    boolean isOk =
        line.reasonTo() - line.reasonFrom() == 2
            && head.get(line.reasonFrom()) == 'O'
            && head.get(line.reasonFrom() + 1) == 'K';
    return isOk ? "OK" : text(head, line.reasonFrom(), line.reasonTo());
  }

  /** RFC 9112, section 3.3: the target's authority where it has one, else the Host field. */
  private @Nullable String authority(String target, Bytes head, HeadFacts facts) {
    int scheme = target.indexOf("://");
    if (scheme > 0 && target.charAt(0) != '/' && target.charAt(0) != '?') {
      int end = target.length();
      for (int i = scheme + 3; i < end; i++) {
        char c = target.charAt(i);
        if (c == '/' || c == '?' || c == '#') {
          end = i;
        }
      }
      String authority = target.substring(scheme + 3, end);
      int user = authority.lastIndexOf('@');
      return authority.substring(user + 1);
    }
    if (facts.hostFrom() >= 0) {
      int from = facts.hostFrom();
      if (facts.hostTo() - from != lastHost.length() || !isText(head, from, lastHost)) {
        lastHost = text(head, from, facts.hostTo());
      }
      return lastHost;
    }
    return null;
  }
}
