// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.recorder;

import java.io.IOException;

/** A recording ended because its file could not be written any more. */
public final class RecordingFailedException extends IOException {
  private static final long serialVersionUID = 1L;

  private final transient RecorderStats stats;

  RecordingFailedException(IOException cause, RecorderStats stats) {
    super(cause.getMessage(), cause);
    this.stats = stats;
  }

  /** Returns what was recorded, and what was not because of this. */
  public RecorderStats stats() {
    return stats;
  }
}
