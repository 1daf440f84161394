// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.replayer.capture;

import dev.tapedeck.analyzer.Body;
import dev.tapedeck.analyzer.ByteRope;
import dev.tapedeck.analyzer.Exchange;
import dev.tapedeck.analyzer.HttpMessage;
import dev.tapedeck.analyzer.HttpRequest;
import dev.tapedeck.analyzer.HttpResponse;
import dev.tapedeck.analyzer.StreamMessage;
import dev.tapedeck.format.Bytes;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.IdentityHashMap;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Keeps the bodies of recorded exchanges: so many bytes in memory, what is beyond in a {@link
 * Spool}.
 *
 * <p><b>Lifecycle:</b> {@link #keep} every exchange, then {@link #whole} as often as needed, {@link
 * #close} at the end.
 *
 * <p><b>Threads:</b> {@link #keep} is confined to one thread; {@link #whole} may be called from any
 * once everything is kept.
 *
 * <p><b>Limits</b>
 *
 * <table>
 *   <caption>Bounds</caption>
 *   <tr><th>name</th><th>default</th><th>effect when reached</th></tr>
 *   <tr><td>memory</td><td>{@value #DEFAULT_MEMORY_BYTES}</td><td>further bodies are set
 *       aside</td></tr>
 *   <tr><td>small body</td><td>{@value #SMALL_BODY_BYTES}</td><td>shorter ones stay in
 *       memory</td></tr>
 * </table>
 */
public final class BodyStore implements AutoCloseable {
  private static final long DEFAULT_MEMORY_BYTES = 64 << 20;

  /** A note of where a body lies takes a good part of that. */
  private static final int SMALL_BODY_BYTES = 256;

  private final long memoryBytes;

  /** By what stands for the body in the exchange. */
  private final IdentityHashMap<Body, Place> places = new IdentityHashMap<>();

  private @Nullable Spool spool;
  private long keptBytes;

  /**
   * Where a body lies in the spool.
   *
   * @param wireOffset of its bytes after transfer decoding; −1 when these are the framed ones
   */
  private record Place(long framedOffset, int framedBytes, long wireOffset, int wireBytes) {}

  /** Makes a store for the memory that this process may take: an eighth of it at most. */
  public static BodyStore ofDefaultSize() {
    return new BodyStore(Math.min(DEFAULT_MEMORY_BYTES, Runtime.getRuntime().maxMemory() / 8));
  }

  /** Makes a store that holds so many bytes of bodies in memory. */
  public BodyStore(long memoryBytes) {
    this.memoryBytes = memoryBytes;
  }

  /**
   * Returns the exchange in storage of its own, without the bodies that were set aside.
   *
   * @throws IOException when they cannot be written
   */
  public Exchange keep(Exchange exchange) throws IOException {
    HttpRequest request = exchange.request();
    HttpResponse response = exchange.response();
    // The messages' copies get the bodies afterwards: a copy of a body is another object.
    return exchange.toBuilder()
        .request(
            request == null
                ? null
                : request.with(Body.NONE).detached().with(setAside(request.body())))
        .response(
            response == null
                ? null
                : with(with(response, Body.NONE).detached(), setAside(response.body())))
        .interim(exchange.interim().stream().map(HttpResponse::detached).toList())
        .messages(exchange.messages().stream().map(BodyStore::detached).toList())
        .build();
  }

  private Body setAside(Body body) throws IOException {
    boolean alike = isAlike(body);
    long length = body.framed().length() + (alike ? 0 : body.wire().length());
    if (length < SMALL_BODY_BYTES
        || length > Integer.MAX_VALUE
        || keptBytes + length <= memoryBytes) {
      keptBytes += length;
      return body.detached();
    }
    Spool open = spool;
    if (open == null) {
      open = Spool.create();
      spool = open;
    }
    long framed = open.append(body.framed());
    long wire = alike ? -1 : open.append(body.wire());
    Body stub = body.with(ByteRope.EMPTY, ByteRope.EMPTY);
    places.put(
        stub,
        new Place(
            framed, (int) body.framed().length(), wire, alike ? 0 : (int) body.wire().length()));
    return stub;
  }

  @SuppressWarnings("ReferenceEquality") // The same object says that there is no framing.
  private static boolean isAlike(Body body) {
    return body.wire() == body.framed();
  }

  /** Returns whether a body of the exchange has to be read from the disk. */
  public boolean isSetAside(Exchange exchange) {
    return place(exchange.request()) != null || place(exchange.response()) != null;
  }

  private @Nullable Place place(@Nullable HttpMessage message) {
    // Without places no body is touched, which on the way to the target is a cache miss each.
    return message == null || places.isEmpty() ? null : places.get(message.body());
  }

  /** Returns how many bytes came after the head of a message, also of one that was set aside. */
  public long framedBytes(HttpMessage message) {
    Place place = places.get(message.body());
    return place == null ? message.body().framed().length() : place.framedBytes();
  }

  /** Returns how many bytes were set aside. */
  public long setAsideBytes() {
    return spool == null ? 0 : spool.lengthBytes();
  }

  /**
   * Returns the request with its body; null when the exchange has none.
   *
   * @throws UncheckedIOException when it cannot be read
   */
  public @Nullable HttpRequest request(Exchange exchange) {
    HttpRequest request = exchange.request();
    Place place = place(request);
    return request == null || place == null ? request : request.with(read(request.body(), place));
  }

  /**
   * Returns the answer with its body; null when the exchange has none.
   *
   * @throws UncheckedIOException when it cannot be read
   */
  public @Nullable HttpResponse response(Exchange exchange) {
    HttpResponse response = exchange.response();
    Place place = place(response);
    return response == null || place == null
        ? response
        : with(response, read(response.body(), place));
  }

  /**
   * Returns the exchange with its bodies.
   *
   * @throws UncheckedIOException when they cannot be read
   */
  public Exchange whole(Exchange exchange) {
    return isSetAside(exchange)
        ? exchange.toBuilder().request(request(exchange)).response(response(exchange)).build()
        : exchange;
  }

  private Body read(Body stub, Place place) {
    Spool open = spool;
    if (open == null) {
      throw new IllegalStateException("spool=null");
    }
    try {
      ByteRope framed = rope(open.read(place.framedOffset(), place.framedBytes()));
      return place.wireOffset() < 0
          ? stub.with(framed, framed)
          : stub.with(framed, rope(open.read(place.wireOffset(), place.wireBytes())));
    } catch (IOException e) {
      throw new UncheckedIOException("reading a body that was set aside", e);
    }
  }

  private static ByteRope rope(Bytes bytes) {
    return bytes.isEmpty() ? ByteRope.EMPTY : new ByteRope(List.of(bytes));
  }

  private static StreamMessage detached(StreamMessage message) {
    return StreamMessage.newBuilder(message.sender(), message.kind(), message.span())
        .payload(message.payload().detached(), message.wireBytes(), message.compressed())
        .frames(message.frames())
        .closeCode(message.closeCode())
        .eventName(message.eventName())
        .eventId(message.eventId())
        .retryMillis(message.retryMillis())
        .completeness(message.completeness())
        .anomalies(message.anomalies())
        .framed(message.framed().detached())
        .build();
  }

  private static HttpResponse with(HttpResponse response, Body body) {
    return new HttpResponse(
        response.status(),
        response.reason(),
        response.version(),
        response.head(),
        response.headers(),
        response.trailers(),
        body,
        response.span(),
        response.completeness(),
        response.anomalies());
  }

  /** Deletes what was set aside. */
  @Override
  public void close() throws IOException {
    if (spool != null) {
      spool.close();
    }
  }
}
