// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.replayer.flow;

import dev.tapedeck.analyzer.Exchange;
import dev.tapedeck.analyzer.HeaderField;
import dev.tapedeck.analyzer.HeaderFields;
import dev.tapedeck.analyzer.HttpRequest;
import dev.tapedeck.analyzer.HttpResponse;
import dev.tapedeck.analyzer.StreamMessage;
import dev.tapedeck.format.Role;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The texts of messages' parts. */
final class MessageParts {
  private MessageParts() {}

  /** Returns the messages of an exchange that a part may be, in the order of their indexes. */
  static List<StreamMessage> messages(Exchange exchange, Role sender) {
    return exchange.messages().stream()
        .filter(message -> message.sender() == sender)
        .filter(
            message ->
                message.kind() == StreamMessage.Kind.TEXT
                    || message.kind() == StreamMessage.Kind.BINARY
                    || (message.kind() == StreamMessage.Kind.CLOSE && sender == Role.SERVER))
        .toList();
  }

  /** Returns the text of a part that the client sent; null when there is none. */
  static @Nullable String sent(Exchange exchange, Part part) {
    if (part instanceof Part.Message message) {
      return text(messages(exchange, Role.CLIENT), message.index());
    }
    HttpRequest request = exchange.request();
    return request == null ? null : of(request, part);
  }

  /** Returns the text of a part that the server sent; null when there is none. */
  static @Nullable String answered(Exchange exchange, Part part) {
    if (part instanceof Part.Message message) {
      return text(messages(exchange, Role.SERVER), message.index());
    }
    HttpResponse response = exchange.response();
    return response == null ? null : of(response, part);
  }

  private static @Nullable String text(List<StreamMessage> messages, int index) {
    return index < messages.size() ? messages.get(index).payload().toBytes().toLatin1() : null;
  }

  /** Returns the text of a part; null when the request has none. */
  static @Nullable String of(HttpRequest request, Part part) {
    if (part instanceof Part.Target) {
      return request.target();
    }
    return part instanceof Part.Body
        ? request.body().wire().toBytes().toLatin1()
        : field(request.headers(), part);
  }

  /** Returns the text of a part; null when the answer has none. */
  static @Nullable String of(HttpResponse answer, Part part) {
    if (part instanceof Part.Body) {
      return answer.body().content().toBytes().toLatin1();
    } else if (part instanceof Part.Trailer trailer) {
      HeaderField field = answer.trailers().first(trailer.name());
      return field == null ? null : field.value();
    }
    return part instanceof Part.SetCookie cookie
        ? cookie(answer, cookie.name())
        : field(answer.headers(), part);
  }

  private static @Nullable String field(HeaderFields headers, Part part) {
    if (!(part instanceof Part.Header header)) {
      return null;
    }
    List<HeaderField> fields = headers.all(header.name());
    return header.nth() < fields.size() ? fields.get(header.nth()).value() : null;
  }

  /** The last of a name is what clients keep; one that is taken away has no value. */
  private static @Nullable String cookie(HttpResponse answer, String name) {
    String value = null;
    for (HeaderField field : answer.headers().all("set-cookie")) {
      SetCookie cookie = SetCookie.parse(field.value());
      if (cookie.name().equals(name)) {
        value = cookie.deletes() ? null : cookie.value();
      }
    }
    return value;
  }
}
