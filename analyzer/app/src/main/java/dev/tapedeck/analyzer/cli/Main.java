// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer.cli;

import dev.tapedeck.analyzer.filter.FilterHelp;
import dev.tapedeck.analyzer.terminal.ClosedOutputException;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import picocli.AutoComplete.GenerateCompletion;
import picocli.CommandLine;

/** Starts the analyzer. */
public final class Main {
  private Main() {}

  /** Runs the command that the arguments name and exits with its code. */
  public static void main(String[] arguments) {
    System.exit(run(Terminal.system(), arguments));
  }

  /** Runs the command that the arguments name and returns its exit code. */
  static int run(Terminal terminal, String... arguments) {
    AnalyzerCommand root = new AnalyzerCommand(terminal);
    Failures failures = new Failures(root);
    CommandLine commandLine = commandLine(root);
    commandLine.setParameterExceptionHandler(failures::usage);
    commandLine.setExecutionExceptionHandler(failures::execution);
    commandLine.setOut(new PrintWriter(terminal.out(), false, StandardCharsets.UTF_8));
    commandLine.setErr(new PrintWriter(terminal.err(), true, StandardCharsets.UTF_8));
    if (FilterHelp.isAskedFor(arguments)) {
      commandLine.getOut().print(FilterHelp.page());
    }
    int code =
        FilterHelp.isAskedFor(arguments) ? ExitCode.OK : execute(commandLine, terminal, arguments);
    return end(
        () -> terminal.pager().finish(),
        end(
            () -> {
              commandLine.getOut().flush();
              terminal.out().flush();
            },
            code,
            failures),
        failures);
  }

  /** Something that has to be done at the end. */
  private interface LastStep {
    void take() throws IOException;
  }

  private static int end(LastStep step, int code, Failures failures) {
    try {
      step.take();
    } catch (ClosedOutputException e) {
      // Whoever read our output has seen enough.
      return code;
    } catch (IOException e) {
      // One line was written about that if it is known: a full disk refuses all that is left too.
      return code == ExitCode.IO ? code : Math.max(code, failures.tell(e));
    }
    return code;
  }

  /** A capture may hold one connection that is larger than this machine's memory. */
  private static int execute(CommandLine commandLine, Terminal terminal, String... arguments) {
    try {
      return commandLine.execute(arguments);
    } catch (UnsatisfiedLinkError | ExceptionInInitializerError e) {
      // What is native in a library is unpacked first, where the launcher did not do so before.
      terminal
          .err()
          .println(
              "analyzer: a native library cannot be loaded from "
                  + System.getProperty("java.io.tmpdir")
                  + ", which may be full or mounted noexec: name another folder in TMPDIR");
      return ExitCode.IO;
    } catch (OutOfMemoryError e) {
      terminal
          .err()
          .println("analyzer: out of memory: give it more, such as TAPEDECK_JAVA_OPTS=-Xmx8g");
      return ExitCode.IO;
    }
  }

  /** Returns the tool with all its commands. */
  static CommandLine commandLine(AnalyzerCommand root) {
    CommandLine commandLine = new CommandLine(root);
    commandLine.addSubcommand(new InfoCommand(root));
    commandLine.addSubcommand(new SessionsCommand(root));
    commandLine.addSubcommand(new ExchangesCommand(root));
    commandLine.addSubcommand(new ShowCommand(root));
    commandLine.addSubcommand(new ServeCommand(root));
    commandLine.addSubcommand(new ReportCommand(root));
    commandLine.addSubcommand(
        new CommandLine(new ExportCommand())
            .addSubcommand(new ExportHarCommand(root))
            .addSubcommand(new ExportCurlCommand(root))
            .addSubcommand(new ExportK6Command(root))
            .addSubcommand(new ExportPcapNgCommand(root))
            .addSubcommand(new ExportOpenApiCommand(root))
            .addSubcommand(new ExportParquetCommand(root)));
    commandLine.addSubcommand(
        new CommandLine(new ImportCommand())
            .addSubcommand(new ImportPcapCommand(root))
            .addSubcommand(new ImportHarCommand(root)));
    commandLine.addSubcommand(new StatsCommand(root));
    commandLine.addSubcommand(new QueryCommand(root));
    commandLine.addSubcommand(new DumpCommand(root));
    commandLine.addSubcommand(new DoctorCommand(root));
    commandLine.addSubcommand(new RecoverCommand(root));
    commandLine.addSubcommand(new SplitCommand(root));
    commandLine.addSubcommand(new CatCommand(root));
    commandLine.addSubcommand(new DecryptCommand(root));
    commandLine.addSubcommand(new FilterCommand(root));
    commandLine.addSubcommand(new MergeCommand(root));
    commandLine.addSubcommand(new RepackCommand(root));
    commandLine.addSubcommand(new RedactCommand(root));
    commandLine.addSubcommand(new ScanCommand(root));
    commandLine.addSubcommand(new SchemaCommand(root));
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
