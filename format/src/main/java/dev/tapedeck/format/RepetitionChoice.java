// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.format;

/**
 * Chooses for each large plane whether zstd looks for matches far back (long distance matching).
 *
 * <p>Services repeat themselves: where the same few answers are sent over and over, matches further
 * back than level 1 looks make a block several times smaller; where they do not, looking for them
 * costs a third of the time and gains nothing. So it begins with looking, every eighth large plane
 * is compressed the other way, and that way is kept when it is better. The choice depends on the
 * planes alone, so that the same input gives the same bytes.
 *
 * <p><b>Threads:</b> confined to one thread.
 */
final class RepetitionChoice {
  /** Below it, level 1 sees nearly everything there is. */
  private static final int LARGE_BYTES = 512 << 10;

  private static final int PROBE_EVERY = 8;
  private static final int FIRST_PROBE = 2;
  private static final double PAYS = 0.85;

  private boolean chosen = true;
  private boolean probing;
  private double chosenRatio;
  private int largePlanes;

  /** Chooses for the next plane. */
  boolean next(int rawBytes) {
    if (rawBytes < LARGE_BYTES) {
      return false;
    }
    largePlanes++;
    probing = largePlanes % PROBE_EVERY == FIRST_PROBE;
    return chosen != probing;
  }

  /** Notes how small the plane became. */
  void written(int rawBytes, int storedBytes) {
    if (rawBytes < LARGE_BYTES) {
      return;
    }
    double ratio = (double) storedBytes / rawBytes;
    if (!probing) {
      chosenRatio = ratio;
      return;
    }
    double withRatio = chosen ? chosenRatio : ratio;
    double withoutRatio = chosen ? ratio : chosenRatio;
    boolean pays = withRatio < PAYS * withoutRatio;
    if (pays != chosen) {
      chosen = pays;
      chosenRatio = ratio;
    }
  }
}
