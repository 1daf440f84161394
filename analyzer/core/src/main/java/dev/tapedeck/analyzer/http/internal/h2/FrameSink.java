// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer.http.internal.h2;

/** Takes the frames of one direction, on the reader's thread. */
public interface FrameSink {
  /** A frame has ended, or as much of it as there is. */
  void frame(Frame frame);

  /**
   * It is not known any more where frames begin: any number of them may be missing.
   *
   * @param capped whether a limit of the recorder is why
   */
  void lost(boolean capped);
}
