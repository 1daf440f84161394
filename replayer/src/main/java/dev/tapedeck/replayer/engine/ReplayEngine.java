// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.replayer.engine;

import dev.tapedeck.replayer.plan.Pace;
import dev.tapedeck.replayer.plan.PlannedConnection;
import dev.tapedeck.replayer.plan.ReplayPlan;
import dev.tapedeck.replayer.plan.SkipReason;
import dev.tapedeck.replayer.result.ReplayProgress;
import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import io.netty.handler.ssl.SslContext;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Sends what is planned, every request at max(due, ready) on one absolute schedule, and waits for
 * the answers.
 *
 * <p><b>Lifecycle:</b> {@link #run} once.
 *
 * <p><b>Threads:</b> {@link #run} blocks its caller; {@link #stop} may be called from any thread.
 */
public final class ReplayEngine {
  /** From the start of the event loops to the origin: what is due at 0 is not late. */
  private static final long HEAD_START_NANOS = TimeUnit.MILLISECONDS.toNanos(20);

  private static final long PROGRESS_MILLIS = 200;

  private final ReplayPlan plan;
  private final ReplayOptions options;
  private final InetSocketAddress address;
  private final TlsContexts tls;
  private final RequestSplicer splicer;
  private final List<AnswerListener> listeners;
  private final NanoClock clock = NanoClock.SYSTEM;
  private volatile @Nullable ReplayRun running;
  private volatile boolean stopped;

  /**
   * Makes an engine.
   *
   * @param address of the target, resolved
   * @param tls what is trusted; null for the options' own
   * @param splicer makes the requests that are sent
   * @param listeners take the answers, in this order
   * @throws IOException when TLS cannot be set up
   */
  public ReplayEngine(
      ReplayPlan plan,
      ReplayOptions options,
      InetSocketAddress address,
      @Nullable SslContext tls,
      RequestSplicer splicer,
      List<AnswerListener> listeners)
      throws IOException {
    this.plan = plan;
    this.options = options;
    this.address = address;
    this.tls = tls == null ? TlsContexts.of(options) : new TlsContexts(tls, tls);
    this.splicer = splicer;
    this.listeners = List.copyOf(listeners);
  }

  /**
   * Sends what is planned and waits for the answers.
   *
   * @param progress called about five times a second on the calling thread
   * @throws InterruptedException when the calling thread was interrupted
   */
  public RunAccount run(Consumer<ReplayProgress> progress) throws InterruptedException {
    int threads = Math.max(1, Runtime.getRuntime().availableProcessors() / 2);
    EventLoopGroup group = Transport.newGroup(threads);
    try (ReadAhead readAhead = new ReadAhead(plan)) {
      readAhead.start();
      long earliestOpen =
          plan.connections().stream().mapToLong(PlannedConnection::openNanos).min().orElse(0);
      long origin = clock.nanoTime() + HEAD_START_NANOS - Math.min(0, earliestOpen);
      ReplayRun run = new ReplayRun(plan, options, clock, origin, readAhead, splicer, listeners);
      running = run;
      if (stopped) {
        run.stop(SkipReason.INTERRUPTED);
      }
      List<LoopRunner> loops = start(run, group, threads, new WireFactory(address, options, tls));
      await(run, progress);
      for (LoopRunner loop : loops) {
        loop.execute(loop::closeAll);
      }
      return new RunAccount(run);
    } finally {
      group.shutdownGracefully(0, 1, TimeUnit.SECONDS).await(2, TimeUnit.SECONDS);
    }
  }

  /** Sends nothing more; {@link #run} returns when what is on its way has been settled. */
  public void stop() {
    stopped = true;
    ReplayRun run = running;
    if (run != null) {
      run.stop(SkipReason.INTERRUPTED);
    }
  }

  private List<LoopRunner> start(
      ReplayRun run, EventLoopGroup group, int threads, WireFactory wires) {
    boolean max = plan.pace() instanceof Pace.Max;
    ConnectionSource shared = new ConnectionSource(plan.connections());
    List<LoopRunner> loops = new ArrayList<>();
    for (int i = 0; i < threads; i++) {
      EventLoop loop = group.next();
      LoopRunner runner;
      int connections;
      if (max) {
        runner = new LoopRunner(run, loop, wires, shared);
        connections = (options.concurrency() + threads - 1 - i) / threads;
      } else {
        List<PlannedConnection> own = everyNth(plan.connections(), i, threads);
        runner = new LoopRunner(run, loop, wires, new ConnectionSource(own));
        connections = own.size();
      }
      // At other paces the schedule itself begins slowly.
      long step = max && connections > 0 ? plan.rampNanos() / connections : 0;
      loops.add(runner);
      runner.execute(() -> runner.start(connections, step));
    }
    return loops;
  }

  private static List<PlannedConnection> everyNth(
      List<PlannedConnection> connections, int first, int step) {
    List<PlannedConnection> own = new ArrayList<>();
    for (int i = first; i < connections.size(); i += step) {
      own.add(connections.get(i));
    }
    return own;
  }

  private static void await(ReplayRun run, Consumer<ReplayProgress> progress)
      throws InterruptedException {
    while (true) {
      try {
        run.over().get(PROGRESS_MILLIS, TimeUnit.MILLISECONDS);
        return;
      } catch (TimeoutException e) {
        progress.accept(run.progress());
      } catch (ExecutionException e) {
        throw new IllegalStateException("replay ended by a defect", e.getCause());
      }
    }
  }
}
