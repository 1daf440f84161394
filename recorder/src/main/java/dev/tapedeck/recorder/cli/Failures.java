// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.recorder.cli;

import dev.tapedeck.recorder.bpf.BpfException;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import picocli.CommandLine;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;

/** The one place that turns what went wrong into a line on standard error and an exit code. */
final class Failures {
  private final RecorderCommand root;

  Failures(RecorderCommand root) {
    this.root = root;
  }

  /** Answers arguments that picocli or a command cannot accept. */
  int usage(ParameterException failure, String[] arguments) {
    String command = failure.getCommandLine().getCommandSpec().qualifiedName();
    line(message(failure) + "; try '" + command + " --help'");
    if (java.util.Arrays.asList(arguments).contains("--debug")) {
      failure.printStackTrace(root.terminal().err());
    }
    return ExitCode.USAGE;
  }

  /** Answers a command that failed. */
  int execution(Exception failure, CommandLine command, ParseResult parsed) {
    line(describe(failure));
    if (root.debug()) {
      failure.printStackTrace(root.terminal().err());
      if (failure instanceof BpfException bpf && !bpf.log().isEmpty()) {
        root.terminal().err().println(bpf.log());
      }
    }
    if (failure instanceof CommandFailure known) {
      return known.exitCode();
    }
    return failure instanceof BpfException ? ExitCode.PRIVILEGE : ExitCode.IO;
  }

  private static String describe(Exception failure) {
    if (failure instanceof CommandFailure) {
      return message(failure);
    } else if (failure instanceof BpfException bpf) {
      return message(failure)
          + (bpf.isPermissionDenied() ? ": run as root, or see" : ": see")
          + " 'recorder doctor'"
          + (bpf.log().isEmpty() ? "" : "; --debug shows the kernel's log");
    } else if (failure instanceof NoSuchFileException) {
      return "no such file or folder: " + message(failure) + ": check the path";
    } else if (failure instanceof AccessDeniedException) {
      return "permission denied: " + message(failure) + ": choose a place that you may write to";
    } else if (failure instanceof FileSystemException) {
      return "cannot use file: " + message(failure) + ": check path, space and permissions";
    } else if (failure instanceof IOException) {
      return message(failure) + ": check disk space and permissions";
    }
    return "internal error: "
        + failure.getClass().getSimpleName()
        + ": run again with --debug and report what it prints";
  }

  private void line(String text) {
    root.terminal().err().println("recorder: " + text);
  }

  /** Names of files may hold anything; a message is one line. */
  private static String message(Exception failure) {
    String message = failure.getMessage();
    return message == null
        ? failure.getClass().getSimpleName()
        : message.replaceAll("\\p{Cntrl}+", " ");
  }
}
