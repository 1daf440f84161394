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
import dev.tapedeck.analyzer.MessageBuilder;
import dev.tapedeck.analyzer.http.internal.h1.HeadFacts;
import dev.tapedeck.analyzer.http.internal.h1.ParsedMessage;
import dev.tapedeck.analyzer.http.internal.h1.RequestContext;
import dev.tapedeck.analyzer.http.internal.h1.StartLine;
import dev.tapedeck.format.Bytes;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.function.LongUnaryOperator;
import org.jspecify.annotations.Nullable;

/** Makes values of what the parsers found. */
final class MessageFactory {
  /** The version of a message whose start line has none. */
  static final String NO_VERSION = "HTTP/0.9";

  private static final String GET = "GET";
  private static final String HTTP_1_1 = "HTTP/1.1";
  private static final List<String> GZIP = List.of("gzip");

  // What a connection most likely says; a connection's own begin with these, and never change them.
  private static final RepeatedText NO_TEXT = new RepeatedText("");
  private static final RepeatedText OK = new RepeatedText("OK");
  private static final RepeatedText GZIP_TEXT = new RepeatedText(GZIP.get(0));

  private final LongUnaryOperator toEpochNanos;
  private final boolean decode;
  private final ContentDecoder decoder;

  private final MessageBuilder builder = new MessageBuilder();

  private final RepeatedText lastMethod = new RepeatedText(NO_TEXT);
  private final RepeatedText lastVersion = new RepeatedText(NO_TEXT);
  private final RepeatedText lastHost = new RepeatedText(NO_TEXT);
  private final RepeatedText lastReason = new RepeatedText(OK);
  private final RepeatedText lastCoding = new RepeatedText(GZIP_TEXT);

  /** Undoes the codings of the last coded message, and of most that follow. */
  private @Nullable Function<ByteRope, Body.Content> lastUndo;

  private List<String> lastCodings = GZIP;
  private long lastIntactBytes;

  MessageFactory(AnalyzerOptions options, LongUnaryOperator toEpochNanos) {
    this.toEpochNanos = toEpochNanos;
    this.decode = options.decodeContent();
    this.decoder = new ContentDecoder(options);
  }

  HttpRequest request(ParsedMessage message) {
    StartLine line = message.startLine();
    return parts(message)
        .blankLines(message.blankLines())
        .request(
            method(message),
            line.targetFrom(),
            line.targetTo(),
            version(message),
            authority(message));
  }

  HttpResponse response(ParsedMessage message) {
    MessageBuilder parts = parts(message);
    return message.headLength() == 0
        ? parts.response(0, "", NO_VERSION)
        : parts.response(message.startLine().status(), reason(message), version(message));
  }

  private MessageBuilder parts(ParsedMessage message) {
    Bytes run = message.inOneRun();
    if (message.framing() == Body.Framing.NONE && message.framedLength() == 0) {
      builder.head(message.head());
    } else if (run == null) {
      builder.head(message.head()).body(body(message));
    } else {
      builder
          .inOneRun(
              run, message.headLength(), message.framing(), message.wireFrom(), message.wireTo())
          .decoder(decoder(message));
    }
    return builder
        .headers(message.headers())
        .trailers(message.trailers())
        .span(
            message.from(),
            message.to(),
            toEpochNanos.applyAsLong(message.firstNanos()),
            toEpochNanos.applyAsLong(message.lastNanos()))
        .completeness(message.completeness())
        .anomalies(message.anomalies());
  }

  private Body body(ParsedMessage message) {
    ByteRope framed = message.framed();
    ByteRope wire = message.wire(framed);
    Function<ByteRope, Body.Content> undo = decoder(message);
    return undo == null
        ? Body.plain(message.framing(), framed, wire)
        : Body.coded(message.framing(), framed, wire, undo);
  }

  private @Nullable Function<ByteRope, Body.Content> decoder(ParsedMessage message) {
    HeadFacts facts = message.facts();
    if (!decode || !(facts.contentEncoding() || facts.transferCoded())) {
      return null;
    }
    long intactBytes = message.intactWireBytes();
    List<String> codings = codings(message);
    Function<ByteRope, Body.Content> undo = lastUndo;
    if (undo == null || intactBytes != lastIntactBytes || !codings.equals(lastCodings)) {
      undo = coded -> content(coded, intactBytes, codings);
      lastUndo = undo;
      lastIntactBytes = intactBytes;
      lastCodings = codings;
    }
    return undo;
  }

  private Body.Content content(ByteRope wire, long intactBytes, List<String> codings) {
    ContentDecoder.Decoded decoded = decoder.decode(wire, intactBytes, codings);
    return new Body.Content(decoded.content(), decoded.anomalies());
  }

  private List<String> codings(ParsedMessage message) {
    HeadFacts facts = message.facts();
    if (!facts.transferCoded() && facts.contentEncodingFrom() >= 0) {
      String coding =
          text(message, lastCoding, facts.contentEncodingFrom(), facts.contentEncodingTo());
      boolean again = lastCodings.size() == 1 && lastCodings.get(0).equals(coding);
      return again ? lastCodings : List.of(coding);
    }
    HeaderFields headers = message.headers();
    return codings(headers == null ? HeaderFields.inHead(message.head()) : headers, facts);
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

  /** Returns what the answer's framing depends on. */
  RequestContext context(ParsedMessage request) {
    if (request.isSimple()) {
      return RequestContext.NO_VERSION;
    }
    return switch (method(request)) {
      case "HEAD" -> RequestContext.HEAD;
      case "CONNECT" -> RequestContext.CONNECT;
      default -> RequestContext.OTHER;
    };
  }

  /** Returns whether requests of a method come without body, as a rule. */
  static boolean isBodyless(String method) {
    return switch (method) {
      case "GET", "HEAD", "OPTIONS", "TRACE", "DELETE" -> true;
      default -> false;
    };
  }

  String method(ParsedMessage message) {
    return message.startLine().isGet(message.headArray(), message.headOffset())
        ? GET
        : text(
            message, lastMethod, message.startLine().methodFrom(), message.startLine().methodTo());
  }

  private String version(ParsedMessage message) {
    if (message.startLine().saysHttp11()) {
      return HTTP_1_1;
    }
    int from = message.startLine().versionFrom();
    int to = message.startLine().versionTo();
    return to <= from ? NO_VERSION : text(message, lastVersion, from, to);
  }

  private String reason(ParsedMessage message) {
    return text(
        message, lastReason, message.startLine().reasonFrom(), message.startLine().reasonTo());
  }

  private static String text(ParsedMessage message, RepeatedText last, int from, int to) {
    int head = message.headOffset();
    return last.of(message.headArray(), head + from, head + to);
  }

  /** RFC 9112, section 3.3: the target's authority where it has one, else the Host field. */
  private @Nullable String authority(ParsedMessage message) {
    StartLine line = message.startLine();
    int targetFrom = message.headOffset() + line.targetFrom();
    int targetTo = message.headOffset() + line.targetTo();
    byte[] array = message.headArray();
    if (targetTo > targetFrom && array[targetFrom] != '/' && array[targetFrom] != '?') {
      String authority = authority(message.head().toLatin1(line.targetFrom(), line.targetTo()));
      if (authority != null) {
        return authority;
      }
    }
    int from = message.facts().hostFrom();
    if (from < 0) {
      return null;
    }
    return text(message, lastHost, from, message.facts().hostTo());
  }

  /** Returns the authority of a target; null when it has none. */
  private static @Nullable String authority(String target) {
    int scheme = target.indexOf("://");
    if (scheme <= 0) {
      return null;
    }
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
}
