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

  /** By number of those in the section. Guarded by the reading, as all that follows. */
  int nextDamage;

  private boolean begun;
  private long ordinal;
  private long place;

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

  boolean isBegun() {
    return begun;
  }

  /**
   * Sets where in the capture the section begins.
   *
   * @param eventsBefore how many events come before it
   * @param placeOfFirst the place of its first event
   */
  void begin(long eventsBefore, long placeOfFirst) {
    begun = true;
    ordinal = eventsBefore;
    place = placeOfFirst;
  }

  /** Returns the place of its first event. */
  long place() {
    return place;
  }

  @Override
  boolean concerns(int shard) {
    return rows.rows(shard) != null;
  }

  @Override
  void give(Shard shard, int number, long endPlace) {
    ShardRows own = rows.rows(number);
    if (own != null) {
      while (own.hasNextBefore(endPlace - place)) {
        own.give(shard, ordinal, place);
      }
    }
  }

  @Override
  public void handOut() throws IOException {
    super.handOut();
    if (failure != null) {
      throw failure;
    }
  }
}
