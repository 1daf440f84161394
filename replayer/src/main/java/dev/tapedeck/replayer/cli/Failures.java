// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.replayer.cli;

import dev.tapedeck.analyzer.filter.FilterSyntaxException;
import dev.tapedeck.analyzer.rules.RulesException;
import dev.tapedeck.analyzer.text.SafeText;
import dev.tapedeck.format.CaptureFormatException;
import dev.tapedeck.replayer.plan.SelectionException;
import java.io.IOException;
import java.net.BindException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import picocli.CommandLine;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;

/** The one place that turns what went wrong into a line on standard error and an exit code. */
final class Failures {
  private final ReplayerCommand root;

  Failures(ReplayerCommand root) {
    this.root = root;
  }

  /** Answers arguments that picocli cannot accept. */
  int usage(ParameterException failure, String[] arguments) {
    String command = failure.getCommandLine().getCommandSpec().qualifiedName();
    line(message(failure) + ": try '" + command + " --help'");
    if (failure.getCause() != null
        && failure.getCause().getCause() instanceof FilterSyntaxException syntax) {
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
    line(describe(failure));
    if (root.debug()) {
      failure.printStackTrace(root.terminal().err());
    }
    if (failure instanceof CommandFailure known) {
      return known.exitCode();
    }
    return failure instanceof SelectionException ? ExitCode.USAGE : ExitCode.IO;
  }

  private static String describe(Exception failure) {
    if (failure instanceof CommandFailure
        || failure instanceof SelectionException
        || failure instanceof RulesException) {
      return message(failure);
    } else if (failure instanceof NoSuchFileException) {
      return "no such file: " + message(failure) + ": check the path";
    } else if (failure instanceof AccessDeniedException) {
      return "permission denied: "
          + message(failure)
          + ": use the account that owns it, captures are readable by their owner only";
    } else if (failure instanceof CaptureFormatException.Encrypted) {
      return message(failure);
    } else if (failure instanceof CaptureFormatException.Unsupported) {
      return "not a capture this version can read: "
          + message(failure)
          + ": name a .tape file, which 'analyzer import' makes of packets and HTTP Archives, or use"
          + " a newer version";
    } else if (failure instanceof CaptureFormatException) {
      return "damaged capture: " + message(failure) + ": leave --strict out to skip the damage";
    } else if (failure instanceof FileSystemException) {
      return "cannot use file: " + message(failure) + ": check path, space and permissions";
    } else if (failure instanceof BindException) {
      return message(failure) + ": name another port, or port 0 for any that is free";
    } else if (failure instanceof IOException) {
      return "input or output failed: " + message(failure) + ": check disk space and permissions";
    }
    return "internal error: "
        + failure.getClass().getSimpleName()
        + ": run again with --debug and report what it prints";
  }

  private void line(String text) {
    root.terminal().err().println("replayer: " + text);
  }

  private static String message(Exception failure) {
    String message = failure.getMessage();
    return SafeText.escape(message == null ? failure.getClass().getSimpleName() : message);
  }
}
