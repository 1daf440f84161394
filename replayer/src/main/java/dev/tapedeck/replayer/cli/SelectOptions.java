// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.replayer.cli;

import dev.tapedeck.analyzer.filter.Filter;
import dev.tapedeck.format.ReaderOptions;
import dev.tapedeck.format.Role;
import dev.tapedeck.replayer.carry.PlannedFlows;
import dev.tapedeck.replayer.flow.Flow;
import dev.tapedeck.replayer.plan.Pace;
import dev.tapedeck.replayer.plan.PlanOptions;
import dev.tapedeck.replayer.plan.ReplayPlan;
import dev.tapedeck.replayer.plan.SelectionOptions;
import dev.tapedeck.replayer.plan.ServerPattern;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Which recorded exchanges are sent, and when. */
final class SelectOptions {
  private static final String RECORDED = "recorded";

  @Spec(Spec.Target.MIXEE)
  private CommandSpec mixee = CommandSpec.create();

  @Mixin private CaptureOptions captures = new CaptureOptions();

  @Option(
      names = "--role",
      paramLabel = "ROLE",
      defaultValue = "server",
      description = "Whose exchanges: those of a recorded server, or client; server by default.")
  private Role role = Role.SERVER;

  @Option(
      names = "--server",
      paramLabel = "[IP]:PORT",
      description = "The recorded server whose exchanges are sent, when there are several.")
  private @Nullable String server;

  @Option(
      names = "--filter",
      paramLabel = "EXPR",
      converter = FilterConverter.class,
      description = {
        "Only exchanges that the expression means, such as 'path ~ \"^/orders\"';"
            + " --help filter explains."
      })
  private @Nullable Filter filter;

  @Option(names = "--select", paramLabel = "N", description = "The first N sessions only.")
  private int sessions = Integer.MAX_VALUE;

  @Option(
      names = "--budget",
      paramLabel = "DURATION",
      converter = DurationConverter.class,
      description = "Only what is due within that time, such as 30s.")
  private @Nullable Duration budget;

  @Option(
      names = "--pace",
      paramLabel = "PACE",
      defaultValue = "original",
      description = "original, xN such as x2, RATE/s such as 500/s, or max.")
  private String pace = "original";

  @Option(
      names = "--ramp",
      paramLabel = "DURATION",
      converter = DurationConverter.class,
      description = "Reach the full pace after that time, evenly from none.")
  private Duration ramp = Duration.ZERO;

  @Option(
      names = "--connections",
      paramLabel = "N|recorded",
      defaultValue = RECORDED,
      description = "One connection for each recorded one, or N that all sessions share.")
  private String connections = RECORDED;

  @Option(
      names = "--allow-unsafe",
      description = "Send methods too that may change data on the target: POST, PUT, DELETE...")
  private boolean allowUnsafe;

  @Option(
      names = "--allow-incomplete",
      description =
          "Send requests too of whose body the capture lacks a part, without it; those whose head"
              + " is not whole never.")
  private boolean allowIncomplete;

  @Option(
      names = "--no-flows",
      description = "Send cookies, tokens and ids as recorded instead of those of live answers.")
  private boolean noFlows;

  @Option(
      names = "--recorded-order",
      description =
          "A request also waits for all that had been answered before it when it was recorded.")
  private boolean recordedOrder;

  /** Returns the plan with the values that its requests carry over from live answers. */
  PlannedFlows flows(ReplayPlan plan) {
    ReplayPlan ordered = recordedOrder ? plan.inRecordedOrder() : plan;
    return noFlows ? PlannedFlows.none(ordered) : PlannedFlows.of(ordered);
  }

  boolean carriesValues() {
    return !noFlows;
  }

  /** Returns the values that cannot be carried over. */
  List<Flow> lost(PlannedFlows flows) {
    return noFlows ? List.of() : flows.lost();
  }

  List<Path> files() {
    return captures.files();
  }

  /** Returns how captures are read: with the keys that were named. */
  ReaderOptions readerOptions() throws CommandFailure {
    return captures.readerOptions();
  }

  SelectionOptions selection() {
    try {
      return new SelectionOptions(
          role, server == null ? null : ServerPattern.parse(server), sessions, filter);
    } catch (IllegalArgumentException e) {
      throw new ParameterException(
          mixee.commandLine(), message(e, "--select must be at least 1"), e);
    }
  }

  PlanOptions plan() {
    try {
      return PlanOptions.newBuilder()
          .pace(Pace.parse(pace))
          .allowUnsafe(allowUnsafe)
          .allowIncomplete(allowIncomplete)
          .budget(budget)
          .pooledConnections(pool())
          .ramp(ramp)
          .build();
    } catch (IllegalArgumentException e) {
      throw new ParameterException(mixee.commandLine(), String.valueOf(e.getMessage()), e);
    }
  }

  private int pool() {
    if (connections.equals(RECORDED)) {
      return 0;
    }
    if (!connections.matches("[1-9][0-9]{0,5}")) {
      throw new IllegalArgumentException(
          "connections '" + connections + "': expected recorded or a number from 1");
    }
    return Integer.parseInt(connections);
  }

  private String message(IllegalArgumentException e, String ofSessions) {
    return sessions < 1 ? ofSessions : String.valueOf(e.getMessage());
  }
}
