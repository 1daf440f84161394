// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer.sql;

import dev.tapedeck.analyzer.AnalyzerOptions;
import dev.tapedeck.analyzer.EventSource;
import dev.tapedeck.analyzer.Exchange;
import dev.tapedeck.analyzer.export.CaptureRef;
import dev.tapedeck.format.Damage;
import java.io.Closeable;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * A capture that queries read, once for each scan of a table.
 *
 * <p><b>Threads:</b> opened by several, one reading each.
 */
public interface CaptureInput {
  /** Returns its name as the user gave it. */
  String file();

  /** Returns how ids tell it from others. */
  CaptureRef capture();

  /**
   * Opens it.
   *
   * @param payload whether captured bytes are wanted, which takes the keys to them
   * @throws IOException when that is not possible
   */
  Reading open(boolean payload) throws IOException;

  /**
   * An open capture; the caller closes it.
   *
   * <p><b>Threads:</b> confined to one.
   */
  interface Reading extends Closeable {
    /** Returns its events. */
    EventSource source();

    /** Returns how it is to be analysed. */
    AnalyzerOptions options();

    /** Returns what tables show of an exchange; null when it is left out. */
    default @Nullable Exchange view(Exchange exchange) {
      return exchange;
    }

    /** Takes note of a part that could not be read. */
    void damage(Damage damage);

    /** Takes note that it was read to its end. */
    void end() throws IOException;
  }
}
