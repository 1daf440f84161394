// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer.cli;

import dev.tapedeck.analyzer.filter.FilterSyntaxException;
import dev.tapedeck.analyzer.terminal.ClosedOutputException;
import dev.tapedeck.analyzer.text.SafeText;
import dev.tapedeck.format.CaptureFormatException;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import picocli.CommandLine;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;

/** The one place that turns what went wrong into a line on standard error and an exit code. */
final class Failures {
  private final AnalyzerCommand root;

  Failures(AnalyzerCommand root) {
    this.root = root;
  }

  /** Answers arguments that picocli cannot accept. */
  int usage(ParameterException failure, String[] arguments) {
    FilterSyntaxException syntax =
        failure.getCause() != null
                && failure.getCause().getCause() instanceof FilterSyntaxException cause
            ? cause
            : null;
    String help =
        syntax == null
            ? failure.getCommandLine().getCommandSpec().qualifiedName() + " --help"
            : "analyzer --help filter";
    String unknown = UnknownCommand.describe(failure);
    line(unknown != null ? unknown : message(failure) + ": try '" + help + "'");
    if (syntax != null) {
      root.terminal().err().println(syntax.marked().indent(2).stripTrailing());
    }
    for (String argument : arguments) {
      if (argument.equals("--debug")) {
        failure.printStackTrace(root.terminal().err());
      }
    }
    return ExitCode.USAGE;
  }

  /** Answers a command that failed. */
  int execution(Exception failure, CommandLine command, ParseResult parsed) {
    if (failure instanceof ClosedOutputException) {
      // Whoever read our output, such as head(1), has seen enough. That is no error.
      return ExitCode.OK;
    }
    return tell(failure);
  }

  /** Tells of a failure, and returns the exit code that it has. */
  int tell(Exception failure) {
    line(describe(failure));
    if (root.debug()) {
      failure.printStackTrace(root.terminal().err());
    }
    return failure instanceof CommandFailure known ? known.exitCode() : ExitCode.IO;
  }

  private static String describe(Exception failure) {
    if (failure instanceof CommandFailure) {
      return message(failure);
    } else if (failure instanceof NoSuchFileException missing && "-".equals(missing.getFile())) {
      return "no such file: -: captures are files and cannot be read from standard input:"
          + " save it to a file and name that";
    } else if (failure instanceof NoSuchFileException) {
      return "no such file: " + message(failure) + ": check the path";
    } else if (failure instanceof AccessDeniedException denied) {
      String file = denied.getFile();
      boolean there = file != null && Files.exists(Path.of(file));
      return "permission denied: "
          + message(failure)
          + (there
              ? ": use the account that owns it, captures are readable by their owner only"
              : ": name a folder that you may write to");
    } else if (failure instanceof CaptureFormatException.Encrypted) {
      return message(failure);
    } else if (failure instanceof CaptureFormatException.Unsupported unsupported) {
      String importer = ForeignFile.importer(unsupported);
      return importer == null
          ? "not a capture this version can read: "
              + message(failure)
              + ": name a .tape file, or use a newer version"
          : "not a capture: " + SafeText.escape(unsupported.name()) + ": " + importer;
    } else if (failure instanceof CaptureFormatException) {
      return "damaged capture: "
          + message(failure)
          + ": leave --strict out to skip what is damaged";
    } else if (failure instanceof FileSystemException) {
      return "cannot use file: " + message(failure) + ": check path, space and permissions";
    } else if (failure instanceof IOException) {
      return "input or output failed: " + message(failure) + ": check disk space and permissions";
    }
    return "internal error: "
        + failure.getClass().getSimpleName()
        + ": run again with --debug and report what it prints";
  }

  private void line(String text) {
    root.meter().pause();
    root.terminal().err().println("analyzer: " + text);
  }

  private static String message(Exception failure) {
    String message = failure.getMessage();
    return SafeText.escape(message == null ? failure.getClass().getSimpleName() : message);
  }
}
