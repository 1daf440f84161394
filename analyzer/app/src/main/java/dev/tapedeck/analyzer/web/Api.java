// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer.web;

import dev.tapedeck.analyzer.ByteRope;
import dev.tapedeck.analyzer.Exchange;
import dev.tapedeck.analyzer.HttpMessage;
import dev.tapedeck.analyzer.StreamMessage;
import dev.tapedeck.analyzer.export.BodyMode;
import dev.tapedeck.analyzer.export.ExchangeJson;
import dev.tapedeck.analyzer.export.Json;
import dev.tapedeck.analyzer.filter.FilterSyntaxException;
import dev.tapedeck.analyzer.listing.CaptureListing;
import dev.tapedeck.analyzer.listing.Rows;
import dev.tapedeck.format.Bytes;
import java.io.ByteArrayOutputStream;
import java.io.Closeable;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonGenerator;

/**
 * Answers the page's questions; docs/WEB.md lists them.
 *
 * <p><b>Threads:</b> any.
 */
final class Api implements Closeable {
  private static final int MAX_ROWS = 1000;
  private static final int PREVIEW_BYTES = 160;
  private static final int MAX_BODY_BYTES = 4 << 20;

  private final Catalog catalog;
  private final WebOptions options;
  private final Views views;
  private final Exchanges exchanges = new Exchanges();

  Api(Catalog catalog, WebOptions options) {
    this.catalog = catalog;
    this.options = options;
    this.views = new Views(catalog);
  }

  /** Answers; returns false when there is no such question. */
  boolean answer(String name, Query query, Reply reply) throws IOException {
    switch (name) {
      case "api/status" -> status(reply);
      case "api/view" -> view(query, reply);
      case "api/rows" -> rows(query, reply);
      case "api/timeline" -> timeline(query, reply);
      case "api/find" -> find(query, reply);
      case "api/exchange" -> exchange(query, reply);
      case "api/body" -> body(query, reply);
      case "api/previews" -> previews(query, reply);
      case "api/har" -> new Downloads(catalog, exchanges, options).har(query, chosen(query), reply);
      case "api/curl" -> new Downloads(catalog, exchanges, options).curl(query, reply);
      default -> {
        return false;
      }
    }
    return true;
  }

