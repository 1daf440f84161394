// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.replayer.junit5;

import dev.tapedeck.replayer.RecordedSession;
import dev.tapedeck.replayer.ReplayOutcome;
import dev.tapedeck.replayer.ReplaySuite;
import dev.tapedeck.replayer.ReplayTest;
import dev.tapedeck.replayer.ReplayTestException;
import java.io.Closeable;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ExtensionContext.Namespace;

/**
 * The replay of one test method: its opened captures, its targets, and what came of it.
 *
 * <p><b>Threads:</b> any; the first invocation that asks holds the replay, others wait for it.
 * <b>Ownership:</b> closed with the method's context; it closes the targets of its own.
 */
final class HeldReplay implements AutoCloseable {
  private static final Namespace NAMESPACE = Namespace.create(HeldReplay.class);

  private final CaptureReplayTest test;
  private final TargetSource source;
  private final Located located;
  private final ReplaySuite suite;

  // Guarded by this: targets by session for a fresh one each, else by the empty text.
  private final Map<String, ReplayTarget> targets = new HashMap<>();
  private final Map<String, ReplayOutcome> outcomes = new HashMap<>();
  private final Map<String, Exception> defects = new HashMap<>();

  private HeldReplay(CaptureReplayTest test, Located located, ReplaySuite suite) {
    this.test = test;
    this.source = new TargetSource(test);
    this.located = located;
    this.suite = suite;
  }

  /** Opens the captures that the test names. */
  static HeldReplay open(CaptureReplayTest test, Class<?> testClass)
      throws IOException, ReplayTestException {
    Located located = new Located(testClass);
    boolean opened = false;
    try {
      HeldReplay held = new HeldReplay(test, located, replayTest(test, located).open());
      opened = true;
      return held;
    } finally {
      if (!opened) {
        located.close();
      }
    }
  }

  private static ReplayTest replayTest(CaptureReplayTest test, Located located) throws IOException {
    List<Path> captures = located.findAll(test.value());
    ReplayTest replay =
        ReplayTest.of(captures)
            .role(test.role())
            .maxSessions(test.maxSessions())
            .pace(test.pace())
            .recordedOrder(test.recordedOrder())
            .allowUnsafe(test.allowUnsafe())
            .allowIncomplete(test.allowIncomplete())
            .allowTargets(List.of(test.allowTarget()))
            .carryValues(test.flows())
            .allowDamage(test.allowDamage())
            .identities(located.findAll(test.identity()))
            .insecure(test.insecure())
            .keepHost(test.keepHost())
            .concurrency(test.concurrency())
            .maxErrors(test.maxErrors())
            .connectTimeout(Duration.ofMillis(test.connectTimeoutMillis()))
            .answerTimeout(Duration.ofMillis(test.answerTimeoutMillis()))
            .rules(located.findAll(test.rules()))
            .repeats(test.repeats())
            .includeSecrets(test.includeSecrets());
    if (!test.server().isEmpty()) {
      replay.server(test.server());
    }
    if (!test.filter().isEmpty()) {
      replay.filter(test.filter());
    }
    if (!test.baseline().isEmpty()) {
      replay.baseline(TargetSource.filled(test.baseline()));
    }
    if (!test.certificateAuthorities().isEmpty()) {
      replay.certificateAuthorities(located.find(test.certificateAuthorities()));
    }
    if (!test.clientCertificate().isEmpty() || !test.clientKey().isEmpty()) {
      replay.clientCertificate(
          located.find(test.clientCertificate()), located.find(test.clientKey()));
    }
    if (!test.serverName().isEmpty()) {
      replay.serverName(test.serverName());
    }
    return replay;
  }

  CaptureReplayTest test() {
    return test;
  }

  List<RecordedSession> sessions() {
    return suite.sessions();
  }

  /** Returns the target of a session, started when it does not run yet. */
  synchronized URI target(RecordedSession session, ExtensionContext context) throws Exception {
    String key = key(session);
    ReplayTarget running = targets.get(key);
    if (running == null) {
      if (test.lifecycle() == TargetLifecycle.CLASS) {
        running = shared(context);
      } else {
        running = source.start(context);
        keep(key, running, context);
      }
      targets.put(key, running);
    }
    return running.url();
  }

  /** A target of a session alone ends with the invocation, or the last of its exchanges. */
  private void keep(String key, ReplayTarget running, ExtensionContext context) {
    if (!key.isEmpty() && test.each() == Each.SESSION) {
      context.getStore(NAMESPACE).put(key, new Closing(running::close));
    }
  }

  /** Targets of a class are kept in its context, by factory. */
  private ReplayTarget shared(ExtensionContext context) throws Exception {
    ExtensionContext ofClass = context;
    while (ofClass.getTestMethod().isPresent()) {
      ofClass = ofClass.getParent().orElseThrow();
    }
    synchronized (NAMESPACE) {
      ExtensionContext.Store store = ofClass.getStore(NAMESPACE);
      ReplayTarget running = store.get(test.targetFactory(), ReplayTarget.class);
      if (running == null) {
        running = source.start(context);
        store.put(test.targetFactory(), running);
        store.put(List.of(test.targetFactory()), new Closing(running::close));
      }
      return running;
    }
  }

  /**
   * Returns what became of a session. The replay is held by the first that asks; when it cannot be
   * held, all fail alike.
   */
  synchronized ReplayOutcome outcome(RecordedSession session, ExtensionContext context)
      throws Exception {
    String key = key(session);
    Exception defect = defects.get(key);
    if (defect != null) {
      throw new IOException("the replay could not be held: " + defect.getMessage(), defect);
    }
    ReplayOutcome outcome = outcomes.get(key);
    if (outcome == null) {
      try {
        String url = target(session, context).toString();
        outcome = key.isEmpty() ? suite.run(url) : suite.run(url, session);
      } catch (Exception e) {
        defects.put(key, e);
        throw e;
      }
      outcomes.put(key, outcome);
      tellUnusedRules(outcome, context);
    }
    return key.isEmpty() ? outcome.of(session) : outcome;
  }

  private void tellUnusedRules(ReplayOutcome outcome, ExtensionContext context) {
    if (test.lifecycle() != TargetLifecycle.SESSION) {
      outcome
          .report()
          .unusedRules()
          .forEach(
              rule ->
                  context.publishReportEntry(
                      "tapedeck.unused_rule",
                      Path.of(rule.at().file()).getFileName()
                          + ":"
                          + rule.at().line()
                          + ": "
                          + rule.description()));
    }
  }

  private String key(RecordedSession session) {
    return test.lifecycle() == TargetLifecycle.SESSION ? session.id() : "";
  }

  @Override
  public void close() throws IOException {
    List<Closeable> all = new ArrayList<>();
    synchronized (this) {
      if (test.lifecycle() != TargetLifecycle.CLASS) {
        targets.values().forEach(target -> all.add(target::close));
      }
    }
    all.add(suite::close);
    all.add(located::close);
    IOException first = null;
    for (Closeable one : all) {
      first = closed(one, first);
    }
    if (first != null) {
      throw first;
    }
  }

  private static @Nullable IOException closed(Closeable one, @Nullable IOException first) {
    try {
      one.close();
    } catch (IOException e) {
      if (first == null) {
        return e;
      }
      first.addSuppressed(e);
    }
    return first;
  }
}
