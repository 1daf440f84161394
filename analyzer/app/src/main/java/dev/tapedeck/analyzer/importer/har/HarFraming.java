// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer.importer.har;

import dev.tapedeck.format.Bytes;
import java.util.List;

/** A message as bytes, once it is known where it stands. */
public interface HarFraming {
  /**
   * A run of a message.
   *
   * @param bytes of it
   * @param unknownBytes how many bytes follow that the archive does not hold
   * @param isLost whether these were lost, not left out
   */
  record Run(Bytes bytes, long unknownBytes, boolean isLost) {
    Run(Bytes bytes, long unknownBytes) {
      this(bytes, unknownBytes, false);
    }
  }

  /**
   * Returns the runs of the message in their order.
   *
   * @param streamId that it has on its connection; HTTP/1 has none and does not look at it
   */
  List<Run> runs(int streamId);
}
