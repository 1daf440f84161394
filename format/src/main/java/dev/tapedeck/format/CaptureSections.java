// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.format;

import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * A reading of a capture in sections, which other threads may decode. Decoded one after the other
 * they give what {@link CaptureReader#read(Projection, CaptureVisitor)} gives.
 *
 * <p><b>Threads:</b> confined to one thread. <b>Lifecycle:</b> {@link #close} when no section is
 * being decoded any more.
 */
public interface CaptureSections extends AutoCloseable {
  /** Returns the next section; null after the last one. */
  @Nullable CaptureSection next() throws IOException;

  @Override
  void close();
}
