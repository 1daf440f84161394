// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.format;

import java.util.function.DoubleSupplier;

/**
 * Chooses how hard each block is compressed, and counts the choices.
 *
 * <p>With {@link Codec#ADAPTIVE}, from one block to the next:
 *
 * <pre>
 * now        backlog &gt;= 1/2   backlog in between                  backlog &lt;= 1/8
 * NONE       NONE             NONE                                NORMAL
 * NORMAL     NONE             NORMAL                              THOROUGH after 4 small blocks in a row
 * THOROUGH   NONE             NORMAL                              THOROUGH while blocks are small
 * </pre>
 *
 * A block is small below a quarter of the block size: it was closed by its age, so there is little
 * traffic, and time for what compresses better. The distance between the two thresholds keeps the
 * choice from swinging with every block.
 *
 * <p>While blocks compress to less than a quarter they are not stored: writing little is faster
 * then. Under pressure every eighth block is compressed, to see. All depends on backlog and events
 * alone, so that the same input gives the same bytes.
 *
 * <p><b>Threads:</b> confined to one thread.
 */
final class EffortChoice {
  private static final double HIGH_BACKLOG = 1.0 / 2;
  private static final double LOW_BACKLOG = 1.0 / 8;
  private static final int CALM_BLOCKS = 4;
  private static final int THOROUGH_LEVEL = 3;
  private static final double WORTH_COMPRESSING = 1.0 / 4;
  private static final int PROBE_EVERY = 8;

  private final WriterOptions options;
  private DoubleSupplier backlog = () -> 0;
  private Effort current;
  private int smallBlocks;
  private double lastRatio = 1;
  private int blocksUnderPressure;
  private long storedBlocks;
  private long thoroughBlocks;

  EffortChoice(WriterOptions options) {
    this.options = options;
    this.current = options.codec() == Codec.STORE ? Effort.NONE : Effort.NORMAL;
  }

  /** Sets where to ask for the filled share of the caller's buffer, 0 to 1. */
  void follow(DoubleSupplier source) {
    backlog = source;
  }

  /** Chooses for the next block. */
  Effort next(int rawBytes) {
    if (options.codec() == Codec.ADAPTIVE) {
      current = choose(backlog.getAsDouble(), rawBytes < options.blockBytes() / 4);
    }
    return current == Effort.NONE && isFasterCompressed() ? Effort.NORMAL : current;
  }

  private boolean isFasterCompressed() {
    if (options.codec() == Codec.STORE) {
      return false;
    }
    blocksUnderPressure++;
    return lastRatio < WORTH_COMPRESSING || blocksUnderPressure % PROBE_EVERY == 0;
  }

  private Effort choose(double share, boolean small) {
    boolean low = share <= LOW_BACKLOG;
    smallBlocks = low && small ? Math.min(CALM_BLOCKS, smallBlocks + 1) : 0;
    if (share >= HIGH_BACKLOG || (current == Effort.NONE && !low)) {
      return Effort.NONE;
    }
    return smallBlocks == CALM_BLOCKS ? Effort.THOROUGH : Effort.NORMAL;
  }

  /** Returns whether blocks are stored as they are now, so that longer ones save nothing. */
  boolean isStoring() {
    return current == Effort.NONE
        && (options.codec() == Codec.STORE || lastRatio >= WORTH_COMPRESSING);
  }

  /** Returns the zstd level of an effort that compresses. */
  int level(Effort effort) {
    return effort == Effort.THOROUGH
        ? Math.max(THOROUGH_LEVEL, options.zstdLevel())
        : options.zstdLevel();
  }

  /**
   * Counts a block that was written.
   *
   * @param rawBytes of its planes
   * @param storedBytes the same, in the file
   */
  void written(Effort effort, int rawBytes, int storedBytes) {
    if (effort != Effort.NONE) {
      lastRatio = (double) storedBytes / rawBytes;
    }
    storedBlocks += effort == Effort.NONE ? 1 : 0;
    thoroughBlocks += effort == Effort.THOROUGH ? 1 : 0;
  }

  long storedBlocks() {
    return storedBlocks;
  }

  long thoroughBlocks() {
    return thoroughBlocks;
  }
}
