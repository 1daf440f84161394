// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.replayer;

import dev.tapedeck.analyzer.text.SafeText;
import dev.tapedeck.format.Damage;
import dev.tapedeck.replayer.capture.BodyStore;
import dev.tapedeck.replayer.capture.CaptureLoader;
import dev.tapedeck.replayer.capture.RecordedCapture;
import dev.tapedeck.replayer.carry.PlannedFlows;
import dev.tapedeck.replayer.diff.ComparatorOptions;
import dev.tapedeck.replayer.learn.NoiseFinder;
import dev.tapedeck.replayer.learn.NoiseThresholds;
import dev.tapedeck.replayer.plan.PlannedRequest;
import dev.tapedeck.replayer.plan.ReplayPlan;
import dev.tapedeck.replayer.plan.SelectedExchange;
import dev.tapedeck.replayer.plan.Selection;
import dev.tapedeck.replayer.plan.SelectionException;
import dev.tapedeck.replayer.result.ReplayReport;
import dev.tapedeck.replayer.rules.ReplayRules;
import dev.tapedeck.replayer.target.RefusedTargetException;
import dev.tapedeck.replayer.target.Target;
import dev.tapedeck.replayer.target.TargetResolver;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Opened captures, and the sessions of them that a test sends.
 *
 * <p><b>Lifecycle:</b> made by {@link ReplayTest#open}; any number of runs; closed by the caller,
 * after which outcomes are still good. <b>Threads:</b> runs block their caller; one at a time.
 */
public final class ReplaySuite implements AutoCloseable {
  private final ReplayTest test;
  private final ReplayRules rules;
  private final BodyStore bodies = BodyStore.ofDefaultSize();
  private final List<RecordedCapture> captures;
  private final Selection selection;
  private final List<RecordedSession> sessions;
  private @Nullable ReplayRules repeated;

  /** Opens the captures and closes what it opened when that fails. */
  ReplaySuite(ReplayTest test, ReplayRules rules)
      throws IOException, SelectionException, ReplayTestException {
    this.test = test;
    this.rules = rules;
    boolean opened = false;
    try {
      captures = load();
      selection = Selection.of(captures, test.selection());
      sessions = sessionsOf(selection);
      opened = true;
    } finally {
      if (!opened) {
        bodies.close();
      }
    }
  }

  private List<RecordedCapture> load() throws IOException, ReplayTestException {
    CaptureLoader loader = new CaptureLoader(test.readerOptions(), bodies);
    List<RecordedCapture> loaded = new ArrayList<>();
    for (Path file : test.captures()) {
      if (!Files.isRegularFile(file)) {
        throw new ReplayTestException("no such capture: " + file);
      }
      loaded.add(loader.load(file));
      if (!test.allowDamage() && !(loader.damages().isEmpty() && loader.complete())) {
        Damage first = loader.damages().isEmpty() ? null : loader.damages().get(0);
        throw new ReplayTestException(
            file
                + (first == null
                    ? ": the file ends without a trailer"
                    : ": damaged at offset " + first.offset() + ": " + first.reason())
                + "; mend it with analyzer recover, or allow damage");
      }
    }
    return loaded;
  }

  private static List<RecordedSession> sessionsOf(Selection selection) {
    Map<Integer, List<SelectedExchange>> byKey =
        selection.exchanges().stream()
            .collect(
                Collectors.groupingBy(
                    SelectedExchange::sessionKey, TreeMap::new, Collectors.toList()));
    List<RecordedSession> sessions = new ArrayList<>();
    byKey.forEach(
        (key, own) -> {
          SelectedExchange first = own.get(0);
          String prefix =
              first.id().substring(0, first.id().length() - first.exchange().id().length());
          sessions.add(
              new RecordedSession(
                  prefix + selection.sessions().get(key).id(),
                  own.stream().map(ReplaySuite::exchange).toList()));
        });
    return sessions;
  }

  private static RecordedExchange exchange(SelectedExchange selected) {
    return new RecordedExchange(
        selected.id(), SafeText.escape(selected.method() + " " + selected.maskedTarget()));
  }

  /** Returns what is sent, sessions in the order in which they began; at least one. */
  public List<RecordedSession> sessions() {
    return sessions;
  }

  /** Returns the files' names, for messages. */
  public String name() {
    return test.captures().stream()
        .map(file -> String.valueOf(file.getFileName()))
        .collect(Collectors.joining(", "));
  }

  /**
   * Sends everything and compares the answers.
   *
   * @param targetUrl {@code http://HOST[:PORT]} or {@code https://HOST[:PORT]}
   * @throws IOException when the target's host is not known, or TLS cannot be set up
   * @throws ReplayTestException when the target must not be sent to
   */
  public ReplayOutcome run(String targetUrl)
      throws IOException, ReplayTestException, InterruptedException {
    return run(targetUrl, selection);
  }

  /**
   * Sends one session alone, and before it the requests of other sessions whose answers mint values
   * that it carries. The outcome is the session's.
   *
   * @param targetUrl {@code http://HOST[:PORT]} or {@code https://HOST[:PORT]}
   * @throws IOException when the target's host is not known, or TLS cannot be set up
   * @throws ReplayTestException when the target must not be sent to
   */
  public ReplayOutcome run(String targetUrl, RecordedSession session)
      throws IOException, ReplayTestException, InterruptedException {
    Set<String> own =
        session.exchanges().stream().map(RecordedExchange::id).collect(Collectors.toSet());
    PlannedFlows all = flows(selection);
    List<PlannedRequest> requests = all.plan().requests();
    Set<String> sent = new HashSet<>(own);
    Set<Integer> numbers =
        requests.stream()
            .filter(request -> own.contains(request.exchange().id()))
            .map(PlannedRequest::number)
            .collect(Collectors.toSet());
    for (int number : all.withNeeds(numbers)) {
      sent.add(requests.get(number).exchange().id());
    }
    return run(targetUrl, selection.only(one -> sent.contains(one.id()))).of(session);
  }

  private PlannedFlows flows(Selection chosen) {
    ReplayPlan plan = ReplayPlan.of(chosen, test.plan());
    ReplayPlan ordered = test.recordedOrder() ? plan.inRecordedOrder() : plan;
    return test.carryValues() ? PlannedFlows.of(ordered) : PlannedFlows.none(ordered);
  }

  private ReplayOutcome run(String targetUrl, Selection chosen)
      throws IOException, ReplayTestException, InterruptedException {
    Sender.Receiver target = receiver(targetUrl);
    Sender sender = new Sender(flows(chosen), rules.rewrite(), replayer -> replayer.run(p -> {}));
    String baseline = test.baseline();
    ReplayReport report;
    if (baseline == null) {
      report = sender.send(sender.replayer(target));
    } else {
      ComparatorOptions comparison = target.options().comparison();
      NoiseFinder finder = new NoiseFinder(sender.plan(), comparison, test.keepHost());
      report =
          new BaselineReplay(sender, target, receiver(baseline))
              .run(finder, NoiseThresholds.DEFAULTS);
    }
    return new ReplayOutcome(name(), report);
  }

  private Sender.Receiver receiver(String url) throws IOException, ReplayTestException {
    Target target = Target.parse(url);
    return new Sender.Receiver(
        test.options(target, rules).withNoise(noise()),
        new InetSocketAddress(address(target), target.port()));
  }

  /** What equal requests of the whole selection show to change is checked by type. */
  private ReplayRules noise() {
    ReplayRules known = repeated;
    if (known == null) {
      known = ReplayRules.NONE;
      if (test.repeats()) {
        NoiseFinder finder =
            new NoiseFinder(flows(selection).plan(), test.comparison(rules), test.keepHost());
        finder.repeats();
        known = finder.learned().rules();
      }
      repeated = known;
    }
    return known;
  }

  private InetAddress address(Target target) throws IOException, ReplayTestException {
    try {
      return new TargetResolver(captures, test.allowedTargets()).resolve(target);
    } catch (RefusedTargetException e) {
      throw new ReplayTestException(
          e.getMessage() + "; to send there all the same, allow target " + target.host(), e);
    } catch (UnknownHostException e) {
      throw new IOException("target " + target + ": no such host; check the name", e);
    }
  }

  /** Deletes what was set aside of large bodies. */
  @Override
  public void close() throws IOException {
    bodies.close();
  }
}
