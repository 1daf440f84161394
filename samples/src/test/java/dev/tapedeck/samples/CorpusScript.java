// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.samples;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Reads a corpus script ({@code samples/captures/README.md} defines the format).
 *
 * <p><b>Units and encoding:</b> scripts are bytes, held as ISO 8859-1 text, one character a byte.
 *
 * @param blocks in the order written
 */
record CorpusScript(List<Block> blocks) {
  private static final Pattern MARKER =
      Pattern.compile(
          "^(>>>|<<<)(?: (calls|base64|gap|close))?(?: (\\d+))?\\r?\\n", Pattern.MULTILINE);
  private static final Pattern ANY_MARKER = Pattern.compile("^(?:>>>|<<<)", Pattern.MULTILINE);

  CorpusScript {
    blocks = List.copyOf(blocks);
  }

  /** What one marker line and its content say. */
  sealed interface Block {
    /** Returns whether the client sends. */
    boolean fromClient();
  }

  /** One call that moves these bytes. */
  record Call(boolean fromClient, String bytes) implements Block {}

  /** Bytes that the recorder lost. */
  record Gap(boolean fromClient, int lengthBytes) implements Block {}

  /** The server closed the connection. */
  record Close() implements Block {
    @Override
    public boolean fromClient() {
      return false;
    }
  }

  static CorpusScript read(Path file) throws IOException {
    return parse(Files.readString(file, StandardCharsets.ISO_8859_1));
  }

  /**
   * Parses a script.
   *
   * @throws IllegalArgumentException when a marker line is not as the format says
   */
  static CorpusScript parse(String text) {
    List<Block> blocks = new ArrayList<>();
    // An end of file right after a word is a line end too.
    String script = text.endsWith("\n") ? text : text + "\n";
    Matcher marker = MARKER.matcher(script);
    Matcher next = ANY_MARKER.matcher(script);
    boolean found = next.find();
    while (found) {
      int start = next.start();
      if (!marker.find(start) || marker.start() != start) {
        int line = (int) script.substring(0, start).chars().filter(c -> c == '\n').count() + 1;
        throw new IllegalArgumentException("line=" + line + ": not a marker line");
      }
      found = next.find();
      String content = script.substring(marker.end(), found ? next.start() : script.length());
      addBlocks(blocks, marker, withoutLastLineEnd(content));
    }
    return new CorpusScript(blocks);
  }

  private static void addBlocks(List<Block> blocks, Matcher marker, String content) {
    boolean fromClient = marker.group(1).equals(">>>");
    String word = marker.group(2);
    int number = marker.group(3) == null ? 0 : Integer.parseInt(marker.group(3));
    if (word == null) {
      blocks.add(new Call(fromClient, content));
      return;
    }
    switch (word) {
      case "calls" -> {
        if (number == 0) {
          throw new IllegalArgumentException("calls=0: the most bytes of a call must be given");
        }
        for (int from = 0; from < content.length(); from += number) {
          int to = Math.min(from + number, content.length());
          blocks.add(new Call(fromClient, content.substring(from, to)));
        }
      }
      case "base64" -> {
        byte[] decoded = Base64.getMimeDecoder().decode(content);
        blocks.add(new Call(fromClient, new String(decoded, StandardCharsets.ISO_8859_1)));
      }
      case "gap" -> blocks.add(new Gap(fromClient, number));
      case "close" -> blocks.add(new Close());
      default -> throw new IllegalArgumentException("word=" + word);
    }
  }

  private static String withoutLastLineEnd(String content) {
    if (content.endsWith("\r\n")) {
      return content.substring(0, content.length() - 2);
    }
    return content.endsWith("\n") ? content.substring(0, content.length() - 1) : content;
  }

  /** Returns the same as text for {@code EventScript}. */
  String toEventScript() {
    StringBuilder script = new StringBuilder();
    for (Block block : blocks) {
      String arrow = block.fromClient() ? ">> " : "<< ";
      if (block instanceof Call call) {
        script.append(arrow).append(escape(call.bytes()));
      } else if (block instanceof Gap gap) {
        script.append(arrow).append("gap ").append(gap.lengthBytes());
      } else {
        script.append("close");
      }
      script.append('\n');
    }
    return script.toString();
  }

  /** Returns the bytes as content of a line of {@code EventScript}. */
  static String escape(String bytes) {
    StringBuilder escaped = new StringBuilder();
    for (int i = 0; i < bytes.length(); i++) {
      char c = bytes.charAt(i);
      // The first character too: it must not look like one of EventScript's own words.
      if (!escaped.isEmpty() && c > ' ' && c < 0x7f && c != '\\') {
        escaped.append(c);
      } else {
        escaped.append("\\x%02x".formatted((int) c));
      }
    }
    return escaped.toString();
  }
}
