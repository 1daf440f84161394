// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer.importer.packet;

import java.io.IOException;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Hands out the packets of a file, in file order.
 *
 * <p><b>Lifecycle:</b> {@link #next} until it returns null; then {@link #damage} says whether the
 * file ended as it should. <b>Threads:</b> confined to one.
 */
public interface PacketReader {
  /**
   * Returns the next packet; null after the last one that can be read.
   *
   * @throws IOException when the input cannot be read
   */
  @Nullable Packet next() throws IOException;

  /** Returns what ended the reading early, with its offset; null when nothing did. */
  @Nullable String damage();

  /** Returns what the file holds beside packets and what was skipped of it, with counts. */
  Map<String, Long> skipped();

  /** Returns the name of the format, such as {@code pcapng}. */
  String format();
}
