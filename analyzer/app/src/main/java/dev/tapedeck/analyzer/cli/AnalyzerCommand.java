// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer.cli;

import dev.tapedeck.analyzer.terminal.ProgressMeter;
import dev.tapedeck.analyzer.text.SafeText;
import dev.tapedeck.format.Identities;
import dev.tapedeck.format.ReaderOptions;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
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
  private final ProgressMeter meter;

  @Spec private CommandSpec spec = CommandSpec.create();

  @Option(
      names = "--color",
      paramLabel = "WHEN",
      defaultValue = "auto",
      scope = ScopeType.INHERIT,
      description = "Colours: ${COMPLETION-CANDIDATES}. NO_COLOR in the environment is honoured.")
  private ColorMode color = ColorMode.AUTO;

  @Option(
      names = "--no-pager",
      scope = ScopeType.INHERIT,
      description = "On a terminal, show long results without $PAGER.")
  private boolean noPager;

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

  @Option(
      names = "--identity",
      paramLabel = "KEYFILE",
      scope = ScopeType.INHERIT,
      description =
          "Secret keys for encrypted captures, as age-keygen writes them. May be repeated.")
  private List<Path> keyFiles = new ArrayList<>();

  AnalyzerCommand(Terminal terminal) {
    this.terminal = terminal;
    this.meter = new ProgressMeter(terminal.err(), terminal.clock(), this::progress);
  }

  /** Returns how captures are read: with the keys that were named. */
  ReaderOptions readerOptions(boolean strict) throws CommandFailure {
    try {
      Identities identities = keyFiles.isEmpty() ? Identities.none() : Identities.read(keyFiles);
      return ReaderOptions.defaults().withStrict(strict).withIdentities(identities);
    } catch (IOException e) {
      CommandFailure failure =
          new CommandFailure(
              ExitCode.IO,
              "cannot use the key file",
              String.valueOf(e.getMessage()),
              "name one that age-keygen wrote");
      failure.initCause(e);
      throw failure;
    }
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
    return terminal.errIsTerminal() && !quiet && !terminal.pager().isRunning();
  }

  /** Returns what shows how far long work has come. */
  ProgressMeter meter() {
    return meter;
  }

  /** Returns where results go that a person may want to leaf through. */
  OutputStream pages() {
    if (terminal.outIsTerminal() && !noPager) {
      terminal.pager().page();
    }
    return terminal.out();
  }

  boolean colorful() {
    return color == ColorMode.ALWAYS || (color == ColorMode.AUTO && terminal.colorful());
  }

  /** Returns whether a person reads the results, or they are to look as if one did. */
  boolean forPerson() {
    return terminal.outIsTerminal() || color == ColorMode.ALWAYS;
  }

  /** Prints a line on standard error unless told to be quiet. */
  void warn(String text) {
    if (!quiet) {
      meter.pause();
      terminal.err().println("analyzer: " + SafeText.escape(text));
    }
  }

  @Override
  public void run() {
    throw new ParameterException(spec.commandLine(), "Missing command");
  }
}