  private static byte[] json(Json.Content content) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    Json.compact(out, content);
    return out.toByteArray();
  }

  private void status(Reply reply) throws IOException {
    reply.json(
        json(
            json -> {
              json.writeStartObject();
              json.writeStringProperty("version", options.version());
              json.writeBooleanProperty("secrets_in_downloads", options.includeSecrets());
              json.writeNumberProperty("rows", catalog.count());
              json.writeBooleanProperty("complete", catalog.isComplete());
              String failure = catalog.failure();
              if (failure != null) {
                json.writeStringProperty("failure", failure);
              }
              json.writeArrayPropertyStart("files");
              for (CaptureListing listing : catalog.listings()) {
                json.writeStartObject();
                json.writeStringProperty("name", String.valueOf(listing.file().getFileName()));
                json.writeNumberProperty("rows", listing.count());
                json.writeNumberProperty("progress", listing.progress());
                json.writeNumberProperty("damages", listing.damages());
                json.writeEndObject();
              }
              json.writeEndArray();
              json.writeEndObject();
            }));
  }

  private void view(Query query, Reply reply) throws IOException {
    try {
      ListView view = views.open(query.text("filter"), query.text("sort"), query.text("page"));
      reply.json(json(json -> state(json, view)));
    } catch (FilterSyntaxException e) {
      byte[] body =
          json(
              json -> {
                json.writeStartObject();
                json.writeStringProperty("problem", String.valueOf(e.getMessage()));
                json.writeNumberProperty("position", e.position());
                json.writeEndObject();
              });
      reply.bytes(400, "application/json", body);
    }
  }

  private static void state(JsonGenerator json, ListView view) {
    json.writeStartObject();
    json.writeStringProperty("view", view.id());
    // In this order: what is done has its total.
    json.writeBooleanProperty("done", view.isDone());
    json.writeNumberProperty("total", view.total());
    json.writeNumberProperty("scanned", view.scanned());
    String problem = view.problem();
    if (problem != null) {
      json.writeStringProperty("problem", problem);
    }
    json.writeEndObject();
  }

  private ListView known(Query query) throws BadRequestException {
    ListView view = views.get(query.text("view"));
    if (view == null) {
      throw BadRequestException.gone("the view is not known any more");
    }
    return view;
  }

  private void rows(Query query, Reply reply) throws IOException {
    ListView view = known(query);
    int from = (int) query.number("from", 0, Integer.MAX_VALUE - MAX_ROWS, 0);
    int count = (int) query.number("count", 1, MAX_ROWS, 100);
    int[] numbers = view.range(from, from + count);
    Row[] rows = new Row[numbers.length];
    for (int i = 0; i < numbers.length; i++) {
      Catalog.Place place = place(numbers[i]);
      Rows row = place.row();
      rows[i] = new Row(numbers[i], place.id(row), row);
    }
    reply.json(
        json(
            json -> {
              json.writeStartArray();
              for (Row row : rows) {
                RowJson.write(json, row.number, row.id, row.row);
              }
              json.writeEndArray();
            }));
  }

  private record Row(int number, String id, Rows row) {}

  private Catalog.Place place(long number) throws BadRequestException {
    Catalog.Place place = catalog.place(number);
    if (place == null) {
      throw new BadRequestException("no such exchange", null);
    }
    return place;
  }

  /** Returns the view whose exchanges are to be saved; null when one exchange is. */
  private @Nullable ListView chosen(Query query) throws BadRequestException {
    return query.has("n") ? null : known(query);
  }

  private void timeline(Query query, Reply reply) throws IOException {
    ListView view = known(query);
    Timeline timeline = Timeline.of(catalog, view.range(0, view.total()));
    reply.json(json(timeline::write));
  }

  /** Says where in a view a row is, by its number or its id. */
  private void find(Query query, Reply reply) throws IOException {
    ListView view = known(query);
    long number =
        query.has("id") ? numberOf(query.text("id")) : query.number("n", 0, Integer.MAX_VALUE, 0);
    int at = number < 0 ? -1 : view.indexOf((int) number);
    reply.json(
        json(
            json -> {
              json.writeStartObject();
              json.writeNumberProperty("n", number);
              json.writeNumberProperty("index", at);
              json.writeEndObject();
            }));
  }

  private long numberOf(String id) throws IOException {
    long[] found = {-1, 0};
    int count = catalog.count();
    while (found[0] < 0 && found[1] < count) {
      Catalog.Place place = place(found[1]);
      Rows rows = place.listing().rowsFrom(place.number());
      String prefix = place.listing().capture().qualify("");
      if (!id.startsWith(prefix)) {
        found[1] = place.base() + (long) place.listing().count();
        continue;
      }
      for (int i = 0; i < rows.count() && found[0] < 0; i++) {
        if (id.equals(prefix + rows.id(i))) {
          found[0] = found[1] + i;
        }
      }
      found[1] += rows.count();
    }
    return found[0];
  }

  private void exchange(Query query, Reply reply) throws IOException {
    int number = (int) query.number("n", 0, Integer.MAX_VALUE, 0);
    Catalog.Place place = place(number);
    Exchange exchange = exchanges.get(number, place);
    byte[] session = place.listing().sessionJson(exchange.sessionNumber());
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.writeBytes(Bytes.latin1("{\"exchange\":").toArray());
    Json.compact(
        out,
        json ->
            new ExchangeJson(json, BodyMode.NONE).exchange(place.listing().capture(), exchange));
    out.writeBytes(Bytes.latin1(",\"session\":").toArray());
    out.writeBytes(session == null ? Bytes.latin1("null").toArray() : session);
    out.write('}');
    reply.json(out.toByteArray());
  }

  /** Gives bytes of a message; what they are is not said, so that no browser runs them. */
  private void body(Query query, Reply reply) throws IOException {
    int number = (int) query.number("n", 0, Integer.MAX_VALUE, 0);
    Exchange exchange = exchanges.get(number, place(number));
    ByteRope bytes = part(exchange, query);
    long total = bytes.length();
    long offset = query.number("offset", 0, Long.MAX_VALUE, 0);
    long rest = Math.max(0, total - offset);
    boolean isWhole = query.has("save");
    long length = isWhole ? rest : Math.min(rest, query.number("length", 0, MAX_BODY_BYTES, 65536));
    reply.header("X-Total-Bytes", Long.toString(total));
    reply.download(length, out -> write(bytes, offset, length, out));
  }

  /** Gives how the payloads of messages begin, one character a byte. */
  private void previews(Query query, Reply reply) throws IOException {
    int number = (int) query.number("n", 0, Integer.MAX_VALUE, 0);
    List<StreamMessage> messages = exchanges.get(number, place(number)).messages();
    int from = (int) query.number("from", 0, messages.size(), 0);
    int count = (int) query.number("count", 1, MAX_ROWS, 200);
    List<String> begins = new ArrayList<>();
    for (StreamMessage message : messages.subList(from, Math.min(messages.size(), from + count))) {
      ByteArrayOutputStream begin = new ByteArrayOutputStream();
      write(message.payload(), 0, Math.min(PREVIEW_BYTES, message.payload().length()), begin);
      begins.add(begin.toString(StandardCharsets.ISO_8859_1));
    }
    reply.json(
        json(
            json -> {
              json.writeStartArray();
              begins.forEach(json::writeString);
              json.writeEndArray();
            }));
  }

  private static ByteRope part(Exchange exchange, Query query) throws BadRequestException {
    if (query.has("message")) {
      int most = exchange.messages().size() - 1;
      return exchange.messages().get((int) query.number("message", 0, most, 0)).payload();
    }
    HttpMessage message =
        query.text("of").equals("request") ? exchange.request() : exchange.response();
    if (message == null) {
      return ByteRope.EMPTY;
    }
    return switch (query.text("form")) {
      case "head" -> ByteRope.of(message.head());
      case "wire" -> message.body().wire();
      case "framed" -> message.body().framed();
      case "", "content" -> message.body().content();
      default -> throw new BadRequestException("no such form", null);
    };
  }

  private static void write(ByteRope bytes, long from, long length, OutputStream out)
      throws IOException {
    long skip = from;
    long left = length;
    for (Bytes segment : bytes.segments()) {
      if (skip >= segment.length()) {
        skip -= segment.length();
        continue;
      }
      int take = (int) Math.min(left, segment.length() - skip);
      out.write(segment.sharedArray(), segment.sharedOffset() + (int) skip, take);
      skip = 0;
      left -= take;
      if (left == 0) {
        return;
      }
    }
  }

  @Override
  public void close() {
    views.close();
  }
}
