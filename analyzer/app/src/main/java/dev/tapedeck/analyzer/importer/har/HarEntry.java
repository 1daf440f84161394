// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer.importer.har;

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
 * @param url of the request
 * @param serverAddress empty when not known
 * @param startedNanos when the request began; null when the archive does not say
 * @param phases how long what followed took
 * @param request the request
 * @param interim heads of interim answers
 * @param response the answer; null when there was none
 * @param isSwitched whether what follows the answer is no HTTP
 * @param messages what was sent on a WebSocket
 */
public record HarEntry(
    String group,
    HarUrl url,
    String serverAddress,
    @Nullable Long startedNanos,
    Phases phases,
    HarMessage request,
    List<Bytes> interim,
    @Nullable HarMessage response,
    boolean isSwitched,
    List<SocketMessage> messages) {
  private static final BigDecimal NANOS_PER_MILLI = BigDecimal.valueOf(1_000_000);
  private static final BigDecimal NANOS_PER_SECOND = BigDecimal.valueOf(1_000_000_000);

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
   * @param frame the frame that it may have been
   */
  public record SocketMessage(boolean isSent, @Nullable Long epochNanos, Bytes frame) {}

  static HarEntry of(HarNode entry) throws HarFormatException {
    HarNode request = entry.required("request");
    HarUrl url = HarUrl.of(request.get("url").path(), request.requiredText("url").strip());
    String method = request.requiredText("method").strip();
    HarNode details = entry.get("_tapedeck");
    HarMessage sent =
        HarMessage.request(request, url, HarFields.of(request), trailers(details.get("request")));
    HarNode answer = entry.get("response");
    int status = (int) answer.whole("status", 0);
    boolean answered = answer.isObject() && status >= 100 && status <= 999;
    HarFields fields = HarFields.of(answer);
    HarMessage received =
        answered
            ? HarMessage.response(answer, method, fields, trailers(details.get("response")))
            : null;
    return new HarEntry(
        group(entry),
        url,
        entry.textOrEmpty("serverIPAddress").replace("[", "").replace("]", "").strip(),
        epochNanos(entry),
        phases(entry),
        sent,
        interim(details),
        received,
        answered && (status == 101 || (method.equals("CONNECT") && status / 100 == 2)),
        answered && status == 101 ? SocketFrames.of(entry) : List.of());
  }

  private static String group(HarNode entry) {
    String connection = entry.text("connection");
    return connection != null && !connection.isBlank()
        ? "connection " + connection
        : "page " + entry.textOrEmpty("pageref");
  }

  private static String trailers(HarNode details) {
    StringBuilder lines = new StringBuilder();
    for (HarNode trailer : details.list("trailers")) {
      if (trailer.value() instanceof List<?> pair && pair.size() == 2) {
        String line = pair.get(0) + ": " + pair.get(1);
        lines.append(line.replaceAll("[\\r\\n]", " ")).append("\r\n");
      }
    }
    return lines.toString();
  }

  /** Interim answers are told by this project's own exports only. */
  private static List<Bytes> interim(HarNode details) {
    List<Bytes> heads = new ArrayList<>();
    for (HarNode item : details.list("interim")) {
      HarFields fields = HarFields.of(new HarNode(item.path(), null));
      for (HarNode header : item.list("headers")) {
        if (header.value() instanceof List<?> pair && pair.size() == 2) {
          fields.add(String.valueOf(pair.get(0)), String.valueOf(pair.get(1)));
        }
      }
      int status = (int) item.whole("status", 0);
      if (status >= 100 && status < 200) {
        byte[] head = fields.head(HarMessage.startLine(item, status));
        heads.add(Bytes.wrap(head, 0, head.length));
      }
    }
    return heads;
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
    if (seconds == null || seconds.signum() < 0 || seconds.precision() - seconds.scale() > 9) {
      return null;
    }
    return seconds.multiply(NANOS_PER_SECOND).setScale(0, RoundingMode.HALF_UP).longValue();
  }
}
