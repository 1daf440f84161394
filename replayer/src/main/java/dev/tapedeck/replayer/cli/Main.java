// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.replayer.cli;

import dev.tapedeck.analyzer.filter.FilterHelp;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.util.List;
import picocli.AutoComplete.GenerateCompletion;
import picocli.CommandLine;

/** Starts the replayer. */
public final class Main {
  private Main() {}

  /** Runs the command that the arguments name and exits with its code. */
  public static void main(String[] arguments) {
    StopSignal stop = StopSignal.installed();
    int code = run(Terminal.system(), stop, arguments);
    stop.finish(code);
    System.exit(code);
  }

  /** Runs the command that the arguments name and returns its exit code. */
  static int run(Terminal terminal, StopSignal stop, String... arguments) {
    ReplayerCommand root = new ReplayerCommand(terminal);
    Failures failures = new Failures(root);
    CommandLine commandLine = commandLine(root, stop);
    commandLine.setParameterExceptionHandler(failures::usage);
    commandLine.setExecutionExceptionHandler(failures::execution);
    commandLine.setOut(new PrintWriter(terminal.out(), true, StandardCharsets.UTF_8));
    commandLine.setErr(new PrintWriter(terminal.err(), true, StandardCharsets.UTF_8));
    List<String> all = List.of(arguments);
    int dashes = all.indexOf("run") < 0 ? -1 : all.indexOf("--");
    if (dashes >= 0) {
      root.commandToStart(all.subList(dashes + 1, all.size()));
      all = all.subList(0, dashes);
    }
    int code = execute(commandLine, terminal, all.toArray(new String[0]));
    String complaint = terminal.results().complaint();
    if (complaint == null || code >= ExitCode.IO) {
      return code;
    }
    terminal
        .err()
        .println(
            "replayer: standard output cannot be written: " + complaint + ": check where it goes");
    return ExitCode.IO;
  }

  /** A capture, or the answers to it, may be larger than this machine's memory. */
  private static int execute(CommandLine commandLine, Terminal terminal, String... arguments) {
    try {
      int code = ExitCode.OK;
      if (FilterHelp.isAskedFor(arguments)) {
        terminal.out().print(FilterHelp.page());
      } else {
        code = commandLine.execute(arguments);
      }
      terminal.out().flush();
      return code;
    } catch (OutOfMemoryError e) {
      terminal
          .err()
          .println("replayer: out of memory: give it more, such as TAPEDECK_JAVA_OPTS=-Xmx8g");
      return ExitCode.IO;
    }
  }

  /** Returns the tool with all its commands. */
  static CommandLine commandLine(ReplayerCommand root, StopSignal stop) {
    CommandLine commandLine = new CommandLine(root);
    commandLine.addSubcommand(new RunCommand(root, stop));
    commandLine.addSubcommand(new PlanCommand(root));
    commandLine.addSubcommand(new LearnCommand(root, stop));
    commandLine.addSubcommand(new MockCommand(root, stop));
    CommandLine completion = new CommandLine(new GenerateCompletion());
    completion.getCommandSpec().usageMessage().hidden(true);
    commandLine.addSubcommand(completion);
    commandLine.setCaseInsensitiveEnumValuesAllowed(true);
    describeExitCodes(commandLine);
    return commandLine;
  }

  private static void describeExitCodes(CommandLine command) {
    command
        .getCommandSpec()
        .usageMessage()
        .exitCodeListHeading("%nExit codes:%n")
        .exitCodeList(ExitCode.descriptions());
    command.getSubcommands().values().forEach(Main::describeExitCodes);
  }
}
