// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer.importer.packet;

import java.io.IOException;

/** A file is not one of packets, or one that this version cannot read. */
public final class PacketFormatException extends IOException {
  private static final long serialVersionUID = 1;

  PacketFormatException(String name, long offset, String problem) {
    super(name + ": offset " + offset + ": " + problem);
  }
}
