// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer.cli;

import dev.tapedeck.analyzer.Completeness;
import dev.tapedeck.analyzer.HeaderField;
import dev.tapedeck.analyzer.HttpMessage;
import dev.tapedeck.analyzer.StreamMessage;
import dev.tapedeck.analyzer.http.BodyText;
import dev.tapedeck.analyzer.terminal.HexDump;
import dev.tapedeck.analyzer.terminal.Human;
import dev.tapedeck.analyzer.terminal.JsonPretty;
import dev.tapedeck.analyzer.terminal.Style;
import dev.tapedeck.analyzer.terminal.TerminalText;
import dev.tapedeck.analyzer.terminal.TextOutput;
import dev.tapedeck.format.Bytes;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Bodies for a person, after content decoding and in their charset.
 *
 * <p>For a terminal JSON is laid out, and of bytes that are no text their type and size stand there
 * unless they are few; for all else text is what was sent, and other bytes are in hexadecimal.
 */
final class BodyView {
  /** As many bytes as a person may want to look at, in so many lines of sixteen. */
  private static final int FEW_BYTES = 256;

  private static final String MORE = "--max-body SIZE for more";

  private final TextOutput out;
  private final long maxBytes;
  private final boolean pretty;
  private final boolean colorful;

  /**
   * Makes a view.
   *
   * @param maxBytes how much of a body is shown
   * @param pretty whether it is for a terminal
   * @param colorful whether what is laid out has colours
   */
  BodyView(TextOutput out, long maxBytes, boolean pretty, boolean colorful) {
    this.out = out;
    this.maxBytes = maxBytes;
    this.pretty = pretty;
    this.colorful = colorful;
  }

  /** Shows a message's body; nothing when it has none. */
  void show(HttpMessage message) throws IOException {
    Bytes content = message.body().content().toBytes();
    if (content.isEmpty()) {
      return;
    }
    String type = BodyText.contentType(message);
    boolean isText = content(content, type, message.completeness() == Completeness.COMPLETE);
    long wireBytes = message.body().wire().length();
    if (pretty) {
      note(content, isText, type, wireBytes, codings(message));
    } else if (content.length() > maxBytes) {
      dim(content.length() + " bytes of body, the first " + maxBytes + " are shown: " + MORE);
    } else if (wireBytes != content.length()) {
      dim(content.length() + " bytes, " + wireBytes + " as it was sent");
    }
  }

  /** Shows what a message inside an exchange carries; nothing when that is nothing. */
  void show(StreamMessage message) throws IOException {
    Bytes payload = message.payload().toBytes();
    if (payload.isEmpty()) {
      return;
    }
    boolean isText = content(payload, null, message.completeness() == Completeness.COMPLETE);
    if (pretty) {
      note(payload, isText, null, payload.length(), "");
    } else if (payload.length() > maxBytes) {
      dim("the first " + maxBytes + " bytes are shown");
    }
  }

  /** Shows content; returns whether it is text. */
  private boolean content(Bytes content, @Nullable String type, boolean whole) throws IOException {
    String text = BodyText.decode(content, type);
    if (text == null) {
      if (!pretty || content.length() <= FEW_BYTES) {
        HexDump.write(content, maxBytes, out);
      }
      return false;
    }
    boolean cut = text.length() > maxBytes;
    String json =
        pretty
            ? JsonPretty.of(TerminalText.beginning(text, maxBytes), cut || !whole, colorful)
            : null;
    out.line(json == null ? TerminalText.escapeBlock(text, maxBytes) : json);
    return true;
  }

  /** Says what is not seen: what other bytes are, how they were sent, and that there are more. */
  private void note(
      Bytes content, boolean isText, @Nullable String type, long wireBytes, String codings)
      throws IOException {
    List<String> facts = new ArrayList<>();
    boolean more = isText ? content.length() > maxBytes : content.length() > FEW_BYTES;
    if (!isText) {
      facts.add((type == null ? "" : TerminalText.ofLatin1(type) + ", ") + "no text");
    }
    if (more || !isText || wireBytes != content.length()) {
      facts.add(size(content.length()));
    }
    if (wireBytes != content.length()) {
      facts.add(size(wireBytes) + " as it was sent" + (codings.isEmpty() ? "" : ", " + codings));
    }
    if (more) {
      facts.add(
          isText
              ? "the first " + size(maxBytes) + " are shown: " + MORE
              : "--raw shows it in hexadecimal");
    }
    if (!facts.isEmpty()) {
      dim(String.join("; ", facts));
    }
  }

  private static String size(long bytes) {
    return bytes < 1024 ? Human.count(bytes, "byte") : Human.bytes(bytes);
  }

  /** RFC 9110, section 8.4. */
  private static String codings(HttpMessage message) {
    return message.headers().all("content-encoding").stream()
        .filter(HeaderField::isValueKnown)
        .map(field -> TerminalText.ofLatin1(field.value()))
        .collect(Collectors.joining(", "));
  }

  private void dim(String text) throws IOException {
    out.line(out.style(Style.DIM, "[" + text + "]"));
  }
}
