// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.replayer.cli;

import dev.tapedeck.analyzer.text.SafeText;
import dev.tapedeck.replayer.rules.CountedRule;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ScopeType;
import picocli.CommandLine.Spec;

/** The tool itself, and the options that all its commands share. */
@Command(
    name = "replayer",
    description =
        "Sends recorded requests to a test target, at the recorded pace, and says what differs.",
    mixinStandardHelpOptions = true,
    versionProvider = VersionProvider.class,
    footer = {
      "",
      "Example:",
      "  replayer run orders.tape --target https://127.0.0.1:8443 --ca test-ca.pem"
    })
final class ReplayerCommand implements Runnable {
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
      description = "No progress, no summary, no warnings.")
  private boolean quiet;

  @Option(
      names = "--debug",
      scope = ScopeType.INHERIT,
      description = "Print the stack trace of an error.")
  private boolean debug;

  private List<String> commandToStart = List.of();

  ReplayerCommand(Terminal terminal) {
    this.terminal = terminal;
  }

  /** Says what starts the target: what stood behind two dashes. */
  void commandToStart(List<String> command) {
    commandToStart = List.copyOf(command);
  }

  /** Returns what starts the target; empty for nothing. */
  List<String> commandToStart() {
    return commandToStart;
  }

  Terminal terminal() {
    return terminal;
  }

  boolean debug() {
    return debug;
  }

  boolean showsProgress() {
    return terminal.errIsTerminal() && !quiet;
  }

  boolean colorful() {
    return color == ColorMode.ALWAYS || (color == ColorMode.AUTO && terminal.colorful());
  }

  /** Prints a line on standard error unless told to be quiet. */
  void tell(String text) {
    if (!quiet) {
      terminal.err().println("replayer: " + SafeText.escape(text));
    }
  }

  /** Says which rules applied to nothing: most often they are mistakes. */
  void tellUnused(List<CountedRule> rules) {
    for (CountedRule rule : rules) {
      tell("warning: " + rule.at() + ": this rule applied to nothing: " + rule.description());
    }
  }

  @Override
  public void run() {
    throw new ParameterException(spec.commandLine(), "Missing command");
  }
}
