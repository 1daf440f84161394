// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer.sql;

import dev.tapedeck.analyzer.EventSource;
import dev.tapedeck.analyzer.Exchange;
import dev.tapedeck.analyzer.ExchangeVisitor;
import dev.tapedeck.analyzer.SessionSummary;
import dev.tapedeck.analyzer.endpoint.Endpoints;
import dev.tapedeck.analyzer.session.SessionAnalyzer;
import dev.tapedeck.format.CaptureSection;
import dev.tapedeck.format.CaptureSections;
import dev.tapedeck.format.CaptureVisitor;
import dev.tapedeck.format.Damage;
import dev.tapedeck.format.ForwardingVisitor;
import dev.tapedeck.format.Projection;
import java.io.IOException;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * A capture that a scan reads, until it has ended or nobody wants more.
 *
 * <p><b>Threads:</b> confined to the scan's.
 */
final class OpenCapture {
  private final CaptureInput input;
  private final BooleanSupplier unwanted;
  private final LearnedEndpoints endpoints;

  /**
   * Names a capture.
   *
   * @param unwanted whether to stop; asked on the thread that reads
   */
  OpenCapture(CaptureInput input, BooleanSupplier unwanted, LearnedEndpoints endpoints) {
    this.input = input;
    this.unwanted = unwanted;
    this.endpoints = endpoints;
  }

  /** Ends a reading whose rows nobody wants any more. */
  static final class UnwantedException extends IOException {
    private static final long serialVersionUID = 1;

    UnwantedException() {
      super("nobody wants more rows");
    }
  }

  CaptureInput input() {
    return input;
  }

  /** Returns the path templates of all captures, which the first call learns. */
  Endpoints endpoints() throws IOException {
    return endpoints.get(unwanted);
  }

  /** Takes exchanges and sessions. */
  interface Visitor {
    default void exchange(Exchange exchange) throws IOException {}

    default void session(SessionSummary session) throws IOException {}
  }

  /** Reconstructs the exchanges. */
  void analyze(Visitor visitor) throws IOException {
    try (CaptureInput.Reading reading = input.open(true)) {
      new SessionAnalyzer(reading.options())
          .analyze(
              new StoppingSource(reading.source(), unwanted),
              new ExchangeVisitor() {
                @Override
                public void exchange(Exchange exchange) throws IOException {
                  Exchange shown = reading.view(exchange);
                  if (shown != null) {
                    visitor.exchange(shown);
                  }
                }

                @Override
                public void session(SessionSummary session) throws IOException {
                  visitor.session(session);
                }

                @Override
                public void damage(Damage damage) {
                  reading.damage(damage);
                }
              });
      reading.end();
    }
  }

  /** Reads the events, without payload. */
  void events(CaptureVisitor visitor) throws IOException {
    try (CaptureInput.Reading reading = input.open(false)) {
      new StoppingSource(reading.source(), unwanted)
          .read(
              Projection.METADATA,
              new ForwardingVisitor(visitor) {
                @Override
                public void damage(Damage damage) throws IOException {
                  reading.damage(damage);
                  super.damage(damage);
                }
              });
      reading.end();
    }
  }

  /** Looks between events and sections whether they are still wanted. */
  private record StoppingSource(EventSource source, BooleanSupplier unwanted)
      implements EventSource {
    @Override
    public void read(Projection projection, CaptureVisitor visitor) throws IOException {
      source.read(
          projection,
          new ForwardingVisitor(visitor) {
            @Override
            protected void before() throws IOException {
              look();
            }
          });
    }

    @Override
    public @Nullable CaptureSections sections(Projection projection) throws IOException {
      CaptureSections sections = source.sections(projection);
      return sections == null
          ? null
          : new CaptureSections() {
            @Override
            public @Nullable CaptureSection next() throws IOException {
              look();
              return sections.next();
            }

            @Override
            public void close() {
              sections.close();
            }
          };
    }

    private void look() throws UnwantedException {
      if (unwanted.getAsBoolean()) {
        throw new UnwantedException();
      }
    }
  }
}
