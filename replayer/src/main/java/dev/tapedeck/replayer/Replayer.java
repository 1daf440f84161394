// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.replayer;

import dev.tapedeck.analyzer.Exchange;
import dev.tapedeck.replayer.carry.CarryingSplicer;
import dev.tapedeck.replayer.carry.PlannedFlows;
import dev.tapedeck.replayer.compare.Baseline;
import dev.tapedeck.replayer.compare.ComparisonQueue;
import dev.tapedeck.replayer.compare.RecordedBaseline;
import dev.tapedeck.replayer.diff.Comparison;
import dev.tapedeck.replayer.diff.Difference;
import dev.tapedeck.replayer.diff.Synonyms;
import dev.tapedeck.replayer.engine.AnswerListener;
import dev.tapedeck.replayer.engine.HostSplicer;
import dev.tapedeck.replayer.engine.ReplayEngine;
import dev.tapedeck.replayer.engine.ReplayOptions;
import dev.tapedeck.replayer.engine.RequestSplicer;
import dev.tapedeck.replayer.engine.RunAccount;
import dev.tapedeck.replayer.mock.ReplayWatch;
import dev.tapedeck.replayer.plan.PlanEndpoints;
import dev.tapedeck.replayer.plan.ReplayPlan;
import dev.tapedeck.replayer.rehearsal.Rehearsal;
import dev.tapedeck.replayer.result.ReplayProgress;
import dev.tapedeck.replayer.result.ReplayReport;
import dev.tapedeck.replayer.rules.RewriteRule;
import io.netty.handler.ssl.SslContext;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.BiPredicate;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.IntFunction;
import org.jspecify.annotations.Nullable;

/**
 * Runs a plan against a target, compares the answers with the recorded ones and accounts for both.
 *
 * <p><b>Lifecycle:</b> {@link #splicer} and {@link #listener} before {@link #run}, that once.
 *
 * <p><b>Threads:</b> {@link #run} blocks its caller; {@link #stop} may be called from any thread.
 */
public final class Replayer {
  private final ReplayPlan plan;
  private final ReplayOptions options;
  private final InetSocketAddress address;
  private final @Nullable SslContext tls;
  private final List<AnswerListener> listeners = new ArrayList<>();
  private RequestSplicer splicer;
  private @Nullable CarryingSplicer carrying;
  private @Nullable ReplayWatch mocking;
  private Function<Synonyms, Baseline> baseline;
  private @Nullable Function<Map<Integer, Comparison>, BiPredicate<Integer, Difference>> dismissed;
  private IntFunction<@Nullable Long> baselineNanos = this::recordedNanos;
  private @Nullable PlanEndpoints endpoints;
  private volatile @Nullable ReplayEngine running;
  private volatile boolean stopped;

  /**
   * Creates a replayer.
   *
   * @param address of the target, resolved
   */
  public Replayer(ReplayPlan plan, ReplayOptions options, InetSocketAddress address) {
    this(plan, options, address, null);
  }

  /** As the public one, with other trust than the options say. */
  Replayer(
      ReplayPlan plan, ReplayOptions options, InetSocketAddress address, @Nullable SslContext tls) {
    this.plan = plan;
    this.options = options;
    this.address = address;
    this.tls = tls;
    this.splicer = new HostSplicer(options);
    this.baseline = synonyms -> new RecordedBaseline(options, synonyms);
  }

  /** Sets what makes the requests that are sent; without it only the Host field is replaced. */
  public Replayer splicer(RequestSplicer other) {
    splicer = other;
    return this;
  }

  /** Carries values over from live answers and rewrites requests. */
  public Replayer carrying(PlannedFlows flows, List<RewriteRule> rules) {
    if (!flows.flows().isEmpty() || !rules.isEmpty()) {
      CarryingSplicer carrier = new CarryingSplicer(flows, rules, options);
      carrying = carrier;
      return splicer(carrier).listener(carrier);
    }
    return this;
  }

