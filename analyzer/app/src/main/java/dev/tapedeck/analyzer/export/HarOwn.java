// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer.export;

import dev.tapedeck.format.ConnectionId;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.zip.CRC32;
import org.jspecify.annotations.Nullable;

/** What exports of archives and imports of these agree on. */
public final class HarOwn {
  /**
   * Set in the numbers of sockets that stand for the {@code connection} of an archive; a kernel's
   * inodes have 32 bits.
   */
  private static final long NAMED = 1L << 48;

  /** Longer numbers name nothing. */
  private static final int MAX_DIGITS = 12;

  private HarOwn() {}

  /** Returns the socket for the {@code connection} of an archive; −1 when that is no number. */
  public static long socket(String connection) {
    boolean isNumber =
        !connection.isEmpty()
            && connection.length() <= MAX_DIGITS
            && (connection.length() == 1 || connection.charAt(0) != '0')
            && connection.chars().allMatch(c -> c >= '0' && c <= '9');
    return isNumber ? NAMED | Long.parseLong(connection) : -1;
  }

  /** Returns the {@code connection} for which a socket stands; null when it stands for none. */
  static @Nullable String connection(@Nullable ConnectionId id) {
    return id == null || (id.socket() & NAMED) == 0 ? null : Long.toString(id.socket() & ~NAMED);
  }

  /**
   * Returns what tells whether the fields of a message are those that a head was exported with.
   *
   * @param head one character a byte
   * @param line method, URL and version, or status, reason and version, as the archive has them
   * @param fields names and values in turn, as the archive has them
   */
  public static String check(String head, List<String> line, List<String> fields) {
    CRC32 crc = new CRC32();
    update(crc, head);
    line.forEach(text -> update(crc, text));
    fields.forEach(text -> update(crc, text));
    return String.format("%08x", crc.getValue());
  }

  private static void update(CRC32 crc, String text) {
    crc.update(text.getBytes(StandardCharsets.UTF_8));
    crc.update(0);
  }
}
