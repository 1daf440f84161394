// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.replayer.cli;

import dev.tapedeck.analyzer.filter.Filter;
import dev.tapedeck.replayer.mock.UsedUp;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** How the target is started, and what stands in for the services that it calls. */
final class StartOptions {
  @Spec(Spec.Target.MIXEE)
  private CommandSpec mixee = CommandSpec.create();

  @Option(
      names = "--mock",
      description = {
        "Start a mock of the recorded downstream services, and the target's command that follows --"
            + " with the environment to find it."
      })
  private boolean mock;

  @Option(
      names = "--mock-filter",
      paramLabel = "EXPR",
      converter = FilterConverter.class,
      description = "Only downstream answers that the expression means.")
  private @Nullable Filter mockFilter;

  @Option(
      names = "--mock-used-up",
      paramLabel = "WHAT",
      defaultValue = "auto",
      description = {
        "For downstream requests that come more often than recorded: ${COMPLETION-CANDIDATES}."
      })
  private UsedUp usedUp = UsedUp.AUTO;

  @Option(
      names = "--mock-latency",
      paramLabel = "HOW",
      converter = LatencyConverter.class,
      defaultValue = "none",
      description = "Downstream answers take as long as: none, recorded, or xN times faster.")
  private Double latency = 0.0;

  @Option(
      names = "--env",
      paramLabel = "NAME=VALUE",
      description = {
        "Environment of the target's command. {HOST:PORT} in the value is the URL where the mock"
            + " serves that recorded service, {proxy} and {ca} are its proxy and CA file."
      })
  private List<String> environment = List.of();

  @Option(
      names = "--start-timeout",
      paramLabel = "DURATION",
      converter = DurationConverter.class,
      defaultValue = "60s",
      description = "For the target's command to accept connections; 60s by default.")
  private Duration startTimeout = Duration.ofSeconds(60);

  @Option(
      names = "--target-log",
      paramLabel = "FILE",
      description = "Where the target's command writes to; standard error by default.")
  private @Nullable Path log;

  boolean mock() {
    return mock;
  }

  @Nullable Filter mockFilter() {
    return mockFilter;
  }

  UsedUp usedUp() {
    return usedUp;
  }

  double latencyScale() {
    return latency;
  }

  Duration startTimeout() {
    return startTimeout;
  }

  @Nullable Path log() {
    return log;
  }

  /** Returns the variables that are named, with places to be filled. */
  Map<String, String> environment() {
    Map<String, String> variables = new LinkedHashMap<>();
    for (String variable : environment) {
      int equals = variable.indexOf('=');
      if (equals < 1) {
        throw new ParameterException(
            mixee.commandLine(), "variable '" + variable + "': expected NAME=VALUE");
      }
      variables.put(variable.substring(0, equals), variable.substring(equals + 1));
    }
    return variables;
  }

  /**
   * Checks what goes together.
   *
   * @param command that starts the target; empty for none
   */
  void check(List<String> command) {
    if (mock && command.isEmpty()) {
      throw new ParameterException(
          mixee.commandLine(),
          "--mock starts the target: end the line with -- COMMAND ARGS, or use replayer mock");
    }
    if (!environment.isEmpty() && command.isEmpty()) {
      throw new ParameterException(
          mixee.commandLine(), "--env is for the command that follows --, and there is none");
    }
  }
}
