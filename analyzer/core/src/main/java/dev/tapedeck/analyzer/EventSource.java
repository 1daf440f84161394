// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer;

import dev.tapedeck.format.CaptureReader;
import dev.tapedeck.format.CaptureSections;
import dev.tapedeck.format.CaptureVisitor;
import dev.tapedeck.format.Projection;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * Where events come from; a capture's {@code reader::read} is one, and {@link #of} a better one for
 * several threads.
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

  /**
   * Begins a reading in sections, which give the same and which several threads can decode.
   *
   * <p><b>Ownership:</b> the caller closes it.
   *
   * @return null when the source gives events one after the other only
   * @throws IOException when the source cannot be read
   */
  default @Nullable CaptureSections sections(Projection projection) throws IOException {
    return null;
  }

  /** Returns a capture as a source. */
  static EventSource of(CaptureReader reader) {
    return new EventSource() {
      @Override
      public void read(Projection projection, CaptureVisitor visitor) throws IOException {
        reader.read(projection, visitor);
      }

      @Override
      public CaptureSections sections(Projection projection) throws IOException {
        return reader.sections(projection);
      }
    };
  }
}
