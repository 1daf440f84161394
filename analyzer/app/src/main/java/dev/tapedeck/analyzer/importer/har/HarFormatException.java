// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer.importer.har;

import java.io.IOException;

/** A file is no HTTP Archive, or an entry of it tells no exchange. */
public final class HarFormatException extends IOException {
  private static final long serialVersionUID = 1;

  HarFormatException(String path, String problem) {
    super(path + ": " + problem);
  }
}
