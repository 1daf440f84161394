// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer.cli;

import dev.tapedeck.analyzer.AnalysisStats;
import dev.tapedeck.analyzer.AnalyzerOptions;
import dev.tapedeck.analyzer.Exchange;
import dev.tapedeck.analyzer.ExchangeVisitor;
import dev.tapedeck.analyzer.SessionSummary;
import dev.tapedeck.analyzer.export.CaptureRef;
import dev.tapedeck.analyzer.redact.Redactor;
import dev.tapedeck.analyzer.session.SessionAnalyzer;
import dev.tapedeck.analyzer.terminal.Human;
import dev.tapedeck.format.CaptureReader;
import dev.tapedeck.format.Damage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Predicate;

/** Analyses the captures that the user named, one after another. */
final class SessionSource {
  private final AnalyzerCommand root;
  private final List<Path> files;
  private final SourceOptions options;
  private final FilterOptions filter;
  private final boolean tellsLoss;
  private Predicate<Exchange> meant = exchange -> true;
  private boolean warns = true;
  private boolean redacted;
  private boolean damaged;
  private boolean fileDamaged;
  private long handedOver;

  /**
   * Names the captures.
   *
   * @param tellsLoss whether a line on standard error tells what was lost
   */
  SessionSource(
      AnalyzerCommand root, SourceOptions options, FilterOptions filter, boolean tellsLoss) {
    this.root = root;
    this.filter = filter;
    this.tellsLoss = tellsLoss;
    this.files = options.files();
    this.options = options;
  }

  /** Returns a source for a first reading: of what it warns, the second one does. */
  static SessionSource silent(AnalyzerCommand root, SourceOptions options) {
    SessionSource source = new SessionSource(root, options, new FilterOptions(), false);
    source.warns = false;
    return source;
  }

  /** Returns whether an exchange of the capture that is being read is meant. */
  boolean means(Exchange exchange) {
    return meant.test(exchange);
  }

  /** Returns whether the capture that is being read was redacted by the default rules. */
  boolean isRedacted() {
    return redacted;
  }

  /**
   * Receives exchanges and sessions with the capture that they come from, in the order of {@link
   * ExchangeVisitor}. Each method returns false when nothing further is wanted.
   */
  @FunctionalInterface
  interface Sink {
    /** Takes an exchange. */
    boolean exchange(CaptureRef capture, Exchange exchange) throws IOException;

    /** Takes a session, after its last exchange. */
    default boolean session(CaptureRef capture, SessionSummary session) throws IOException {
      return true;
    }

    /** Takes a number that is no session's. */
    default boolean noSession(CaptureRef capture, int number) throws IOException {
      return true;
    }
  }

  /** Receives the exchanges that are meant. */
  @FunctionalInterface
  interface Export {
    /** Takes an exchange. */
    void exchange(CaptureRef capture, Exchange exchange) throws IOException;
  }

  /**
   * Hands the exchanges of all captures that are meant to an export.
   *
   * @return the exit code
   */
  int readMeant(Export export) throws IOException {
    return read(
        (capture, exchange) -> {
          if (means(exchange)) {
            export.exchange(capture, exchange);
            handedOver++;
          }
          return true;
        });
  }

  /** Returns how many exchanges {@link #readMeant} handed over. */
  long handedOver() {
    return handedOver;
  }

  /**
   * Hands all exchanges and sessions of all captures to the sink.
   *
   * @return the exit code
   */
  int read(Sink sink) throws IOException {
    Captures.check(files);
    try {
      for (int i = 0; i < files.size(); i++) {
        Path file = files.get(i);
        CaptureRef capture =
            files.size() == 1 ? CaptureRef.ONLY : new CaptureRef(file.toString(), i + 1);
        analyze(file, capture, sink);
      }
    } catch (EnoughException e) {
      // The sink has all it wants; the rest of the captures need not be read.
      return damaged ? ExitCode.DAMAGE : ExitCode.OK;
    }
    return damaged ? ExitCode.DAMAGE : ExitCode.OK;
  }

  private void analyze(Path file, CaptureRef capture, Sink sink) throws IOException {
    int threads = options.threads(Files.size(file));
    AnalyzerOptions analyzerOptions =
        AnalyzerOptions.newBuilder().bothEnds(options.bothEnds()).threads(threads).build();
    fileDamaged = false;
    try (CaptureReader reader = Captures.openWhole(root, file, options.strict());
        Progress progress = new Progress(root, file, reader)) {
      meant = filter.of(reader);
      redacted =
          Redactor.followedDefaults(
              reader.header().attributes().getOrDefault(Redactor.ATTRIBUTE, ""));
      AnalysisStats stats =
          new SessionAnalyzer(analyzerOptions)
              .analyze(
                  progress,
                  new ExchangeVisitor() {
                    @Override
                    public void exchange(Exchange exchange) throws IOException {
                      progress.pause();
                      goOn(sink.exchange(capture, exchange));
                    }

                    @Override
                    public void session(SessionSummary session) throws IOException {
                      progress.pause();
                      goOn(sink.session(capture, session));
                    }

                    @Override
                    public void noSession(int number) throws IOException {
                      goOn(sink.noSession(capture, number));
                    }

                    private static void goOn(boolean wanted) throws EnoughException {
                      if (!wanted) {
                        throw new EnoughException();
                      }
                    }

                    @Override
                    public void damage(Damage damage) {
                      progress.pause();
                      fileDamaged |= Captures.counts(file, damage);
                      damaged |= fileDamaged;
                      if (warns) {
                        root.warn(Captures.describe(file, damage));
                      }
                    }
                  });
      damaged |= warns && Captures.tellsCut(root, file, reader, fileDamaged);
      if (tellsLoss && (stats.lostEvents() != 0 || stats.lostBytes() != 0)) {
        root.warn(
            "warning: "
                + file
                + ": lost "
                + lost(stats)
                + "; gaps are marked, 'analyzer info' shows why");
      }
    }
  }

  private static String lost(AnalysisStats stats) {
    String events = Human.count(stats.lostEvents(), "event");
    String bytes = Human.count(stats.lostBytes(), "byte");
    if (stats.lostEvents() == 0) {
      return bytes;
    }
    return stats.lostBytes() == 0 ? events : events + " and " + bytes;
  }
}
