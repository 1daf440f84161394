// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer.web;

import java.io.IOException;
import java.io.InputStream;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The files of the page. Only what is named here is served: no path leads anywhere else. */
final class PageFiles {
  private static final String SCRIPT = "text/javascript; charset=utf-8";

  private static final Map<String, String> TYPES =
      Map.ofEntries(
          Map.entry("index.html", "text/html; charset=utf-8"),
          Map.entry("style.css", "text/css; charset=utf-8"),
          Map.entry("icon.svg", "image/svg+xml"),
          Map.entry("app.js", SCRIPT),
          Map.entry("api.js", SCRIPT),
          Map.entry("body.js", SCRIPT),
          Map.entry("chart.js", SCRIPT),
          Map.entry("compare.js", SCRIPT),
          Map.entry("connection.js", SCRIPT),
          Map.entry("detail.js", SCRIPT),
          Map.entry("dom.js", SCRIPT),
          Map.entry("fields.js", SCRIPT),
          Map.entry("format.js", SCRIPT),
          Map.entry("help.js", SCRIPT),
          Map.entry("list.js", SCRIPT),
          Map.entry("messages.js", SCRIPT),
          Map.entry("protobuf.js", SCRIPT),
          Map.entry("split.js", SCRIPT),
          Map.entry("tree.js", SCRIPT));

  private PageFiles() {}

  /** Returns the type of a file; null when there is none of that name. */
  static @Nullable String type(String name) {
    return TYPES.get(name);
  }

  static byte[] read(String name) throws IOException {
    try (InputStream file = PageFiles.class.getResourceAsStream(name)) {
      if (file == null) {
        throw new IOException("the program is not whole: it lacks " + name);
      }
      return file.readAllBytes();
    }
  }
}
