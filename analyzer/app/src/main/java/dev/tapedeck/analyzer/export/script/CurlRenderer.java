// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer.export.script;

import dev.tapedeck.analyzer.Exchange;
import dev.tapedeck.analyzer.HttpRequest;
import dev.tapedeck.format.Bytes;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Renders requests as curl commands for a POSIX shell.
 *
 * <p>The text is printable ASCII. Recorded bytes stand in it as words that no shell looks into, as
 * octal escapes, or in base64; curl is told to take them as they are: no globbing, no
 * {@code @file}, no path that is tidied up, no field of its own that was not recorded.
 *
 * <p><b>Threads:</b> immutable.
 */
public final class CurlRenderer {
  /** Longer bodies, and those that are not plain text, are written in base64. */
  private static final int MAX_INLINE_BYTES = 16 << 10;

  /** What curl takes in a URL without a change or a complaint. */
  private static final Pattern PLAIN_TARGET =
      Pattern.compile("/[A-Za-z0-9._~:/?@!$&'()*+,;=%\\[\\]{}-]*");

  /** Fields that curl adds, with a body or always. */
  private static final List<String> ADDED = List.of("User-Agent", "Accept");

  /** Fields of one connection, which HTTP/2 does not know (RFC 9113, section 8.2.2). */
  private static final Set<String> CONNECTION_FIELDS =
      Set.of("connection", "keep-alive", "proxy-connection", "transfer-encoding");

  private static final String BODY_END = "TAPEDECK_BODY";

  private final boolean masked;
  private final boolean retargetable;

  /**
   * Makes a renderer.
   *
   * @param masked whether secrets are masked in what it will be given
   * @param retargetable whether the variable {@code TARGET}, where it is set, names another origin
   */
  public CurlRenderer(boolean masked, boolean retargetable) {
    this.masked = masked;
    this.retargetable = retargetable;
  }

  /**
   * A request.
   *
   * @param text the commands, each line ended; or comment lines that say why there are none
   * @param isSent whether it has a command
   */
  public record Rendered(String text, boolean isSent) {}

  /** Returns the command that sends an exchange's request again. */
  public Rendered render(Exchange exchange) {
    try {
      SentRequest sent = SentRequest.of(exchange, masked);
      StringBuilder text = new StringBuilder();
      for (String note : sent.notes()) {
        text.append("# ").append(ShellText.comment(note)).append('\n');
      }
      String inline = inline(sent.body());
      if (inline == null && !sent.body().isEmpty()) {
        text.append("base64 -d <<'").append(BODY_END).append("' |\n");
        text.append(
            Base64.getMimeEncoder(76, new byte[] {'\n'}).encodeToString(sent.body().toArray()));
        text.append('\n').append(BODY_END).append('\n');
      }
      text.append(String.join(" \\\n  ", words(exchange, sent, inline))).append('\n');
      return new Rendered(text.toString(), true);
    } catch (SentRequest.LeftOutException e) {
      return new Rendered("# left out: " + ShellText.comment(e.why()) + "\n", false);
    }
  }

  /** Returns the body as text of the script; null when there is none or it is not fit. */
  private static @Nullable String inline(Bytes body) {
    if (body.isEmpty() || body.length() > MAX_INLINE_BYTES) {
      return null;
    }
    String text = new String(body.toArray(), StandardCharsets.ISO_8859_1);
    return ShellText.isPlain(text) ? text : null;
  }

  private List<String> words(Exchange exchange, SentRequest sent, @Nullable String inline) {
    boolean head = sent.method().equals("HEAD");
    boolean http2 = exchange.protocol().equals("HTTP/2");
    List<String> words = new ArrayList<>();
    words.add("curl -sS -g --path-as-is " + version(exchange, http2));
    words.add(head && sent.body().isEmpty() ? "--head" : "-X " + ShellText.word(sent.method()));
    url(words, sent);
    String socket = exchange.connection().server().address();
    if (socket.startsWith("/") && socket.indexOf('\0') < 0) {
      words.add("--unix-socket " + ShellText.word(socket));
    }
    for (SentRequest.Field field : sent.fields()) {
      String lower = field.name().toLowerCase(Locale.ROOT);
      if (!http2 || !CONNECTION_FIELDS.contains(lower)) {
        // A name with a semicolon behind it is one without a value (curl's manual, --header).
        String line =
            field.value().isEmpty() ? field.name() + ";" : field.name() + ": " + field.value();
        words.add("-H " + ShellText.word(line));
      }
    }
    for (String name : ADDED) {
      if (!sent.has(name.toLowerCase(Locale.ROOT))) {
        words.add("-H '" + name + ":'");
      }
    }
    if (sent.has("accept-encoding")) {
      words.add("--compressed");
    }
    body(words, exchange, sent, inline);
    return words;
  }

  private static String version(Exchange exchange, boolean http2) {
    if (http2) {
      return exchange.connection().scheme().equals("https") ? "--http2" : "--http2-prior-knowledge";
    }
    return exchange.protocol().equals("HTTP/1.0") ? "--http1.0" : "--http1.1";
  }

  private void url(List<String> words, SentRequest sent) {
    String origin =
        retargetable ? "\"${TARGET:-" + sent.origin() + "}\"" : "'" + sent.origin() + "'";
    if (PLAIN_TARGET.matcher(sent.target()).matches()) {
      words.add("--url " + origin + ShellText.word(sent.target()));
    } else {
      words.add("--url " + origin + "'/'");
      words.add("--request-target " + ShellText.word(sent.target()));
    }
  }

  private static void body(
      List<String> words, Exchange exchange, SentRequest sent, @Nullable String inline) {
    HttpRequest request = exchange.request();
    boolean announced =
        request != null
            && (request.headers().first("content-length") != null || sent.has("transfer-encoding"));
    if (sent.body().isEmpty() && (!announced || sent.method().equals("HEAD"))) {
      return;
    }
    for (String name : List.of("Content-Type", "Expect")) {
      if (!sent.has(name.toLowerCase(Locale.ROOT))) {
        words.add("-H '" + name + ":'");
      }
    }
    if (sent.body().isEmpty()) {
      words.add("--data-binary ''");
    } else if (inline == null) {
      words.add("--data-binary @-");
    } else {
      // Unlike --data-binary, this one does not take a first @ for a file's name.
      words.add("--data-raw " + ShellText.word(inline));
    }
  }
}
