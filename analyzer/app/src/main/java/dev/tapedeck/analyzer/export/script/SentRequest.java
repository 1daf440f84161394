// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer.export.script;

import dev.tapedeck.analyzer.AnomalyKind;
import dev.tapedeck.analyzer.Completeness;
import dev.tapedeck.analyzer.Exchange;
import dev.tapedeck.analyzer.HeaderField;
import dev.tapedeck.analyzer.HttpRequest;
import dev.tapedeck.analyzer.export.RequestUrl;
import dev.tapedeck.format.Bytes;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * What a client has to be told to send a recorded request again.
 *
 * @param method a token
 * @param origin scheme and authority, of characters that mean nothing to shells
 * @param target as recorded, for the request line
 * @param fields names and values in their order, names are tokens; without those that frame the
 *     body, and without line ends
 * @param body after transfer decoding
 * @param notes what is not as it was recorded, for people
 */
record SentRequest(
    String method,
    String origin,
    String target,
    List<Field> fields,
    Bytes body,
    List<String> notes) {
  private static final Pattern TOKEN = Pattern.compile("[A-Za-z0-9!#$%&'*+.^_`|~-]+");
  private static final Pattern ORIGIN =
      Pattern.compile("https?://(?:[A-Za-z0-9._-]+|\\[[0-9A-Fa-f:.]+\\])(?::[0-9]{1,5})?");

  /** Fields that a client makes of the body, or that HTTP/2 has no place for. */
  private static final Set<String> MADE = Set.of("content-length", "http2-settings");

  SentRequest {
    fields = List.copyOf(fields);
    notes = List.copyOf(notes);
  }

  /** A header field. */
  record Field(String name, String value) {
    boolean is(String lower) {
      return name.toLowerCase(Locale.ROOT).equals(lower);
    }
  }

  /** Says why a request cannot be sent again. */
  static final class LeftOutException extends Exception {
    private static final long serialVersionUID = 1;

    private final String why;

    LeftOutException(String why) {
      super(why);
      this.why = why;
    }

    /** Returns why, in words. */
    String why() {
      return why;
    }
  }

  /**
   * Returns what to send.
   *
   * @param exchange as it may be shared
   * @param masked whether secrets were masked in it, so that bodies are known decoded only
   * @throws LeftOutException when nothing like the request can be sent
   */
  static SentRequest of(Exchange exchange, boolean masked) throws LeftOutException {
    HttpRequest request = exchange.request();
    if (request == null) {
      throw new LeftOutException("its request was not captured");
    } else if (request.completeness() != Completeness.COMPLETE) {
      throw new LeftOutException("its request was not captured whole");
    } else if (!TOKEN.matcher(request.method()).matches() || request.method().equals("CONNECT")) {
      throw new LeftOutException("its method cannot be sent by a client");
    } else if (request.target().isEmpty() || hasNulOrLineEnd(request.target())) {
      throw new LeftOutException("its target cannot be sent by a client");
    } else if (request.headers().first("upgrade") != null) {
      throw new LeftOutException("it asks for another protocol");
    }
    List<String> notes = new ArrayList<>(0);
    boolean decoded = masked && request.headers().first("content-encoding") != null;
    Bytes body = (masked ? request.body().content() : request.body().wire()).toBytes();
    if (request.body().anomalies().stream().anyMatch(a -> a.kind() == AnomalyKind.WITHHELD)) {
      notes.add("secrets in its body could not be masked: what is withheld is not sent");
    } else if (decoded && !body.isEmpty()) {
      notes.add("its body is sent decoded");
    }
    RequestUrl url = RequestUrl.of(exchange.connection(), request);
    List<Field> fields = fields(request, decoded, notes);
    String origin = url.origin();
    if (!ORIGIN.matcher(origin).matches()) {
      origin = exchange.connection().scheme() + "://" + exchange.connection().server();
      if (!ORIGIN.matcher(origin).matches()) {
        origin = exchange.connection().scheme() + "://unknown.invalid";
      }
      notes.add("its host is no name of a host: sent to " + origin);
    }
    return new SentRequest(request.method(), origin, request.target(), fields, body, notes);
  }

  private static List<Field> fields(HttpRequest request, boolean decoded, List<String> notes) {
    List<Field> fields = new ArrayList<>(request.headers().size() + 1);
    int odd = 0;
    for (HeaderField field : request.headers().toList()) {
      String name = field.name().strip();
      // RFC 9112, section 5.2: a folded line means a blank.
      String value = field.value().replaceAll("\\r?\\n[ \\t]*", " ");
      String lower = name.toLowerCase(Locale.ROOT);
      if (MADE.contains(lower) || (decoded && lower.equals("content-encoding"))) {
        continue;
      }
      if (!field.isNameKnown()
          || !field.isValueKnown()
          || !TOKEN.matcher(name).matches()
          || hasNulOrLineEnd(value)) {
        odd++;
        continue;
      }
      fields.add(new Field(name, value));
    }
    if (odd > 0) {
      notes.add(odd + (odd == 1 ? " field" : " fields") + " no client can send left out");
    }
    if (request.headers().first("host") == null && request.authority() != null) {
      String authority = request.authority();
      if (!hasNulOrLineEnd(authority)) {
        fields.add(0, new Field("Host", authority));
      }
    }
    return fields;
  }

  private static boolean hasNulOrLineEnd(String text) {
    return text.indexOf('\0') >= 0 || text.indexOf('\n') >= 0 || text.indexOf('\r') >= 0;
  }

  /** Returns whether there is a field with that name in lower case. */
  boolean has(String lower) {
    return fields.stream().anyMatch(field -> field.is(lower));
  }
}
