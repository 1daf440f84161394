// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.replayer.splice;

import dev.tapedeck.analyzer.HeaderField;
import dev.tapedeck.analyzer.HeaderFields;
import dev.tapedeck.analyzer.HttpRequest;
import dev.tapedeck.replayer.splice.EditableRequest.Field;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** The fields of HTTP/2 messages as they are sent: names in lower case. */
public final class Http2Head {
  /** The version of requests that have such a head. */
  static final String VERSION = "HTTP/2";

  private static final String METHOD = ":method";

  private Http2Head() {}

  /**
   * Returns the fields of a head as recorded, pseudo-header fields first (RFC 9113, section 8.3).
   * Where these are not kept, as in some imports, they follow from what is known of the request.
   */
  public static List<Field> of(HttpRequest recorded) {
    List<Field> fields = fields(recorded.headers().withPseudoFields());
    if (fields.stream().noneMatch(field -> field.name().equals(METHOD))) {
      List<Field> pseudo = new ArrayList<>();
      pseudo.add(new Field(METHOD, recorded.method()));
      pseudo.add(new Field(":scheme", "https"));
      if (recorded.authority() != null) {
        pseudo.add(new Field(":authority", recorded.authority()));
      }
      pseudo.add(new Field(":path", recorded.target()));
      fields.addAll(0, pseudo);
    }
    return fields;
  }

  /** Returns the fields of a section. */
  public static List<Field> fields(HeaderFields section) {
    List<Field> fields = new ArrayList<>(section.size());
    for (HeaderField field : section.toList()) {
      fields.add(new Field(field.name().toLowerCase(Locale.ROOT), field.value()));
    }
    return fields;
  }
}
