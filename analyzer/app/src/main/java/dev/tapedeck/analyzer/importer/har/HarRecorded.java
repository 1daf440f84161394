// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer.importer.har;

import dev.tapedeck.analyzer.export.HarOwn;
import dev.tapedeck.analyzer.importer.har.HarFraming.Run;
import dev.tapedeck.analyzer.wire.FieldSection;
import dev.tapedeck.format.Bytes;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * A message of HTTP/1 as an export of this project tells it: with the head that it had, a body of
 * the length that it had on the wire, and what was missing.
 *
 * <p>It is as the archive's own fields say: where these were changed by hand, there is none, and
 * they count.
 */
final class HarRecorded {
  private static final String WITHHELD = "withheld";
  private static final String MISSING = "missing_bytes";

  private final HarNode message;
  private final HarNode details;
  private final HarFields fields;

  /**
   * Makes one.
   *
   * @param message the request or response of an entry
   * @param details what the export adds to it
   * @param fields of the message
   */
  HarRecorded(HarNode message, HarNode details, HarFields fields) {
    this.message = message;
    this.details = details;
    this.fields = fields;
  }

  /**
   * Returns the head of the message, one character a byte; null when the archive has none, or has
   * one for other fields.
   *
   * @param line the values that stand in its start line
   */
  @Nullable String head(List<String> line) {
    String head = details.text("head");
    if (head == null) {
      return null;
    }
    List<String> named = new ArrayList<>();
    for (HarNode header : message.list("headers")) {
      named.add(header.textOrEmpty("name"));
      named.add(header.textOrEmpty("value"));
    }
    return HarOwn.check(head, line, named).equals(details.text("head_check")) ? head : null;
  }

  /** Returns whether something of the message was not captured. */
  boolean isIncomplete() {
    String completeness = details.text("completeness");
    return completeness != null && !completeness.equals("complete");
  }

  /**
   * Returns the body.
   *
   * @param content the node that has it
   * @return null when the archive does not tell one that is consistent with itself
   */
  @Nullable RecordedBody body(HarNode content) throws HarFormatException {
    boolean failed = content.textOrEmpty("comment").startsWith("incomplete");
    long withheld = Math.max(0, count(WITHHELD));
    List<String> codings = codings();
    long size = codings.isEmpty() ? message.whole("bodySize", -1) - withheld : -1;
    byte[] shown = HarText.exactly(content, size);
    return RecordedBody.of(
        new RecordedBody.Told(
            shown == null ? Bytes.empty() : Bytes.wrap(shown, 0, shown.length),
            message.whole("bodySize", -1),
            codings,
            codedBody(),
            !isIncomplete(),
            failed && !isIncomplete() && withheld == 0,
            withheld));
  }

  private @Nullable Bytes codedBody() throws HarFormatException {
    String text = details.text("coded_body");
    if (text == null) {
      return null;
    }
    byte[] coded = HarText.base64(details.path() + ".coded_body", text);
    return Bytes.wrap(coded, 0, coded.length);
  }

  /** Returns whether the content is coded. */
  boolean isCoded() {
    return !codings().isEmpty();
  }

  /** Content codings were applied first, those of the transfer after them. */
  private List<String> codings() {
    List<String> codings = new ArrayList<>(fields.all("content-encoding"));
    for (String field : fields.all("transfer-encoding")) {
      for (String word : field.split(",", -1)) {
        String name = word.strip().toLowerCase(Locale.ROOT);
        if (!name.isEmpty() && !name.equals("chunked") && !name.equals("identity")) {
          codings.add(name);
        }
      }
    }
    return codings;
  }

  /** Returns the number with which an anomaly begins; −1 when there is none. */
  private long count(String kind) {
    for (HarNode anomaly : details.list("anomalies")) {
      if (anomaly.textOrEmpty("kind").equals(kind)) {
        String number = anomaly.textOrEmpty("detail").replaceFirst("^(\\d{1,17})?.*", "$1");
        return number.isEmpty() ? -1 : Long.parseLong(number);
      }
    }
    return -1;
  }

  private boolean isCut() {
    return details.textOrEmpty("completeness").equals("recorder_cap");
  }

  private boolean hasGap() {
    return isCut() || details.textOrEmpty("completeness").equals("gap");
  }

  private boolean isOver() {
    return details.textOrEmpty("completeness").equals("truncated_end");
  }

  private long missing() {
    return hasGap() ? Math.max(1, count(MISSING)) : 0;
  }

  private static int intact(RecordedBody body) {
    return (int) Math.min(body.wire().length(), body.intactBytes());
  }

  /** Returns the message with that head and body as frames of HTTP/2. */
  HarMessage frames(FieldSection head, RecordedBody body, FieldSection trailers) {
    long missing = missing();
    return new HarMessage(
        new HarFrames(head, body.wire(), intact(body), missing, !isCut(), trailers, !isOver()),
        missing,
        false,
        false,
        true,
        false);
  }

  /**
   * Returns the message with that head and body.
   *
   * @param trailers behind the body of a chunked one
   */
  HarMessage message(Bytes head, RecordedBody body, HarFields trailers) {
    String framing = details.textOrEmpty("framing");
    boolean chunked = framing.equals("chunked");
    long missing = missing();
    Bytes wire = body.wire();
    long size = wire.length() + missing;
    int intact = intact(body);
    Bytes before = head;
    Bytes behind = wire.slice(intact, wire.length());
    if (chunked && size > 0) {
      before = before.plus(Bytes.latin1(Long.toHexString(size) + "\r\n"));
      behind = behind.plus(Bytes.latin1("\r\n"));
    }
    if (chunked && !isOver()) {
      byte[] lines = trailers.lines();
      behind = behind.plus(Bytes.latin1("0\r\n")).plus(Bytes.wrap(lines, 0, lines.length));
    }
    before = before.plus(wire.slice(0, intact));
    List<Run> runs = new ArrayList<>(2);
    if (missing > 0) {
      runs.add(new Run(before, missing, !isCut()));
      runs.add(new Run(behind, 0));
    } else {
      runs.add(new Run(before.plus(behind), 0));
    }
    return new HarMessage(
        unused -> runs,
        missing,
        framing.equals("close") || isIncomplete(),
        false,
        true,
        isOver() && framing.equals("close"));
  }
}