  /**
   * Sets what answers are compared with; the recorded ones without it.
   *
   * @param made of what recorded values are called in this replay, which grows while it runs
   * @param nanos how long they took, by the requests' numbers; null where that is not known
   */
  public Replayer comparingWith(
      Function<Synonyms, Baseline> made, IntFunction<@Nullable Long> nanos) {
    baseline = made;
    baselineNanos = nanos;
    return this;
  }

  private @Nullable Long recordedNanos(int number) {
    Exchange recorded = plan.requests().get(number).exchange().exchange();
    return recorded.response() == null
        ? null
        : recorded.endedEpochNanos() - recorded.startedEpochNanos();
  }

  /**
   * Sets which differences count for nothing.
   *
   * @param noise says so by the requests' numbers, when it was told of all that differs
   */
  public Replayer dismissing(
      Function<Map<Integer, Comparison>, BiPredicate<Integer, Difference>> noise) {
    dismissed = noise;
    return this;
  }

  /** Sets the endpoints of a larger plan that this one is a part of; its own without it. */
  public Replayer groupedBy(PlanEndpoints whole) {
    endpoints = whole;
    return this;
  }

  /** Returns what recorded values were called. After {@link #run}. */
  public Map<String, Set<String>> names() {
    CarryingSplicer carrier = carrying;
    return carrier == null ? Map.of() : carrier.names();
  }

  /**
   * Lets a mock know what is on its way, and what values are called now. What it learns of values
   * that the target makes up counts when answers are compared.
   */
  public Replayer watchedBy(ReplayWatch watch) {
    CarryingSplicer carrier = carrying;
    Synonyms names = carrier == null ? Synonyms.NONE : carrier::namesOf;
    mocking = watch;
    return splicer(watch.around(splicer, names)).listener(watch);
  }

  /** Adds what takes the answers before they are compared. */
  public Replayer listener(AnswerListener another) {
    listeners.add(another);
    return this;
  }

  /**
   * Sends what is planned and waits for the answers.
   *
   * @param progress called about five times a second on the calling thread
   * @throws IOException when TLS cannot be set up, or the rehearsal cannot be held
   * @throws InterruptedException when the calling thread was interrupted
   */
  public ReplayReport run(Consumer<ReplayProgress> progress)
      throws IOException, InterruptedException {
    CarryingSplicer carrier = carrying;
    ReplayWatch watch = mocking;
    Synonyms mocked = watch == null ? Synonyms.NONE : watch.mocked();
    Consumer<Map<String, String>> hearing = watch == null ? null : watch::hear;
    Synonyms synonyms = mocked.or(carrier == null ? Synonyms.NONE : carrier::namesOf);
    try (ComparisonQueue comparisons =
        new ComparisonQueue(options, baseline.apply(synonyms), hearing)) {
      List<AnswerListener> all = new ArrayList<>(listeners);
      all.add(comparisons);
      // Made first: what cannot be read is said before anything is sent.
      ReplayEngine engine = new ReplayEngine(plan, options, address, tls, splicer, all);
      if (options.rehearse() && !stopped && !plan.requests().isEmpty()) {
        Rehearsal.run(options, Replayer::rehearse);
      }
      running = engine;
      if (stopped) {
        engine.stop();
      }
      RunAccount account = engine.run(progress);
      if (watch != null) {
        watch.reconcile();
      }
      comparisons.finish();
      if (dismissed != null) {
        comparisons.dismiss(dismissed.apply(comparisons.different()));
      }
      Map<Integer, String> missing = carrier == null ? Map.of() : carrier.missing();
      PlanEndpoints whole = endpoints == null ? PlanEndpoints.of(plan) : endpoints;
      return new ReportBuilder(account, comparisons, missing, baselineNanos, whole).build();
    }
  }

  static ReplayReport rehearse(
      ReplayPlan plan, ReplayOptions options, InetSocketAddress address, @Nullable SslContext tls)
      throws IOException, InterruptedException {
    return new Replayer(plan, options, address, tls).run(progress -> {});
  }

  /** Sends nothing more; {@link #run} returns when what is on its way has been settled. */
  public void stop() {
    stopped = true;
    ReplayEngine engine = running;
    if (engine != null) {
      engine.stop();
    }
  }
}
