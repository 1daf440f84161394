// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.format;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;

/** The protobuf schema of what captures hold, for tools that have nothing else of ours. */
public final class CaptureSchema {
  private static final String RESOURCE = "/tapedeck/capture.proto";

  private CaptureSchema() {}

  /** Returns {@code capture.proto} as it is in the sources. */
  public static String text() throws IOException {
    try (InputStream resource = CaptureSchema.class.getResourceAsStream(RESOURCE)) {
      if (resource == null) {
        throw new FileNotFoundException(RESOURCE + " is missing from the program");
      }
      return new String(resource.readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  /**
   * Something that a later version wrote and this one skips.
   *
   * @param what such as {@code record type 230}, {@code event kind 90} or {@code field 9 of
   *     Block.events}
   * @param count how often it occurs
   */
  public record UnknownPart(String what, long count) {}
}
