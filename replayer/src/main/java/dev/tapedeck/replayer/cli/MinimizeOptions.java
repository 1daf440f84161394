// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.replayer.cli;

import dev.tapedeck.analyzer.rules.RulesException;
import dev.tapedeck.analyzer.text.SafeText;
import dev.tapedeck.replayer.carry.PlannedFlows;
import dev.tapedeck.replayer.engine.NanoClock;
import dev.tapedeck.replayer.learn.NoiseFinder;
import dev.tapedeck.replayer.minimize.Minimizer;
import dev.tapedeck.replayer.minimize.Reproducer;
import dev.tapedeck.replayer.plan.SelectedExchange;
import dev.tapedeck.replayer.plan.Selection;
import dev.tapedeck.replayer.result.ReplayReport;
import dev.tapedeck.replayer.result.SlowEndpoint;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Stack;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.IParameterPreprocessor;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;

/** Shrinking what differs to a small capture and a test. */
final class MinimizeOptions {
  private static final String FOLDER = "reproducer";
  private static final long RESET_SECONDS = 120;

  @Option(
      names = "--minimize",
      arity = "0..1",
      paramLabel = "DIR",
      preprocessor = OptionalFolder.class,
      description = {
        "When something differs, find the few exchanges that it takes and write them to DIR,"
            + " "
            + FOLDER
            + " by default: a capture and a JUnit test."
      })
  private @Nullable Path folder;

  @Option(
      names = "--minimize-time",
      paramLabel = "DURATION",
      converter = DurationConverter.class,
      description = "For the trials of --minimize; 2m by default.")
  private Duration time = Duration.ofMinutes(2);

  @Option(
      names = "--minimize-trials",
      paramLabel = "N",
      description = "At most so many replays of --minimize; 200 by default.")
  private int trials = 200;

  @Option(
      names = "--reset",
      paramLabel = "COMMAND",
      description =
          "Run by the shell before each trial of --minimize: puts the target back into the state of"
              + " the recording and returns when it accepts connections.")
  private @Nullable String reset;

  /** Leaves a capture that follows the option alone. */
  static final class OptionalFolder implements IParameterPreprocessor {
    @Override
    @SuppressWarnings("JdkObsolete") // picocli's own interface.
    public boolean preprocess(
        Stack<String> args, CommandSpec command, ArgSpec argument, Map<String, Object> info) {
      String next = args.isEmpty() ? "-" : args.peek();
      if (next.startsWith("-") || Files.isRegularFile(Path.of(next))) {
        args.push(FOLDER);
      }
      return false;
    }
  }

  @Nullable Path folder() {
    return folder;
  }

  /** How a replay was held; of the rules that it found. */
  @FunctionalInterface
  interface Conditions {
    Reproducer.Conditions with(String found);
  }

  /**
   * What was replayed.
   *
   * @param chosen the selection that the flows are of
   * @param finder knows what changes by itself
   */
  record Whole(
      CaptureInput input,
      PlannedFlows flows,
      Selection chosen,
      NoiseFinder finder,
      Conditions conditions,
      ReplayerCommand root) {}

  /**
   * Shrinks what a report shows, and writes what is left.
   *
   * @param trial sends a part of the selection, fast and in recorded order
   */
  void minimize(ReplayReport report, Whole whole, Minimizer.Trial trial)
      throws IOException, InterruptedException, RulesException {
    ReplayerCommand root = whole.root();
    Path target = folder;
    if (target == null) {
      return;
    }
    if (report.differences().isEmpty() && report.failures() == 0) {
      root.tell("nothing differs, so there is nothing to minimize");
      return;
    }
    Minimizer minimizer =
        new Minimizer(
            whole.chosen(),
            whole.flows(),
            after(trial),
            trials,
            time,
            NanoClock.SYSTEM,
            progress(root));
    Minimizer.Result result = minimizer.minimize(report);
    if (result.trials() == 0) {
      root.tell("cannot be minimized: there was no connection to the target, see the failures");
      return;
    }
    if (result.gone()) {
      root.tell(
          "cannot be minimized: the target is gone, there was no connection to it in trial "
              + result.trials()
              + (reset == null
                  ? "; --reset COMMAND starts it again before each trial"
                  : "; --reset has to return when it accepts connections"));
      return;
    }
    if (!result.reproduced()) {
      root.tell(
          "cannot be minimized: sent once more, in recorded order and as fast as it goes, nothing of"
              + " it showed"
              + (reset == null ? "; --reset COMMAND puts the target back before each trial" : ""));
      return;
    }
    root.tell(
        result.selection().exchanges().size()
            + " of "
            + report.recorded()
            + " exchanges are enough, found in "
            + result.trials()
            + " trials"
            + (result.exhausted() ? "; the limit was reached, there may be fewer" : ""));
    for (SelectedExchange exchange : result.selection().exchanges()) {
      root.tell(
          SafeText.escape(
              "  " + exchange.id() + " " + exchange.method() + " " + exchange.maskedTarget()));
    }
    if (reset == null) {
      root.tell(
          "the target was not put back between trials: what it kept may stand in for a missing"
              + " exchange, see --reset");
    }
    Reproducer.Conditions conditions = whole.conditions().with(found(whole, result));
    for (Path file :
        Reproducer.write(target, result.selection(), whole.input().captures().get(0), conditions)) {
      root.tell("wrote " + file);
    }
  }

  /** A small capture shows no longer what changes by itself, nor that times count at any pace. */
  private static String found(Whole whole, Minimizer.Result result) {
    Map<String, String> latency = new TreeMap<>();
    for (SlowEndpoint slow : result.report().findings().slow()) {
      latency.put(slow.endpoint(), "    samples: " + slow.minAnswers() + "\n");
    }
    return whole
        .finder()
        .yamlFor(
            result.selection().exchanges(),
            List.of("Found by replayer run: what changes from answer to answer, and what is slow."),
            latency);
  }

  private static Consumer<String> progress(ReplayerCommand root) {
    return root.showsProgress() ? root::tell : line -> {};
  }

  private Minimizer.Trial after(Minimizer.Trial trial) {
    String command = reset;
    if (command == null) {
      return trial;
    }
    return some -> {
      Process process =
          new ProcessBuilder("sh", "-c", command)
              .redirectOutput(ProcessBuilder.Redirect.DISCARD)
              .redirectError(ProcessBuilder.Redirect.INHERIT)
              .start();
      if (!process.waitFor(RESET_SECONDS, TimeUnit.SECONDS)) {
        process.destroyForcibly();
        throw new CommandFailure(
            ExitCode.IO, "--reset: the command takes longer than " + RESET_SECONDS + " s");
      }
      if (process.exitValue() != 0) {
        throw new CommandFailure(
            ExitCode.IO, "--reset: the command ended with status " + process.exitValue());
      }
      return trial.run(some);
    };
  }
}
