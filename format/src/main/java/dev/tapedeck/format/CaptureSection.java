// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.format;

import java.io.IOException;

/**
 * A few records of a capture that follow each other: read, but not yet checked, decompressed and
 * decoded, which needs nothing of the rest of the file.
 *
 * <p><b>Threads:</b> any one thread, once.
 */
public interface CaptureSection {
  /** Returns how many events there are, as far as is known before they are decoded. */
  long events();

  /** Returns about how many bytes of memory it takes, decoded. */
  long bytes();

  /**
   * Gives what the section holds to the visitor, in order.
   *
   * @throws IOException as the whole reading would at this point of the file, or from the visitor
   */
  void decode(CaptureVisitor visitor) throws IOException;
}
