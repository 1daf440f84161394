// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer.cli;

import dev.tapedeck.format.CaptureHeader;
import dev.tapedeck.format.CaptureReader;
import dev.tapedeck.format.CaptureRewriter;
import dev.tapedeck.format.RewriteStats;
import dev.tapedeck.format.WriterOptions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.UnaryOperator;

/** Writes the events of one capture into a new one, and tells about it. */
final class Rewriting {
  private final AnalyzerCommand root;
  private final OutputOptions output;

  Rewriting(AnalyzerCommand root, OutputOptions output) {
    this.root = root;
    this.output = output;
  }

  /** Decides which events are kept, having looked at the capture, and has them counted. */
  @FunctionalInterface
  interface Selector {
    CaptureRewriter select(CaptureReader reader, Progress progress) throws IOException;
  }

  /** Decides how the new file is written, and whether it may be. */
  @FunctionalInterface
  interface Protector {
    WriterOptions options(CaptureReader reader) throws IOException;
  }

  /**
   * Rewrites a capture.
   *
   * @param verb the command, as the new file names it
   * @return the exit code
   */
  int run(String verb, Path file, boolean strict, Protector protector, Selector selector)
      throws IOException {
    return run(verb, file, strict, protector, header -> header, selector);
  }

  /**
   * Rewrites a capture under a header that says more than that of the original.
   *
   * @param verb the command, as the new file names it
   * @return the exit code
   */
  int run(
      String verb,
      Path file,
      boolean strict,
      Protector protector,
      UnaryOperator<CaptureHeader> heading,
      Selector selector)
      throws IOException {
    RewriteReport report = new RewriteReport(root);
    try (CaptureReader reader = Captures.open(root, file, strict);
        Progress progress = new Progress(root, file, reader)) {
      WriterOptions options = protector.options(reader);
      CaptureHeader header =
          heading.apply(
              CaptureRewriter.header(
                  reader.header(), CaptureOutput.newFileId(), verb, CaptureOutput.producer()));
      CaptureRewriter rewriter = selector.select(reader, progress);
      try (CaptureTarget target =
          CaptureTarget.create(root, output.output(), List.of(file), header, options)) {
        RewriteStats events =
            rewriter.copyTo(target.writer(), damage -> report.damage(file, damage));
        progress.pause();
        report.ended(file, reader);
        report.wrote(output.output(), events, target.complete(), Files.size(file));
      }
    }
    return report.exitCode();
  }
}
