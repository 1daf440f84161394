// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer.cli;

import dev.tapedeck.analyzer.terminal.ProgressMeter;
import java.io.FileDescriptor;
import java.io.FileInputStream;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import picocli.CommandLine.Parameters;

/** What a command imports. */
final class ImportInput {
  private static final String STANDARD_INPUT = "-";

  @Parameters(
      paramLabel = "IN",
      description = "File to import, also compressed with gzip or zstd; - for standard input.")
  private Path file = Path.of(STANDARD_INPUT);

  /** Opens it, and shows how far it was read. */
  InputStream open(AnalyzerCommand root) throws IOException {
    ProgressMeter.Work work =
        root.meter()
            .begin(
                "importing",
                isStandardInput() ? name() : String.valueOf(file.getFileName()),
                isStandardInput() ? 0 : Files.size(file),
                ProgressMeter.Unit.BYTES);
    return new MeteredInput(
        isStandardInput() ? new FileInputStream(FileDescriptor.in) : Files.newInputStream(file),
        work);
  }

  /** Tells how many bytes were read of a stream. */
  private static final class MeteredInput extends FilterInputStream {
    private final ProgressMeter.Work work;
    private long count;

    MeteredInput(InputStream in, ProgressMeter.Work work) {
      super(in);
      this.work = work;
    }

    @Override
    public int read() throws IOException {
      int value = super.read();
      add(value < 0 ? 0 : 1);
      return value;
    }

    @Override
    public int read(byte[] bytes, int offset, int length) throws IOException {
      int read = super.read(bytes, offset, length);
      add(Math.max(0, read));
      return read;
    }

    private void add(int bytes) {
      count += bytes;
      work.at(count);
    }

    @Override
    public void close() throws IOException {
      work.close();
      super.close();
    }
  }

  /** Returns how to call it in messages. */
  String name() {
    return isStandardInput() ? "standard input" : file.toString();
  }

  /** Returns the files that must not be replaced. */
  List<Path> files() {
    return isStandardInput() ? List.of() : List.of(file);
  }

  private boolean isStandardInput() {
    return file.toString().equals(STANDARD_INPUT);
  }

  /** Returns the time for a capture's header. */
  static long nowNanos(AnalyzerCommand root) {
    return TimeUnit.MILLISECONDS.toNanos(root.terminal().clock().millis());
  }
}
