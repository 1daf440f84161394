// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.replayer.cli;

import dev.tapedeck.replayer.Replayer;
import dev.tapedeck.replayer.capture.RecordedCapture;
import dev.tapedeck.replayer.mock.MockOptions;
import dev.tapedeck.replayer.mock.ReplayWatch;
import dev.tapedeck.replayer.mock.server.MockAccount;
import dev.tapedeck.replayer.plan.ReplayPlan;
import dev.tapedeck.replayer.plan.ServerPattern;
import dev.tapedeck.replayer.rules.ReplayRules;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a replay is asked to have around it: the target's process, and a mock of the services that
 * it calls. Nothing unless the command line says so.
 *
 * <p><b>Lifecycle:</b> {@link #start}, {@link #beside} for each replay, {@link #asked}, {@link
 * #close}.
 */
final class Surroundings implements AutoCloseable {
  private final ReplayerCommand root;
  private final StartOptions options;
  private final StopSignal stop;
  private final boolean includeSecrets;
  private final ReplayWatch watch = new ReplayWatch();
  private ReplayRules rules = ReplayRules.NONE;
  private @Nullable StartedMock mock;
  private @Nullable TestBed bed;

  Surroundings(
      ReplayerCommand root, StartOptions options, StopSignal stop, boolean includeSecrets) {
    this.root = root;
    this.options = options;
    this.stop = stop;
    this.includeSecrets = includeSecrets;
  }

  /** Starts what is asked for; returns when the target accepts connections at the address. */
  void start(
      List<RecordedCapture> captures,
      ReplayPlan plan,
      ReplayRules declared,
      InetSocketAddress target)
      throws IOException, InterruptedException {
    rules = declared;
    if (options.mock()) {
      mock = mock(captures, plan);
      watch.mockedBy(mock.book());
      mock.tellLeftOut();
    }
    if (!root.commandToStart().isEmpty()) {
      bed = new TestBed(root, options, target);
      bed.start(root.commandToStart(), mock, stop);
    }
  }

  /** The answers of the server under test are not served: it is there. */
  private StartedMock mock(List<RecordedCapture> captures, ReplayPlan plan) throws IOException {
    ServerPattern tested =
        plan.requests().isEmpty()
            ? null
            : ServerPattern.of(plan.requests().get(0).exchange().exchange().connection().server());
    MockOptions choice =
        new MockOptions(
            rules.mock(),
            options.mockFilter(),
            tested,
            options.usedUp(),
            options.latencyScale(),
            includeSecrets);
    return new StartedMock(root, captures, choice, watch, ListenAddress.parse("0"), Map.of(), true);
  }

  /** Returns the replayer of a replay that begins: all answers of the mock are there again. */
  Replayer beside(Replayer replayer) {
    if (mock == null) {
      return replayer;
    }
    mock.book().startOver();
    return replayer.watchedBy(watch);
  }

  /** Says how it went, and returns what the mock was asked; null when there is none. */
  @Nullable MockAccount asked() throws IOException {
    if (bed != null) {
      bed.tellEnd();
    }
    if (mock == null) {
      return null;
    }
    root.tellUnused(rules.unusedOfMocks());
    return mock.finish();
  }

  @Override
  public void close() throws IOException {
    // The target first: it may still be calling.
    try {
      if (bed != null) {
        bed.close();
      }
    } finally {
      if (mock != null) {
        mock.close();
      }
    }
  }
}
