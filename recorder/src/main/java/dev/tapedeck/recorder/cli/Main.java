// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.recorder.cli;

import java.io.OutputStreamWriter;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import picocli.AutoComplete.GenerateCompletion;
import picocli.CommandLine;

/** Starts the recorder. */
public final class Main {
  private Main() {}

  /** Runs the command that the arguments name and exits with its code. */
  public static void main(String[] arguments) {
    StopSignal stop = StopSignal.installed();
    StandardOutput out = StandardOutput.system();
    Terminal terminal = Terminal.system(out);
    int code = run(terminal, stop, arguments);
    String complaint = out.complaint();
    if (complaint != null) {
      terminal.err().println("recorder: standard output: " + complaint + ": check where it goes");
      code = Math.max(code, ExitCode.IO);
    }
    stop.finish(code);
    System.exit(code);
  }

  /** Runs the command that the arguments name and returns its exit code. */
  static int run(Terminal terminal, StopSignal stop, String... arguments) {
    RecorderCommand root = new RecorderCommand(terminal);
    Failures failures = new Failures(root);
    CommandLine commandLine = commandLine(root, stop);
    commandLine.setParameterExceptionHandler(failures::usage);
    commandLine.setExecutionExceptionHandler(failures::execution);
    commandLine.setOut(writer(terminal.out()));
    commandLine.setErr(writer(terminal.err()));
    int code = commandLine.execute(arguments);
    terminal.out().flush();
    terminal.err().flush();
    return code;
  }

  private static PrintWriter writer(PrintStream stream) {
    return new PrintWriter(new OutputStreamWriter(stream, StandardCharsets.UTF_8), true);
  }

  /** Returns the tool with all its commands. */
  static CommandLine commandLine(RecorderCommand root, StopSignal stop) {
    CommandLine commandLine = new CommandLine(root);
    commandLine.addSubcommand(new RecordCommand(root, stop));
    commandLine.addSubcommand(new TargetsCommand(root));
    commandLine.addSubcommand(new DoctorCommand(root));
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
