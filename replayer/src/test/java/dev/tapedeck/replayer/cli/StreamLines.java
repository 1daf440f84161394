// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.replayer.cli;

import dev.tapedeck.analyzer.wire.FieldSection;
import dev.tapedeck.analyzer.wire.Http2Writer;
import dev.tapedeck.format.Bytes;
import dev.tapedeck.format.EventScript;
import java.util.ArrayList;
import java.util.List;

/** Lines of event scripts that hold HTTP/2 (RFC 9113). */
final class StreamLines {
  private StreamLines() {}

  /** What both ends of a connection begin with. */
  static List<String> opening(String connection) {
    return List.of(
        connection + " >> " + content(Http2Writer.opening(true)),
        connection + " << " + content(Http2Writer.opening(false)));
  }

  static String content(Bytes frames) {
    return EventScript.escaped(frames.toLatin1());
  }

  /** The frames of a request's head. */
  static Bytes head(String method, String path, int stream, boolean last, String... fields) {
    FieldSection section = new FieldSection();
    section.add(":method", method);
    section.add(":scheme", "http");
    section.add(":path", path);
    section.add(":authority", "a.example");
    for (int i = 0; i < fields.length; i += 2) {
      section.add(fields[i], fields[i + 1]);
    }
    return Http2Writer.section(section, stream, last);
  }

  /** An answer without a body. */
  static Bytes noContent(int stream) {
    FieldSection section = new FieldSection();
    section.add(":status", "204");
    return Http2Writer.section(section, stream, true);
  }

  /** So many connections with so many streams each, which are asked in turn. */
  static List<String> asked(int connections, int streams) {
    List<String> script = new ArrayList<>();
    for (int i = 0; i < connections; i++) {
      script.add(
          "c%d: @ plain server 192.0.2.2:80 <- 192.0.2.%d:%d"
              .formatted(i, 3 + i % 200, 30_000 + i));
      script.addAll(opening("c" + i));
    }
    for (int j = 0; j < streams; j++) {
      for (int i = 0; i < connections; i++) {
        int stream = 2 * j + 1;
        script.add("c" + i + " >> " + content(head("GET", "/" + i, stream, true)));
        script.add("c" + i + " << " + content(noContent(stream)));
      }
    }
    return script;
  }
}
