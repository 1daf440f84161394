// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer.redact;

import dev.tapedeck.analyzer.Anomaly;
import dev.tapedeck.analyzer.AnomalyKind;
import dev.tapedeck.analyzer.Body;
import dev.tapedeck.analyzer.ByteRope;
import dev.tapedeck.analyzer.Completeness;
import dev.tapedeck.analyzer.Exchange;
import dev.tapedeck.analyzer.HeaderField;
import dev.tapedeck.analyzer.HttpMessage;
import dev.tapedeck.analyzer.HttpRequest;
import dev.tapedeck.analyzer.HttpResponse;
import dev.tapedeck.analyzer.StreamMessage;
import dev.tapedeck.format.Bytes;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * Gives exchanges as they may be shared: what exports, pages and reports show unless told to
 * include secrets.
 *
 * <p>The result is an exchange like any other. Where secrets were, in targets, header fields,
 * trailers, decoded bodies and the messages inside an exchange, it has {@value Tokens#MARK} and
 * asterisks of the same length, so that offsets and lengths hold. What cannot be understood is
 * withheld, with an anomaly {@link dev.tapedeck.analyzer.AnomalyKind#WITHHELD} of the body. Of a
 * body only {@link Body#content} can be shown: {@link Body#wire} and {@link Body#framed} have their
 * lengths and hold nothing but asterisks, and so has the head of an HTTP/2 message.
 *
 * <p>Bodies are masked when they are asked for.
 *
 * <p><b>Threads:</b> safe for use by several. <b>Ownership:</b> masked exchanges keep those that
 * they were made of.
 */
public final class ExchangeMasker {
  /** A sender that has more secrets in one head hides them from nobody. */
  private static final int MAX_REPEATED = 64;

  private static final int MAX_NAMES = 10_000;
  private static final int FILL_BYTES = 1 << 16;
  private static final Bytes FILL = fill();

  private final boolean masks;
  private final RedactionRules rules;
  private final ContentMasker contents;
  private final Map<String, Boolean> names = new ConcurrentHashMap<>();

  private ExchangeMasker(RedactionRules rules, boolean masks) {
    this.masks = masks;
    this.rules = rules;
    this.contents = new ContentMasker(rules, this::isSecret);
  }

  /** Returns one that follows the default rules. */
  public static ExchangeMasker defaults() {
    return unless(false);
  }

  /**
   * Returns one that follows the default rules, unless secrets are wanted: then it gives every
   * exchange as it is.
   */
  public static ExchangeMasker unless(boolean includeSecrets) {
    return new ExchangeMasker(RedactionRules.DEFAULT, !includeSecrets);
  }

  /** Returns whether it masks at all. */
  public boolean masks() {
    return masks;
  }

  /** Returns the exchange as it may be shared. */
  public Exchange mask(Exchange exchange) {
    if (!masks) {
      return exchange;
    }
    HttpRequest request = exchange.request();
    HttpResponse response = exchange.response();
    List<MaskedHead> heads = new ArrayList<>(2 + exchange.interim().size());
    String authority = request == null ? null : request.authority();
    MaskedHead requestHead =
        request == null
            ? null
            : add(
                heads,
                new MaskedHead(request, request.target(), authority == null ? "" : authority));
    MaskedHead responseHead =
        response == null ? null : add(heads, new MaskedHead(response, response.reason(), ""));
    List<MaskedHead> interimHeads = new ArrayList<>(exchange.interim().size());
    for (HttpResponse interim : exchange.interim()) {
      interimHeads.add(add(heads, new MaskedHead(interim, interim.reason(), "")));
    }
    Set<String> values = new LinkedHashSet<>();
    for (MaskedHead head : heads) {
      head.find(rules, this::isSecret, KnownSecrets.MIN_BYTES, values);
    }
    KnownSecrets known = KnownSecrets.of(values.stream().limit(MAX_REPEATED).toList());
    heads.forEach(head -> head.mask(known));
    Exchange.Builder masked = exchange.toBuilder();
    if (request != null && requestHead != null) {
      masked.request(request(request, requestHead, known));
    }
    if (response != null && responseHead != null) {
      masked.response(response(response, responseHead, known));
    }
    List<HttpResponse> interim = new ArrayList<>(interimHeads.size());
    for (int i = 0; i < interimHeads.size(); i++) {
      interim.add(response(exchange.interim().get(i), interimHeads.get(i), known));
    }
    return masked
        .interim(interim)
        .messages(exchange.messages().stream().map(m -> message(m, known)).toList())
        .build();
  }

  /**
   * Returns the coded bytes of a message's body where they may be shared: they hold what its
   * content shows and, as far as can be told, nothing else.
   *
   * @param recorded the message
   * @param shared what {@link #mask} made of it
   * @return null where the body is not coded, or something in it is masked or not shown
   */
  public @Nullable Bytes coded(HttpMessage recorded, HttpMessage shared) {
    Body body = recorded.body();
    if (!body.isCoded() || body.wire().length() == 0) {
      return null;
    }
    Bytes coded = body.wire().toBytes();
    Bytes content = body.content().toBytes();
    if (coded.equals(content)) {
      return null;
    }
    boolean shown =
        !masks
            || (!hasHoles(recorded)
                && shared.body().anomalies().stream().noneMatch(ExchangeMasker::hidesBytes)
                && shared.body().content().toBytes().equals(content)
                && CodedForm.isBare(coded)
                && hasNothingToMask(coded));
    return shown ? coded : null;
  }

  /** What stands behind a hole is not decoded, and so not shown. */
  private static boolean hasHoles(HttpMessage message) {
    return message.completeness() != Completeness.COMPLETE
        && message.completeness() != Completeness.TRUNCATED_END;
  }

  /** A wrong label or checksum hides nothing; bytes behind the end of the content do. */
  private static boolean hidesBytes(Anomaly anomaly) {
    return anomaly.kind() != AnomalyKind.CODING_FORM || anomaly.detail().startsWith("bytes");
  }

  /** What an unusual coder left readable, such as metadata, is looked through like an image. */
  private boolean hasNothingToMask(Bytes coded) {
    Body.Content masked =
        contents.mask(ByteRope.of(coded), "image/", Completeness.COMPLETE, KnownSecrets.NONE);
    return masked.bytes().toBytes().equals(coded);
  }

  private static MaskedHead add(List<MaskedHead> heads, MaskedHead head) {
    heads.add(head);
    return head;
  }

  private HttpRequest request(HttpRequest request, MaskedHead head, KnownSecrets known) {
    String authority = request.authority();
    return new HttpRequest(
        request.method(),
        head.text(),
        request.version(),
        authority == null ? null : head.authority(),
        head.head(),
        head.headers(),
        head.trailers(),
        body(request, known),
        request.span(),
        request.completeness(),
        request.anomalies());
  }

  private HttpResponse response(HttpResponse response, MaskedHead head, KnownSecrets known) {
    return new HttpResponse(
        response.status(),
        head.text(),
        response.version(),
        head.head(),
        head.headers(),
        head.trailers(),
        body(response, known),
        response.span(),
        response.completeness(),
        response.anomalies());
  }

  private Body body(HttpMessage message, KnownSecrets known) {
    Body body = message.body();
    if (body.framed().length() == 0) {
      return body;
    }
    return Body.coded(
        body.framing(),
        filled(body.framed().length()),
        filled(body.wire().length()),
        unused -> content(message, known));
  }

  private Body.Content content(HttpMessage message, KnownSecrets known) {
    Body body = message.body();
    Body.Content masked =
        contents.mask(body.content(), type(message), message.completeness(), known);
    List<Anomaly> anomalies = ContentMasker.with(body.anomalies(), masked.anomalies());
    return new Body.Content(masked.bytes(), anomalies);
  }

  private static String type(HttpMessage message) {
    @Nullable HeaderField field = message.headers().first("content-type");
    return field == null ? "" : field.value().toLowerCase(Locale.ROOT);
  }

  private StreamMessage message(StreamMessage message, KnownSecrets known) {
    Body.Content masked = contents.mask(message.payload(), "", message.completeness(), known);
    return StreamMessage.newBuilder(message.sender(), message.kind(), message.span())
        .payload(masked.bytes(), message.wireBytes(), message.compressed())
        .frames(message.frames())
        .closeCode(message.closeCode())
        .eventName(eventField(message.eventName()))
        .eventId(eventField(message.eventId()))
        .retryMillis(message.retryMillis())
        .completeness(message.completeness())
        .anomalies(ContentMasker.with(message.anomalies(), masked.anomalies()))
        .build();
  }

  private static @Nullable String eventField(@Nullable String value) {
    return value == null ? null : TextMasker.text(value);
  }

  private boolean isSecret(String name) {
    Boolean known = names.get(name);
    if (known == null) {
      known =
          rules.isSecretParameter(name) || rules.isSecretField(name) || rules.isSecretHeader(name);
      if (names.size() < MAX_NAMES) {
        names.put(name, known);
      }
    }
    return known;
  }

  private static ByteRope filled(long length) {
    List<Bytes> runs = new ArrayList<>((int) (length / FILL_BYTES) + 1);
    for (long left = length; left > 0; left -= FILL_BYTES) {
      runs.add(FILL.slice(0, (int) Math.min(left, FILL_BYTES)));
    }
    return new ByteRope(runs);
  }

  private static Bytes fill() {
    byte[] bytes = new byte[FILL_BYTES];
    Arrays.fill(bytes, (byte) '*');
    return Bytes.wrap(bytes, 0, bytes.length);
  }
}
