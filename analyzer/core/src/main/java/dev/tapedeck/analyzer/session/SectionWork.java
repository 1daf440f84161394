// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer.session;

import dev.tapedeck.format.CaptureSection;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** A section: decoded on any thread, then cut into pieces. */
final class SectionWork extends PieceWork {
  private final CaptureSection section;
  private final SectionRows rows;
  private @Nullable IOException failure;
  private volatile boolean decoded;

  /** Where it begins. Written under the reading's lock before any piece is queued. */
  private long ordinal;

  private long place;

  /**
   * Prepares to decode a section.
   *
   * @param rows what it is decoded to, with nothing in it; the reading's again when it was handed
   *     out
   */
  SectionWork(ShardedReading reading, CaptureSection section, SectionRows rows) {
    super(reading);
    this.section = section;
    this.rows = rows;
  }

  @Override
  public long bytes() {
    return section.bytes();
  }

  @Override
  public void run() {
    try {
      rows.begin(section.events());
      section.decode(rows);
    } catch (IOException e) {
      failure = e;
    }
    decoded = true;
    reading().admit();
  }

  boolean isDecoded() {
    return decoded;
  }

  /** Returns what it holds, when it is decoded. */
  SectionRows rows() {
    return rows;
  }

  /**
   * Sets where in the capture the section begins.
   *
   * @param eventsBefore how many events come before it
   * @param placeOfFirst the place of its first event
   */
  void begin(long eventsBefore, long placeOfFirst) {
    ordinal = eventsBefore;
    place = placeOfFirst;
  }

  /** Gives a shard what is its own, up to a place of the capture. */
  void give(Shard shard, int number, long endPlace) {
    rows.give(shard, number, ordinal, place, endPlace);
  }

  @Override
  public void handOut() throws IOException {
    super.handOut();
    reading().recycle(rows);
    if (failure != null) {
      throw failure;
    }
  }
}
