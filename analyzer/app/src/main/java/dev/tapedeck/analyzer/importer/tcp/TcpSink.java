// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer.importer.tcp;

import dev.tapedeck.format.Bytes;
import java.io.IOException;

/** Takes what was found out about connections, in the order in which it was seen. */
public interface TcpSink {
  /** A connection that is kept begins to be told. */
  void opened(TcpConnection connection, long epochNanos) throws IOException;

  /**
   * Bytes of a connection that is kept.
   *
   * @param fromClient whether the client sent them
   * @param length how many there are, of which {@code bytes} are the captured first ones
   */
  void data(
      TcpConnection connection,
      boolean fromClient,
      long position,
      Bytes bytes,
      long length,
      long epochNanos,
      long packetNumber)
      throws IOException;

  /**
   * Nothing more is told of a connection, whether it was kept or not.
   *
   * @param epochNanos of its last packet when that ended it, else of the latest packet of all
   */
  void ended(TcpConnection connection, long epochNanos) throws IOException;
}
