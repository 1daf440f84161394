// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer.cli;

import dev.tapedeck.analyzer.AnalyzerOptions;
import dev.tapedeck.analyzer.Completeness;
import dev.tapedeck.analyzer.ConnectionInfo;
import dev.tapedeck.analyzer.EventSource;
import dev.tapedeck.analyzer.Exchange;
import dev.tapedeck.analyzer.ExchangeVisitor;
import dev.tapedeck.analyzer.SessionSummary;
import dev.tapedeck.analyzer.session.SessionAnalyzer;
import dev.tapedeck.format.CaptureEvent;
import dev.tapedeck.format.CaptureFollower;
import dev.tapedeck.format.CaptureReader;
import dev.tapedeck.format.CaptureVisitor;
import dev.tapedeck.format.Damage;
import dev.tapedeck.format.FollowPacing;
import dev.tapedeck.format.Projection;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.BitSet;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Gives exchanges of a capture that is being written as they are complete, each once.
 *
 * <p>Which socket a TLS session used and which bytes are missing shows with the whole file in view,
 * so that all of what is there is analyzed again when it grew, at most a tenth of the time.
 *
 * <p><b>Threads:</b> confined to one. <b>Limits:</b> a bit for each exchange, besides those of the
 * analysis.
 */
final class FollowedExchanges {
  private static final Duration INTERVAL = Duration.ofMillis(200);

  /** Of so many parts of the time one is spent on analysis. */
  private static final int PARTS = 10;

  private final AnalyzerCommand root;
  private final Path file;
  private final SourceOptions options;
  private final FilterOptions filter;
  private final Sink sink;
  private final Map<String, BitSet> given = new HashMap<>();
  private long events;
  private long analyzedEvents;
  private long nextMillis;
  private boolean damaged;
  private boolean tellsDamage = true;

  /** Takes exchanges. */
  interface Sink {
    /** Takes one; returns false when no more are wanted. */
    boolean exchange(Exchange exchange) throws IOException;

    /** Shows what was taken so far. */
    void flush() throws IOException;
  }

  FollowedExchanges(
      AnalyzerCommand root, Path file, SourceOptions options, FilterOptions filter, Sink sink) {
    this.root = root;
    this.file = file;
    this.options = options;
    this.filter = filter;
    this.sink = sink;
  }

  /**
   * Follows the file until it is finished, or until nothing was added for that long.
   *
   * @param patience null for ever
   * @return the exit code
   */
  int follow(@Nullable Duration patience) throws IOException {
    FollowPacing pacing = FollowPacing.of(INTERVAL, patience).beforeWaiting(this::look);
    try (CaptureFollower follower = Captures.follow(root, file, options.strict())) {
      Path found = Path.of(follower.name());
      boolean finished = follower.follow(Projection.METADATA, new Counting(), pacing);
      Path last = Files.exists(found) ? found : file;
      analyze(last, true);
      damaged |= !finished && Captures.tellsCut(root, found, false, damaged);
    } catch (EnoughException e) {
      // As many as were asked for are shown; the rest need not be waited for.
      return exitCode();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      InterruptedIOException interrupted = new InterruptedIOException(file + ": interrupted");
      interrupted.initCause(e);
      throw interrupted;
    } finally {
      sink.flush();
    }
    return exitCode();
  }

  private int exitCode() {
    return damaged ? ExitCode.DAMAGE : ExitCode.OK;
  }

  private final class Counting implements CaptureVisitor {
    @Override
    public void event(CaptureEvent event) {
      events++;
    }

    @Override
    public void damage(Damage damage) {
      damaged |= Captures.counts(file, damage);
      root.warn(Captures.describe(file, damage));
      tellsDamage = false;
    }
  }

  private void look() throws IOException {
    long now = root.terminal().clock().millis();
    if (events == analyzedEvents || now < nextMillis) {
      return;
    }
    Path partial = file.resolveSibling(file.getFileName() + Captures.UNFINISHED_SUFFIX);
    Path written = Captures.isUnfinished(file) || !Files.exists(partial) ? file : partial;
    if (!Files.exists(written)) {
      // Just renamed; the follower finds out that it is finished.
      return;
    }
    analyzedEvents = events;
    analyze(written, false);
    sink.flush();
    long end = root.terminal().clock().millis();
    nextMillis = end + (PARTS - 1) * (end - now);
  }

  /** Gives what was not given yet; at the end also what will never be complete. */
  private void analyze(Path written, boolean atEnd) throws IOException {
    AnalyzerOptions analyzerOptions =
        AnalyzerOptions.newBuilder()
            .bothEnds(options.bothEnds())
            .threads(options.threads(Files.size(written)))
            .build();
    try (CaptureReader reader = Captures.openWhole(root, written, options.strict())) {
      Predicate<Exchange> meant = filter.of(reader);
      new SessionAnalyzer(analyzerOptions)
          .analyze(
              EventSource.of(reader),
              new ExchangeVisitor() {
                @Override
                public void exchange(Exchange exchange) throws IOException {
                  boolean open = exchange.completeness() == Completeness.TRUNCATED_END;
                  if ((atEnd || !open)
                      && isNew(exchange)
                      && meant.test(exchange)
                      && !sink.exchange(exchange)) {
                    throw new EnoughException();
                  }
                }

                @Override
                public void session(SessionSummary session) {
                  // Its exchanges were given one by one.
                }

                @Override
                public void damage(Damage damage) {
                  // A file that is being written may end inside a block.
                  if (atEnd && tellsDamage) {
                    damaged |= Captures.counts(written, damage);
                    root.warn(Captures.describe(written, damage));
                  }
                }
              });
    }
  }

  private boolean isNew(Exchange exchange) {
    ConnectionInfo connection = exchange.connection();
    String owner =
        connection.role() + " " + connection.connection() + " " + connection.tlsSession();
    BitSet known = given.computeIfAbsent(owner, unused -> new BitSet());
    Integer stream = exchange.streamId();
    int place = stream == null ? exchange.index() : stream / 2;
    boolean isNew = !known.get(place);
    known.set(place);
    return isNew;
  }
}
