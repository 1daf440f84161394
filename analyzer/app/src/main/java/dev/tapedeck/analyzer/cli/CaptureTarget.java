// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer.cli;

import dev.tapedeck.format.CaptureHeader;
import dev.tapedeck.format.CaptureWriter;
import dev.tapedeck.format.WriterOptions;
import dev.tapedeck.format.WriterStats;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/**
 * A capture that a command makes of others: under its name when it is whole, else not there.
 *
 * <p><b>Lifecycle:</b> write, then {@link #complete}; {@link #close} without it removes what was
 * written. <b>Threads:</b> confined to one.
 */
final class CaptureTarget implements AutoCloseable {
  /** Compressed a little harder than while recording: nobody waits for a call to return. */
  private static final int ZSTD_LEVEL = 3;

  private final CaptureWriter writer;
  private boolean complete;

  private CaptureTarget(CaptureWriter writer) {
    this.writer = writer;
  }

  /**
   * Begins a capture.
   *
   * @param inputs captures that are read, and must not be replaced
   */
  static CaptureTarget create(
      AnalyzerCommand root,
      Path output,
      List<Path> inputs,
      CaptureHeader header,
      WriterOptions options)
      throws IOException {
    CaptureOutput.prepare(root, output, inputs);
    CaptureWriter writer = CaptureWriter.create(output, header, options);
    CaptureOutput.removeUnfinishedOnExit(output);
    return new CaptureTarget(writer);
  }

  /** Returns how such captures are written, unless the user says otherwise. */
  static WriterOptions options() {
    return WriterOptions.newBuilder().zstdLevel(ZSTD_LEVEL).freeSpaceFloorBytes(0).build();
  }

  CaptureWriter writer() {
    return writer;
  }

  /** Gives the file its name. */
  WriterStats complete() throws IOException {
    // What is refused now must not appear under the final name, as a recorder's would.
    writer.flush();
    writer.close();
    complete = true;
    return writer.stats();
  }

  @Override
  public void close() throws IOException {
    if (!complete) {
      IOException failure = new IOException("the file that was begun could not be removed");
      writer.discard(failure);
      if (failure.getSuppressed().length > 0) {
        throw failure;
      }
    }
  }
}
