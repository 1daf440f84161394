// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer.http;

import dev.tapedeck.analyzer.stream.MissingCause;
import dev.tapedeck.format.Bytes;

/** Counts the bytes of a protocol that is not read. */
final class OpaqueParser implements ProtocolParser {
  private long requestBytes;
  private long responseBytes;

  @Override
  public void data(boolean request, Bytes run, long position, long startNanos, long endNanos) {
    if (request) {
      requestBytes += run.length();
    } else {
      responseBytes += run.length();
    }
  }

  @Override
  public void gap(boolean request, long lengthBytes, MissingCause cause) {
    // The assembler counts lost bytes; nothing else depends on them here.
  }

  @Override
  public void end(boolean closed) {
    // Nothing is open.
  }

  @Override
  public long inMessages(boolean request) {
    return 0;
  }

  @Override
  public long outsideMessages(boolean request) {
    return request ? requestBytes : responseBytes;
  }

  @Override
  public long strayBytes(boolean request) {
    return 0;
  }
}
