// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer.cli;

import dev.tapedeck.analyzer.sql.SqlEngine;
import dev.tapedeck.analyzer.sql.SqlException;
import java.io.IOException;

/** Runs statements with errors as other commands tell them. */
final class Queries {
  private Queries() {}

  /** Something that runs a statement. */
  @FunctionalInterface
  interface Step {
    void run() throws IOException;
  }

  static void run(Step step) throws IOException {
    try {
      step.run();
    } catch (SqlException e) {
      CommandFailure failure =
          new CommandFailure(
              ExitCode.USAGE,
              "SQL: " + e.what(),
              e.place() == null ? "statement" : e.place(),
              "docs/SQL.md lists tables and columns");
      failure.initCause(e);
      throw failure;
    } catch (SqlEngine.TooLargeException e) {
      CommandFailure failure =
          new CommandFailure(
              ExitCode.IO,
              "the query needs more memory than it may have",
              e.memoryMebibytes() + " MiB, and of encrypted captures nothing is put on disk",
              "ask for fewer rows, columns or groups at once");
      failure.initCause(e);
      throw failure;
    }
  }
}
