// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer.session;

import java.io.IOException;

/** Work on a part of a capture, which any thread may do, and of which the order matters at last. */
interface Work {
  /** Returns about how many bytes of memory it takes. */
  long bytes();

  /** Does it, or begins to: called once, on any thread. */
  void run();

  /** Returns whether all of it is done; on any thread. */
  boolean isDone();

  /** Hands out what it gave: called once, when it is done, in the order of the capture. */
  void handOut() throws IOException;
}
