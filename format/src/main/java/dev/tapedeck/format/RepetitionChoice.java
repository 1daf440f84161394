// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.format;

/**
 * Chooses for each large plane whether zstd looks for matches far back (long distance matching).
 *
 * <p>Services repeat themselves: where the same few answers are sent over and over, matches further
 * back than level 1 looks make a block several times smaller; where they do not, looking for them
 * takes a second for each GB and gains nothing. So it begins with looking, now and then a large
 * plane is compressed the other way, and that way is kept when it is better. Where a plane becomes
 * tiny without looking, there is nothing to gain that would be worth the time. The choice depends
 * on the planes alone, so that the same input gives the same bytes.
 *
 * <p><b>Threads:</b> confined to one thread.
 */
final class RepetitionChoice {
  /** Below it, level 1 sees nearly everything there is. */
  private static final int LARGE_BYTES = 512 << 10;

  private static final int FIRST_PROBE = 2;

  /** Planes from one probe to the next: twice as many after each that changed nothing. */
  private static final int PROBE_EVERY_LEAST = 8;

  private static final int PROBE_EVERY_MOST = 64;
  private static final double PAYS = 0.85;

  /** What must be saved of the bytes before compression, too. */
  private static final double SAVES = 1.0 / 64;

  private boolean chosen = true;
  private boolean probing;
  private double chosenRatio;
  private int largePlanes;
  private int nextProbe = FIRST_PROBE;
  private int probeEvery = PROBE_EVERY_LEAST;

  /** Chooses for the next plane. */
  boolean next(int rawBytes) {
    if (rawBytes < LARGE_BYTES) {
      return false;
    }
    largePlanes++;
    probing = largePlanes == nextProbe;
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
    boolean pays = withRatio < PAYS * withoutRatio && withoutRatio - withRatio >= SAVES;
    if (pays != chosen) {
      chosen = pays;
      chosenRatio = ratio;
      probeEvery = PROBE_EVERY_LEAST;
    }
    nextProbe = largePlanes + probeEvery;
    probeEvery = Math.min(PROBE_EVERY_MOST, 2 * probeEvery);
  }
}
