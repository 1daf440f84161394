// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer.importer.har;

import java.io.IOException;
import java.io.InputStream;
import org.jspecify.annotations.Nullable;

/**
 * The entries of an archive, in its order.
 *
 * <p><b>Threads:</b> confined to one. <b>Ownership:</b> the caller closes the stream.
 */
public final class HarArchive {
  private final HarReader reader;

  /**
   * Begins to read an archive.
   *
   * @throws HarFormatException when it is none
   */
  public HarArchive(InputStream in) throws IOException {
    reader = new HarReader(in);
  }

  /**
   * Returns the next entry; null after the last one.
   *
   * @throws HarFormatException with the place of what cannot be read
   */
  public @Nullable HarEntry next() throws IOException {
    HarNode entry = reader.next();
    return entry == null ? null : HarEntry.of(entry);
  }
}
