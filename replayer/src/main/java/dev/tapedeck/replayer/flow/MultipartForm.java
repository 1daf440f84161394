// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.replayer.flow;

import dev.tapedeck.replayer.splice.Coding;
import dev.tapedeck.replayer.splice.Parameters.Parameter;
import dev.tapedeck.replayer.splice.Slice;
import java.util.ArrayList;
import java.util.List;

/** The named parts of a multipart form that are no files (RFC 7578). */
final class MultipartForm {
  private static final String NAME = "name=\"";

  private MultipartForm() {}

  static List<Parameter> fields(String text) {
    List<Parameter> fields = new ArrayList<>();
    int lineEnd = text.indexOf("\r\n");
    if (lineEnd < 3 || !text.startsWith("--")) {
      return fields;
    }
    String boundary = "\r\n" + text.substring(0, lineEnd);
    int at = lineEnd;
    while (at >= 0) {
      int head = at + 2;
      int empty = text.indexOf("\r\n\r\n", at);
      int next = text.indexOf(boundary, at);
      if (empty < 0 || next < 0) {
        break;
      }
      int body = empty + 4;
      int end = next < body ? text.indexOf(boundary, empty + 2) : next;
      if (end < 0) {
        break;
      }
      String header = text.substring(Math.min(head, empty), empty);
      int name = header.indexOf(NAME);
      int quote = name < 0 ? -1 : header.indexOf('"', name + NAME.length());
      if (quote >= 0 && !header.contains("filename") && body <= end) {
        fields.add(
            new Parameter(
                header.substring(name + NAME.length(), quote),
                head + name,
                new Slice(body, end, Coding.PLAIN)));
      }
      at = text.indexOf("\r\n", end + boundary.length());
      if (text.startsWith("--", end + boundary.length())) {
        break;
      }
    }
    return fields;
  }
}
