// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer.cli;

import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ScopeType;
import picocli.CommandLine.Spec;

/** The tool itself, and the options that all its commands share. */
@Command(
    name = "analyzer",
    description =
        "Shows what a capture holds: HTTP sessions and exchanges, rebuilt from its events.",
    mixinStandardHelpOptions = true,
    versionProvider = VersionProvider.class,
    footer = {"", "Example:", "  analyzer exchanges orders.tape"})
final class AnalyzerCommand implements Runnable {
  private final Terminal terminal;

  @Spec private CommandSpec spec = CommandSpec.create();

  @Option(
      names = "--color",
      paramLabel = "WHEN",
      defaultValue = "auto",
      scope = ScopeType.INHERIT,
      description = "Colours: ${COMPLETION-CANDIDATES}. NO_COLOR in the environment is honoured.")
  private ColorMode color = ColorMode.AUTO;

  @Option(
      names = {"-q", "--quiet"},
      scope = ScopeType.INHERIT,
      description = "No progress, no warnings.")
  private boolean quiet;

  @Option(
      names = "--debug",
      scope = ScopeType.INHERIT,
      description = "Print the stack trace of an error.")
  private boolean debug;

  AnalyzerCommand(Terminal terminal) {
    this.terminal = terminal;
  }

  Terminal terminal() {
    return terminal;
  }

  boolean debug() {
    return debug;
  }

  boolean quiet() {
    return quiet;
  }

  boolean progress() {
    return terminal.errIsTerminal() && !quiet;
  }

  boolean colorful() {
    return color == ColorMode.ALWAYS || (color == ColorMode.AUTO && terminal.colorful());
  }

  /** Prints a line on standard error unless told to be quiet. */
  void warn(String text) {
    if (!quiet) {
      terminal.err().println("analyzer: " + TerminalText.escape(text));
    }
  }

  @Override
  public void run() {
    throw new ParameterException(spec.commandLine(), "Missing command");
  }
}
