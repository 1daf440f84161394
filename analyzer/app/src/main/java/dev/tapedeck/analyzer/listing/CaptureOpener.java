// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer.listing;

import dev.tapedeck.format.CaptureReader;
import java.io.IOException;

/** Opens the capture anew, with the keys that the user named; called on any thread. */
@FunctionalInterface
public interface CaptureOpener {
  /** Returns a reader, which the caller closes. */
  CaptureReader open() throws IOException;
}
