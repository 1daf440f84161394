// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer.export.script;

import dev.tapedeck.analyzer.Exchange;
import dev.tapedeck.analyzer.export.CaptureRef;
import java.io.IOException;

/**
 * A script that sends recorded requests, written one request at a time.
 *
 * <p><b>Lifecycle:</b> any number of {@link #exchange}, then {@link #finish}. <b>Threads:</b>
 * confined to one.
 */
public interface RequestScript {
  /**
   * Adds an exchange's request, or a comment that says why it is left out.
   *
   * @throws IOException when the script cannot be written
   */
  void exchange(CaptureRef capture, Exchange exchange) throws IOException;

  /** Returns how many exchanges were left out. */
  long leftOut();

  /**
   * Writes what stands behind the last request.
   *
   * @throws IOException when the script cannot be written
   */
  default void finish() throws IOException {}
}
