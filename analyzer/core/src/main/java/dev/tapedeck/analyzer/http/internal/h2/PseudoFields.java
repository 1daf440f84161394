// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer.http.internal.h2;

import dev.tapedeck.format.Bytes;
import java.util.List;

/**
 * Finds the names of fields that were not captured where their place proves them.
 *
 * <p>Pseudo-header fields come before all others, each at most once (RFC 9113, section 8.3). An
 * answer has one, {@code :status}, so that its first field is that. A request whose method is known
 * and not CONNECT has {@code :method}, {@code :scheme} and {@code :path} and may have {@code
 * :authority}: of a field that stands before one of these the name follows when one name is left.
 * Trailers have none at all, so that nothing follows from a field that none of these comes behind.
 */
final class PseudoFields {
  private static final List<String> OF_REQUEST =
      List.of(":method", ":scheme", ":authority", ":path");

  private PseudoFields() {}

  static void disclose(FieldBlock block, DynamicTable table) {
    int last = -1;
    int open = -1;
    int opens = 0;
    boolean plain = false;
    for (int i = 0; i < block.size(); i++) {
      if (block.isPseudo(i)) {
        last = i;
        plain |= block.isNamed(i, ":method") && block.isValueKnown(i);
        if (block.isNamed(i, ":method") && block.value(i).equals("CONNECT")) {
          return;
        }
      }
    }
    for (int i = 0; i < last; i++) {
      if (!block.isNameKnown(i)) {
        open = i;
        opens++;
      }
    }
    if (opens != 1 || !plain) {
      return;
    }
    String left = null;
    for (String name : OF_REQUEST) {
      if (!isIn(block, last, name)) {
        if (left != null) {
          return;
        }
        left = name;
      }
    }
    if (left != null) {
      byte[] name = Bytes.latin1(left).toArray();
      table.disclose(block.number(open), name);
      block.disclose(open, name);
    }
  }

  private static boolean isIn(FieldBlock block, int last, String name) {
    for (int i = 0; i <= last; i++) {
      if (block.isNamed(i, name)) {
        return true;
      }
    }
    return false;
  }
}
