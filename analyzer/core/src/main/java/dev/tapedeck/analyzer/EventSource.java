// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer;

import dev.tapedeck.format.CaptureVisitor;
import dev.tapedeck.format.Projection;
import java.io.IOException;

/**
 * Where events come from; a capture's {@code reader::read} is one.
 *
 * <p>The analyzer reads a source twice: once without payload to link connections with the whole
 * file in view, and once with it. Both readings must give the same events in the same order.
 */
@FunctionalInterface
public interface EventSource {
  /**
   * Hands every event to the visitor, in file order, from the first on.
   *
   * @throws IOException when the source cannot be read, or from the visitor
   */
  void read(Projection projection, CaptureVisitor visitor) throws IOException;
}
