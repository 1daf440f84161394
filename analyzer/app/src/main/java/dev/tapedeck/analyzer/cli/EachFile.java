// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer.cli;

import dev.tapedeck.analyzer.export.CaptureRef;
import dev.tapedeck.analyzer.terminal.ClosedOutputException;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Path;
import java.util.List;

/**
 * Reports on each of several files. One that cannot be read is told of, and the others are reported
 * all the same.
 *
 * @param <T> what is found out about a file
 */
final class EachFile<T> {
  private final AnalyzerCommand root;
  private final OutputFormat format;
  private final ListOutput.Renderer<T> renderer;

  EachFile(AnalyzerCommand root, OutputFormat format, ListOutput.Renderer<T> renderer) {
    this.root = root;
    this.format = format;
    this.renderer = renderer;
  }

  /** Finds something out about a file. */
  @FunctionalInterface
  interface Reader<T> {
    T read(Path file) throws IOException;
  }

  /** Shows it to a person. */
  @FunctionalInterface
  interface View<T> {
    void show(T found) throws IOException;
  }

  /** Tells whether it is a reason for exit code 1. */
  @FunctionalInterface
  interface Verdict<T> {
    boolean isDamaged(T found);
  }

  /** Returns the worst of the files' exit codes. */
  int report(List<Path> files, Reader<T> reader, View<T> view, Verdict<T> verdict)
      throws IOException {
    OutputStream out = root.terminal().out();
    int worst = ExitCode.OK;
    try (ListOutput<T> list = new ListOutput<>(out, format, "", renderer, null, Long.MAX_VALUE)) {
      for (Path file : files) {
        T found;
        try {
          Captures.check(List.of(file));
          found = reader.read(file);
        } catch (ClosedOutputException e) {
          throw e;
        } catch (IOException e) {
          worst = Math.max(worst, new Failures(root).tell(e));
          continue;
        }
        worst = Math.max(worst, verdict.isDamaged(found) ? ExitCode.DAMAGE : ExitCode.OK);
        if (format == OutputFormat.TABLE) {
          view.show(found);
        } else {
          list.add(CaptureRef.ONLY, found);
        }
      }
      if (format != OutputFormat.TABLE) {
        list.finish();
      }
    }
    out.flush();
    return worst;
  }
}
