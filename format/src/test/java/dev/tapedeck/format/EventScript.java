// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.format;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Events and captures written as readable lines; no kernel is needed.
 *
 * <pre>
 * c1: &#64; plain client 10.0.0.1:40000 -&gt; 10.0.0.2:80   opens a connection; the name is optional,
 *                                                  the arrow points from client to server
 * &#64; tls server 10.0.0.2:443 &lt;- 10.0.0.1:40000     the same with a TLS session, bound by set_fd
 * &#64; plain server ... fd 7                          with a descriptor of that number
 * &#64; plain client ... by server                     of the process that is the server elsewhere
 * &gt;&gt; GET / HTTP/1.1\r\n\r\n     bytes of the client to the server
 * &lt;&lt; HTTP/1.1 200 OK\r\n\r\n    bytes of the server to the client
 * c1 &lt;&lt; more                    of the connection named so; without a name: the last one opened
 *                               without a name, else the last one opened
 * &lt;&lt; gap 4                      4 bytes went by that the capture lacks
 * &lt;&lt; lost 4                     the same, stated by a loss event
 * &lt;&lt; cut 3 abcdef               only the first 3 bytes were captured
 * &lt;&lt; at 12 late                 bytes at that position: late, or twice
 * + 5ms                         time goes by (ns, us, ms, s); each line takes 1 ms anyway
 * loss RING_FULL 3 100          3 events and 100 bytes lost somewhere; -1 for not known
 * close                         the process closes the connection; also "close c1"
 * # comment
 * </pre>
 *
 * Content knows the escapes {@code \r \n \t \0 \xHH \\}. Without an {@code @} line there is one
 * plain connection {@code 192.0.2.1:40000 -> 192.0.2.2:80}, seen from the server. Every script
 * begins with a clock event; every process with an exec event.
 *
 * <p><b>Threads:</b> immutable.
 */
public final class EventScript {
  private static final String DEFAULT_CONNECTION = "@ plain server 192.0.2.1:40000 -> 192.0.2.2:80";
  private static final String NAME = "(?:([A-Za-z]\\w*)%s)?";
  private static final Pattern OPEN =
      Pattern.compile(
          NAME.formatted(":\\s*")
              + "@\\s+(plain|tls)\\s+(client|server)\\s+(\\S+)\\s+(->|<-)\\s+(\\S+)"
              + "(?:\\s+fd\\s+(\\d+))?(?:\\s+by\\s+(server))?");
  private static final Pattern MOVE =
      Pattern.compile(NAME.formatted("\\s+") + "(>>|<<)(?: (.*))?", Pattern.DOTALL);
  private static final Pattern MISSING = Pattern.compile("(gap|lost) (\\d+)");
  private static final Pattern CUT = Pattern.compile("cut (\\d+) (.*)", Pattern.DOTALL);
  private static final Pattern AT = Pattern.compile("at (\\d+) (.*)", Pattern.DOTALL);
  private static final Pattern WAIT = Pattern.compile("\\+\\s*(\\d+)\\s*(ns|us|ms|s)");
  private static final Pattern LOSS = Pattern.compile("loss ([A-Z_]+) (-?\\d+) (-?\\d+)");
  private static final Pattern CLOSE = Pattern.compile("close(?: (\\w+))?");

  private final List<String> lines;
  private final List<CaptureEvent> events;
  private final int longestContentBytes;

  private EventScript(List<String> lines, Chunking chunking) {
    this.lines = lines;
    ScriptRun run = new ScriptRun(chunking);
    if (lines.stream().noneMatch(line -> OPEN.matcher(line).matches())) {
      apply(run, DEFAULT_CONNECTION);
    }
    lines.forEach(line -> apply(run, line));
    this.events = List.copyOf(run.events());
    this.longestContentBytes = run.longestContentBytes();
  }

  /**
   * Reads a script.
   *
   * @throws IllegalArgumentException naming the line that is none
   */
  public static EventScript parse(String text) {
    List<String> lines = new ArrayList<>();
    for (String line : text.split("\n", -1)) {
      String begun = line.stripLeading();
      if (!begun.isEmpty() && !begun.startsWith("#")) {
        lines.add(
            MOVE.matcher(begun).matches() ? begun : begun.replaceFirst("\\s+#.*", "").strip());
      }
    }
    return new EventScript(List.copyOf(lines), Chunking.whole());
  }

  /** Returns the same script with every content split; the parts of one keep its time. */
  public EventScript withChunking(Chunking newChunking) {
    return new EventScript(lines, newChunking);
  }

  /** Returns the events, in order. */
  public List<CaptureEvent> events() {
    return events;
  }

  /** Returns the length of the longest content of a line. */
  public int longestContentBytes() {
    return longestContentBytes;
  }

  /** Returns the header of captures of this script. */
  public CaptureHeader header() {
    return TestObjects.header();
  }

  /** Writes the capture of this script, the same bytes each time. */
  public void writeTo(Path file) throws IOException {
    try (CaptureWriter writer = CaptureWriter.create(file, header(), WriterOptions.defaults())) {
      for (CaptureEvent event : events) {
        writer.write(event);
      }
    }
  }

