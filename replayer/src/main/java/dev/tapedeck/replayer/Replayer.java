// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.replayer;

import dev.tapedeck.replayer.carry.CarryingSplicer;
import dev.tapedeck.replayer.carry.PlannedFlows;
import dev.tapedeck.replayer.compare.ComparisonQueue;
import dev.tapedeck.replayer.diff.Synonyms;
import dev.tapedeck.replayer.engine.AnswerListener;
import dev.tapedeck.replayer.engine.HostSplicer;
import dev.tapedeck.replayer.engine.ReplayEngine;
import dev.tapedeck.replayer.engine.ReplayOptions;
import dev.tapedeck.replayer.engine.RequestSplicer;
import dev.tapedeck.replayer.engine.RunAccount;
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
import java.util.function.Consumer;
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
    Synonyms synonyms = carrier == null ? Synonyms.NONE : carrier::namesOf;
    try (ComparisonQueue comparisons = new ComparisonQueue(options, synonyms)) {
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
      comparisons.finish();
      Map<Integer, String> missing = carrier == null ? Map.of() : carrier.missing();
      return new ReportBuilder(account, comparisons, missing).build();
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
