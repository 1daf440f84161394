// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer.session;

import dev.tapedeck.analyzer.EventSource;
import dev.tapedeck.analyzer.stream.CaptureIndex;
import dev.tapedeck.analyzer.stream.CaptureIndexer;
import dev.tapedeck.analyzer.stream.IndexPart;
import dev.tapedeck.format.CaptureSection;
import dev.tapedeck.format.Projection;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * The reading of a capture that only links connections. Several threads sum up sections, one adds
 * up the sums.
 */
final class FirstReading {
  private final CaptureIndexer indexer;

  private FirstReading(CaptureIndexer indexer) {
    this.indexer = indexer;
  }

  /**
   * Reads a source.
   *
   * @param crew null when one thread does it all
   */
  static CaptureIndex read(
      EventSource source, Projection projection, long maxReorderBytes, @Nullable Crew crew)
      throws IOException {
    CaptureIndexer indexer = new CaptureIndexer(maxReorderBytes);
    if (crew == null) {
      source.read(projection, indexer);
    } else {
      FirstReading reading = new FirstReading(indexer);
      new WorkLine(crew)
          .read(source, projection, section -> reading.sumUp(crew, section), () -> false);
    }
    return indexer.finish();
  }

  private Work sumUp(Crew crew, CaptureSection section) {
    return new SumUp(crew, section);
  }

  /** Sums up a section. */
  private final class SumUp implements Work {
    private final Crew crew;
    private final CaptureSection section;
    private final IndexPart part = new IndexPart();
    private @Nullable IOException failure;
    private volatile boolean done;

    SumUp(Crew crew, CaptureSection section) {
      this.crew = crew;
      this.section = section;
    }

    @Override
    public long bytes() {
      return section.bytes();
    }

    @Override
    public void run() {
      try {
        section.decode(part);
      } catch (IOException e) {
        failure = e;
      }
      done = true;
      crew.changed();
    }

    @Override
    public boolean isDone() {
      return done;
    }

    @Override
    public void handOut() throws IOException {
      indexer.add(part);
      if (failure != null) {
        throw failure;
      }
    }
  }
}