  /** Returns the bytes of the capture of this script. */
  public byte[] toCapture(WriterOptions options) {
    InMemoryChannel channel = new InMemoryChannel();
    try (CaptureWriter writer = CaptureWriter.create(channel, "script.tape", header(), options)) {
      for (CaptureEvent event : events) {
        writer.write(event);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return channel.toByteArray();
  }

  private static void apply(ScriptRun run, String line) {
    Matcher matcher = OPEN.matcher(line);
    if (matcher.matches()) {
      boolean client = matcher.group(3).equals("client");
      boolean leftIsClient = matcher.group(5).equals("->");
      Endpoint left = endpoint(matcher.group(4));
      Endpoint right = endpoint(matcher.group(6));
      boolean leftIsLocal = client == leftIsClient;
      run.open(
          matcher.group(1),
          matcher.group(2).equals("tls"),
          client ? Role.CLIENT : Role.SERVER,
          client && matcher.group(8) == null ? Role.CLIENT : Role.SERVER,
          new FlowKey(leftIsLocal ? left : right, leftIsLocal ? right : left, 0),
          matcher.group(7) == null ? -1 : Integer.parseInt(matcher.group(7)));
      return;
    }
    matcher = MOVE.matcher(line);
    if (matcher.matches()) {
      String content = matcher.group(3) == null ? "" : matcher.group(3);
      move(run, matcher.group(1), matcher.group(2).equals(">>"), content);
      return;
    }
    matcher = WAIT.matcher(line);
    if (matcher.matches()) {
      run.advance(Long.parseLong(matcher.group(1)) * nanosOf(matcher.group(2)));
      return;
    }
    matcher = LOSS.matcher(line);
    if (matcher.matches()) {
      run.loss(
          LossEvent.Cause.valueOf(matcher.group(1)),
          Long.parseLong(matcher.group(2)),
          Long.parseLong(matcher.group(3)));
      return;
    }
    matcher = CLOSE.matcher(line);
    if (matcher.matches()) {
      run.close(matcher.group(1));
      return;
    }
    throw new IllegalArgumentException("no line of a script: " + line);
  }

  private static void move(ScriptRun run, String name, boolean toServer, String content) {
    Matcher missing = MISSING.matcher(content);
    Matcher cut = CUT.matcher(content);
    Matcher at = AT.matcher(content);
    if (missing.matches()) {
      long lengthBytes = Long.parseLong(missing.group(2));
      run.skip(name, toServer, lengthBytes, missing.group(1).equals("lost"));
    } else if (cut.matches()) {
      run.cut(name, toServer, unescape(cut.group(2)), Integer.parseInt(cut.group(1)));
    } else if (at.matches()) {
      run.moveAt(name, toServer, Long.parseLong(at.group(1)), unescape(at.group(2)));
    } else {
      run.move(name, toServer, unescape(content));
    }
  }

  private static long nanosOf(String unit) {
    return switch (unit) {
      case "ns" -> 1;
      case "us" -> 1_000;
      case "ms" -> 1_000_000;
      default -> 1_000_000_000;
    };
  }

  private static Endpoint endpoint(String text) {
    int colon = text.lastIndexOf(':');
    if (colon < 0) {
      throw new IllegalArgumentException("no address and port: " + text);
    }
    String address = text.substring(0, colon).replace("[", "").replace("]", "");
    return new Endpoint(address, Integer.parseInt(text.substring(colon + 1)));
  }

  /**
   * Returns the content of a line that means these bytes.
   *
   * @param bytes one ISO 8859-1 character each
   */
  public static String escaped(String bytes) {
    StringBuilder content = new StringBuilder();
    for (int i = 0; i < bytes.length(); i++) {
      char c = bytes.charAt(i);
      switch (c) {
        case '\r' -> content.append("\\r");
        case '\n' -> content.append("\\n");
        case '\\' -> content.append("\\\\");
        default -> content.append(c < ' ' || c > '~' ? String.format("\\x%02x", (int) c) : c);
      }
    }
    return content.toString();
  }

  /** Returns the content of a line that means these bytes. */
  public static String escaped(byte[] bytes) {
    return escaped(new String(bytes, StandardCharsets.ISO_8859_1));
  }

  /** Returns the bytes of content with escapes; characters are UTF-8. */
  static Bytes unescape(String content) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    int at = 0;
    while (at < content.length()) {
      int plain = content.indexOf('\\', at);
      int end = plain < 0 ? content.length() : plain;
      bytes.writeBytes(content.substring(at, end).getBytes(StandardCharsets.UTF_8));
      if (plain < 0) {
        break;
      }
      if (plain + 1 == content.length()) {
        throw new IllegalArgumentException("content ends inside an escape: " + content);
      }
      at = plain + 2;
      switch (content.charAt(plain + 1)) {
        case 'r' -> bytes.write('\r');
        case 'n' -> bytes.write('\n');
        case 't' -> bytes.write('\t');
        case '0' -> bytes.write(0);
        case '\\' -> bytes.write('\\');
        case 'x' -> {
          bytes.write(Integer.parseInt(content.substring(at, at + 2), 16));
          at += 2;
        }
        default -> throw new IllegalArgumentException("unknown escape in: " + content);
      }
    }
    byte[] array = bytes.toByteArray();
    return Bytes.wrap(array, 0, array.length);
  }
}
