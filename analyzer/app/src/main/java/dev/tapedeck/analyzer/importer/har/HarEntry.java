// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer.importer.har;

import dev.tapedeck.analyzer.export.HarOwn;
import dev.tapedeck.format.Bytes;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * An entry of an archive as bytes with times.
 *
 * <p><b>Units:</b> nanoseconds since the Unix epoch.
 *
 * @param group entries of one group and origin shared a connection
 * @param socket that stands for this group; −1 when any may
 * @param url of the request
 * @param serverAddress empty when not known
 * @param startedNanos when the request began; null when the archive does not say
 * @param phases how long what followed took
 * @param request the request
 * @param interim interim answers
 * @param response the answer; null when there was none
 * @param isHttp2 whether its messages are frames of HTTP/2
 * @param isSwitched whether what follows the answer is no HTTP
 * @param messages what was sent on a WebSocket
 */
public record HarEntry(
    String group,
    long socket,
    HarUrl url,
    String serverAddress,
    @Nullable Long startedNanos,
    Phases phases,
    HarMessage request,
    List<HarMessage> interim,
    @Nullable HarMessage response,
    boolean isHttp2,
    boolean isSwitched,
    List<SocketMessage> messages) {
  private static final BigDecimal NANOS_PER_MILLI = BigDecimal.valueOf(1_000_000);
  private static final BigDecimal NANOS_PER_SECOND = BigDecimal.valueOf(1_000_000_000);

  /** Content of which more is missing would be too many frames. */
  private static final long MAX_UNKNOWN_FRAMED_BYTES = 1L << 30;

  private static final int SWITCHING_PROTOCOLS = 101;

  /** What nanoseconds can tell. */
  private static final BigDecimal MAX_SECONDS = BigDecimal.valueOf(Long.MAX_VALUE / 1_000_000_000);

  /** Longer is no measured time. */
  private static final BigDecimal MAX_MILLIS = BigDecimal.valueOf(1_000_000_000_000L);

  /**
   * How long an exchange took.
   *
   * @param sentNanos until the request was sent
   * @param waitNanos from there until the answer began
   * @param receiveNanos from there to its end
   */
  public record Phases(long sentNanos, long waitNanos, long receiveNanos) {}

  /**
   * A WebSocket message.
   *
   * @param isSent whether the client sent it
   * @param epochNanos when; null when the archive does not say
   * @param frame the frame that it may have been; in a tunnel of HTTP/2 what went through it
   */
  public record SocketMessage(boolean isSent, @Nullable Long epochNanos, Bytes frame) {}

  static HarEntry of(HarNode entry) throws HarFormatException {
    // RFC 9113, section 8.6: there is no 101 in HTTP/2.
    boolean http2 =
        HarFrames.isMeant(entry.get("request"))
            && entry.get("response").whole("status", 0) != SWITCHING_PROTOCOLS;
    HarEntry made = of(entry, http2);
    HarMessage response = made.response();
    long unknown =
        Math.max(made.request().unknownBytes(), response == null ? 0 : response.unknownBytes());
    return http2 && unknown > MAX_UNKNOWN_FRAMED_BYTES ? of(entry, false) : made;
  }

  private static HarEntry of(HarNode entry, boolean http2) throws HarFormatException {
    HarNode request = entry.required("request");
    HarUrl url = HarUrl.of(request.get("url").path(), request.requiredText("url").strip());
    String method = request.requiredText("method").strip();
    HarNode details = entry.get("_tapedeck");
    HarMessage sent =
        HarMessage.request(
            request,
            url,
            HarFields.of(request),
            trailers(details.get("request")),
            details.get("request"),
            http2,
            !entry.list("_webSocketMessages").isEmpty());
    HarNode answer = entry.get("response");
    int status = (int) answer.whole("status", 0);
    HarNode about = details.get("response");
    HarFields fields = HarFields.of(answer);
    boolean answered =
        answer.isObject()
            && ((status >= 100 && status <= 999)
                || HarMessage.recordedHead(answer, new HarRecorded(answer, about, fields)) != null);
    HarMessage received =
        answered
            ? HarMessage.response(answer, method, fields, trailers(about), about, http2)
            : null;
    boolean switched =
        status == SWITCHING_PROTOCOLS || (method.equals("CONNECT") && status / 100 == 2);
    boolean socket = !http2 && status == SWITCHING_PROTOCOLS;
    boolean tunnel = http2 && method.equals("CONNECT") && status / 100 == 2;
    List<SocketMessage> messages =
        answered && (socket || tunnel) ? SocketFrames.of(entry) : List.of();
    if (tunnel && received != null) {
      HarTunnel cut = HarTunnel.of(sent, received, messages);
      sent = cut.request();
      received = cut.response();
      messages = cut.messages();
    }
    String connection = entry.textOrEmpty("connection").strip();
    return new HarEntry(
        group(connection, entry),
        HarOwn.socket(connection),
        url,
        entry.textOrEmpty("serverIPAddress").replace("[", "").replace("]", "").strip(),
        epochNanos(entry),
        phases(entry),
        sent,
        interim(details, http2),
        received,
        http2,
        answered && !http2 && switched,
        messages);
  }

  private static String group(String connection, HarNode entry) {
    return connection.isEmpty()
        ? "page " + entry.textOrEmpty("pageref")
        : "connection " + connection;
  }

  /** Returns whether nothing else may be on its connection. */
  public boolean isAlone() {
    return request.isAlone() || (response != null && response.isAlone());
  }

  /** Returns whether its connection was given up in its middle. */
  public boolean isBrokenOff() {
    return request.isBrokenOff() || (response != null && response.isBrokenOff());
  }

  private static HarFields trailers(HarNode details) {
    HarFields fields = HarFields.of(new HarNode(details.path(), null));
    fields.addPairs(details.list("trailers"));
    return fields;
  }

  /** Interim answers are told by this project's own exports only. */
  private static List<HarMessage> interim(HarNode details, boolean http2) {
    List<HarMessage> messages = new ArrayList<>();
    for (HarNode item : details.list("interim")) {
      HarFields fields = HarFields.of(new HarNode(item.path(), null));
      fields.addPairs(item.list("headers"));
      int status = (int) item.whole("status", 0);
      // Behind a 101 an HTTP/1 connection would speak what it does not: HTTP/2 came by an upgrade.
      if (status >= 100 && status < 200 && status != SWITCHING_PROTOCOLS) {
        messages.add(HarMessage.interim(item, status, fields, http2));
      }
    }
    return messages;
  }

  private static @Nullable Long epochNanos(HarNode entry) throws HarFormatException {
    BigDecimal exact = entry.get("_tapedeck").number("started_ns");
    if (exact != null && exact.signum() >= 0 && exact.precision() - exact.scale() <= 18) {
      return exact.longValue();
    }
    String text = entry.text("startedDateTime");
    if (text == null || text.isBlank()) {
      return null;
    }
    try {
      Instant instant = instant(text.strip());
      return Math.max(
          0,
          Math.addExact(
              Math.multiplyExact(instant.getEpochSecond(), 1_000_000_000L), instant.getNano()));
    } catch (DateTimeException | ArithmeticException e) {
      HarFormatException failure =
          new HarFormatException(entry.get("startedDateTime").path(), "is no time of ISO 8601");
      failure.initCause(e);
      throw failure;
    }
  }

  /** ISO 8601 as tools write it: offsets also without a colon, none, or a space for the T. */
  private static Instant instant(String text) {
    String iso = text.replaceFirst("^(\\d{4}-\\d{2}-\\d{2}) ", "$1T").toUpperCase(Locale.ROOT);
    String time = iso.substring(iso.indexOf('T') + 1);
    if (!time.endsWith("Z") && time.indexOf('+') < 0 && time.indexOf('-') < 0) {
      return LocalDateTime.parse(iso).toInstant(ZoneOffset.UTC);
    }
    String offset = iso.replaceFirst("([+-]\\d{2})(\\d{2})$", "$1:$2");
    if (!offset.endsWith("Z") && offset.equals(iso)) {
      offset = offset.replaceFirst("([+-]\\d{2})$", "$1:00");
    }
    return OffsetDateTime.parse(offset).toInstant();
  }

  private static Phases phases(HarNode entry) {
    HarNode timings = entry.get("timings");
    long before = millis(timings, "blocked") + millis(timings, "dns") + millis(timings, "connect");
    Phases told =
        new Phases(
            before + millis(timings, "send"), millis(timings, "wait"), millis(timings, "receive"));
    long total = told.sentNanos() + told.waitNanos() + told.receiveNanos();
    // Without timings the time is all there is.
    return total > 0 ? told : new Phases(0, millis(entry, "time"), 0);
  }

  /** What is −1 does not apply. */
  private static long millis(HarNode node, String name) {
    BigDecimal millis = node.number(name);
    if (millis == null || millis.signum() < 0 || millis.compareTo(MAX_MILLIS) > 0) {
      return 0;
    }
    return millis.multiply(NANOS_PER_MILLI).setScale(0, RoundingMode.HALF_UP).longValue();
  }

  static @Nullable Long secondsToNanos(@Nullable BigDecimal seconds) {
    if (seconds == null || seconds.signum() < 0 || seconds.compareTo(MAX_SECONDS) > 0) {
      return null;
    }
    return seconds.multiply(NANOS_PER_SECOND).setScale(0, RoundingMode.HALF_UP).longValue();
  }
}
